//! Quests, skills and what is worn.

use aether_game::inventaire::InventaireCommand;
use aether_game::item::{Emplacement, TypeItem};
use aether_game::pnj::PnjCommand;
use aether_game::quete::QueteCommand;
use aether_game::values::{InventaireId, JoueurId, Niveau, Quantite, RaisonItem};
use aether_game::world::World;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::Scene;

#[tokio::test]
async fn a_quest_is_accepted_once_and_given_up() {
    let scene = Scene::open().await;
    let kael = scene.player("Kael").await;
    let world = World::new(1);
    let easy = world
        .catalogue()
        .quetes()
        .iter()
        .find(|quest| quest.niveau_requis == Niveau::MIN && quest.pre_requis.quetes.is_empty());
    let quest = easy.unwrap();
    let create = QueteCommand::Creer(quest.as_ref().clone().into());
    let created = scene.app.engine().execute(quest.quete_id, create).await.unwrap();
    let at = created.position().unwrap().get().to_string();
    let open = scene.get("/quetes").bearer(&kael.token).header("aether-after", &at).send().await;
    assert_eq!(open.json()[0]["queteId"], json!(quest.quete_id.to_string()), "{open:?}");
    let verb = async |verb: &str, key: &str| {
        let path = format!("/quetes/{}/{verb}", quest.quete_id);
        scene.post(&path).bearer(&kael.token).header("idempotency-key", key).send().await
    };
    let accepted = verb("accepter", "k1").await;
    assert_eq!(accepted.status, StatusCode::NO_CONTENT, "{accepted:?}");
    assert_eq!(
        verb("accepter", "k1").await.header("aether-position"),
        accepted.header("aether-position")
    );
    assert_eq!(verb("accepter", "k2").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(verb("terminer", "k3").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = format!("/joueurs/{}/quetes", kael.id);
    let own = scene.get(&own).bearer(&kael.token);
    let own = own.header("aether-after", accepted.header("aether-position")).send().await.json();
    assert_eq!(own[0]["quete"]["queteId"], json!(quest.quete_id.to_string()));
    assert_eq!(verb("abandonner", "k4").await.status, StatusCode::NO_CONTENT);
    assert_eq!(verb("abandonner", "k5").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobody = format!("/quetes/{}/accepter", aether_core::uuid::Uuid::now_v7());
    assert_eq!(scene.post(&nobody).bearer(&kael.token).send().await.problem(), "introuvable");
}

#[tokio::test]
async fn a_piece_is_put_on_by_its_player_and_shown_to_others_without_its_wear() {
    let scene = Scene::open().await;
    let [kael, mira] = [scene.player("Kael").await, scene.player("Mira").await];
    let world = World::new(1);
    let piece = world.catalogue().items().iter().find(|item| {
        item.proprietes.type_item == TypeItem::Armure
            && item.proprietes.niveau_requis == Niveau::MIN
    });
    let piece = piece.unwrap();
    let joueur_id: JoueurId = kael.id.parse().unwrap();
    let give = InventaireCommand::Ajouter {
        joueur_id,
        fiche: Box::new(piece.fiche()),
        quantite: Quantite::MIN,
        source: RaisonItem::Fabrication,
        reference: None,
    };
    let bag = InventaireId::du_joueur(joueur_id);
    let given = scene.app.engine().execute(bag, give).await.unwrap();
    let slot = given.state().slots().next().unwrap().1.slot_id;
    let sheet = piece.fiche();
    let family = sheet.piece().unwrap().famille;
    let place = *Emplacement::ALL.iter().find(|place| place.famille() == family).unwrap();
    let verb = async |token: &str, verb: &str, body: Value| {
        let path = format!("/joueurs/{}/inventaire/{verb}", kael.id);
        scene.post(&path).bearer(token).json(&body).send().await
    };
    let wear = json!({ "slotId": slot.to_string(), "emplacement": place.as_str() });
    assert_eq!(verb(&mira.token, "equiper", wear.clone()).await.problem(), "interdit");
    let worn = verb(&kael.token, "equiper", wear).await;
    assert_eq!(worn.status, StatusCode::NO_CONTENT, "{worn:?}");
    let path = format!("/joueurs/{}/tenue", kael.id);
    let at = worn.header("aether-position");
    let own = scene.get(&path).bearer(&kael.token).header("aether-after", at).send().await.json();
    assert!(own[0]["durabilite"].is_number(), "{own}");
    let seen = scene.get(&path).header("aether-after", at).send().await.json();
    assert_eq!((&seen[0]["itemId"], seen[0].get("durabilite")), (&own[0]["itemId"], None));
    let off = verb(&kael.token, "retirer", json!({ "emplacement": place.as_str() })).await;
    assert_eq!(off.status, StatusCode::NO_CONTENT, "{off:?}");
}

#[tokio::test]
async fn the_world_is_shown_before_anything_happened_in_it() {
    let scene = Scene::open().await;
    let world = scene.get("/monde").send().await;
    assert_eq!(world.status, StatusCode::OK);
    assert_eq!(world.json()["boss"], json!([]));
    assert_eq!(scene.get("/zones").send().await.json(), json!([]));
    let nobody = format!("/zones/{}", aether_core::uuid::Uuid::now_v7());
    assert_eq!(scene.get(&nobody).send().await.problem(), "introuvable");
}

#[tokio::test]
async fn a_player_begins_one_combat_at_a_time_and_once_under_one_key() {
    let scene = Scene::open().await;
    let kael = scene.player("Kael").await;
    let world = World::new(1);
    let weak =
        world.catalogue().pnj().iter().find(|it| {
            it.dialogues.is_empty() && it.articles.is_empty() && it.niveau == Niveau::MIN
        });
    let creature = weak.unwrap();
    let create = PnjCommand::Creer(creature.as_ref().clone().into());
    scene.app.engine().execute(creature.pnj_id, create).await.unwrap();
    let begin = async |key: &str, count: u32| {
        let body = json!({ "pnjId": creature.pnj_id.to_string(), "nombre": count });
        let ask = scene.post("/combats").bearer(&kael.token).header("idempotency-key", key);
        ask.json(&body).send().await
    };
    let first = begin("k1", 1).await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    let again = begin("k1", 1).await;
    assert_eq!((again.status, again.header("location")), (first.status, first.header("location")));
    let second = begin("k2", 1).await;
    assert_eq!(second.status, StatusCode::UNPROCESSABLE_ENTITY, "{second:?}");
    assert_eq!(begin("k3", 6).await.problem(), "corps-invalide");
    let fighters = first.json()["participants"].clone();
    assert_eq!(fighters.as_array().unwrap().len(), 2);
    assert!(fighters[0]["propre"].is_object() && fighters[1].get("propre").is_none(), "{fighters}");
    let seen = scene.get(first.header("location")).send().await;
    assert!(seen.json()["participants"][0].get("propre").is_none());
}

#[tokio::test]
async fn an_export_has_all_of_ones_own_and_says_where_it_ends() {
    let scene = Scene::open().await;
    let [kael, mira] = [scene.player("Kael").await, scene.player("Mira").await];
    let item = aether_core::uuid::Uuid::now_v7();
    let order = json!({ "cote": "ACHAT", "quantite": 2, "prix": 10, "duree": 3600 });
    let ask = scene.post(&format!("/marche/{item}/ordres")).bearer(&kael.token).json(&order);
    let placed = ask.send().await;
    let own = format!("/joueurs/{}/ordres", kael.id);
    let at = placed.header("aether-position");
    let shown = scene.get(&own).bearer(&kael.token).header("aether-after", at).send().await;
    assert_eq!(shown.status, StatusCode::OK);
    let export = scene.get("/moi/export").bearer(&kael.token).send().await;
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    let lines = export.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let kinds: Vec<_> = lines.map(|line| line["genre"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["profil", "session", "ordre", "fin"]);
    assert!(!export.text.contains(&mira.id) && !export.text.contains(&kael.token));
    assert_eq!(scene.get("/moi/export").send().await.problem(), "non-identifie");
}

//! A mutation is the command that REST would make of it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ask, code};
use crate::client::Answer;
use crate::combats::{Ring, defend};
use crate::scene::Scene;

const AGIR: &str = "mutation ($combat: UUID!, $action: Action!, $cle: String, $version: Int) {
    agir(combatId: $combat, action: $action, cle: $cle, version: $version) {
        position combat { version numeroTour etat }
    }
}";

async fn act(ring: &Ring<'_>, action: Value, cle: Option<&str>, version: Option<u32>) -> Answer {
    let variables =
        json!({ "combat": ring.id.to_string(), "action": action, "cle": cle, "version": version });
    ask(ring.scene, AGIR, &variables).bearer(&ring.player.token).send().await
}

fn defence() -> Value {
    json!({ "simple": "DEFENSE" })
}

#[tokio::test]
async fn one_key_at_both_doors_has_one_effect_and_one_answer() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let rest = ring.act(defend()).header("idempotency-key", "k1").send().await;
    assert_eq!(rest.status, StatusCode::OK, "{rest:?}");
    ring.others_pass().await;
    let version = ring.version().await;
    let again = act(&ring, defence(), Some("k1"), None).await.json();
    let acted = &again["data"]["agir"];
    assert_eq!(acted["position"], rest.header("aether-position"), "{again}");
    for field in ["version", "numeroTour", "etat"] {
        assert_eq!(acted["combat"][field], rest.json()[field], "{again}");
    }
    assert_eq!(ring.version().await, version);
    let other = act(&ring, json!({ "simple": "PASSER" }), Some("k1"), None).await;
    assert_eq!(code(&other), "cle-reutilisee");
    // and the other way round
    let first = act(&ring, defence(), Some("k2"), None).await.json();
    let position = first["data"]["agir"]["position"].as_str().unwrap().to_owned();
    let again = ring.act(defend()).header("idempotency-key", "k2").send().await;
    assert_eq!(
        (again.status, again.header("aether-position")),
        (StatusCode::OK, position.as_str())
    );
}

#[tokio::test]
async fn a_mutation_is_refused_as_rest_refuses_it() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let nobody = aether_core::uuid::Uuid::now_v7();
    let strike = json!({ "attaque": { "cible": nobody } });
    let refused = act(&ring, strike, None, None).await;
    assert_eq!(code(&refused), "CIBLE_INCONNUE");
    assert_eq!(refused.json()["data"]["agir"], Value::Null);
    assert_eq!(code(&act(&ring, defence(), Some("deux mots"), None).await), "entete-invalide");
    assert_eq!(act(&ring, defence(), None, None).await.json()["errors"], Value::Null);
    assert_eq!(code(&act(&ring, defence(), None, None).await), "PAS_TON_TOUR");
    ring.others_pass().await;
    let late = act(&ring, defence(), None, Some(1)).await;
    assert_eq!(code(&late), "version-depassee");
    let etag = format!("\"v{}\"", ring.version().await);
    assert_eq!(late.json()["errors"][0]["extensions"]["etag"], etag);
    let other = scene.player("Mira").await;
    let variables = json!({ "combat": ring.id.to_string(), "action": defence() });
    let ask = || ask(&scene, AGIR, &variables);
    assert_eq!(code(&ask().bearer(&other.token).send().await), "interdit");
    assert_eq!(code(&ask().send().await), "non-identifie");
}

#[tokio::test]
async fn an_order_is_placed_once_at_whichever_door() {
    let scene = Scene::open().await;
    let player = scene.player("Kael").await;
    let item = aether_core::uuid::Uuid::now_v7();
    let order = json!({ "cote": "ACHAT", "quantite": 2, "prix": 30, "duree": 3600 });
    let query = "mutation ($item: UUID!, $ordre: Demande!, $cle: String) {
        placerOrdre(item: $item, ordre: $ordre, cle: $cle) { ordreId position }
    }";
    let mut enumerated = order.clone();
    enumerated["cote"] = json!("ACHAT");
    let variables = json!({ "item": item, "ordre": enumerated, "cle": "o1" });
    let placed = ask(&scene, query, &variables).bearer(&player.token).send().await.json();
    let id =
        placed["data"]["placerOrdre"]["ordreId"].as_str().unwrap_or_else(|| panic!("{placed}"));
    let path = format!("/marche/{item}/ordres");
    let again = scene.post(&path).bearer(&player.token).header("idempotency-key", "o1");
    let again = again.json(&order).send().await;
    assert_eq!(again.status, StatusCode::CREATED, "{again:?}");
    assert_eq!(again.json()["ordreId"], id);
    assert_eq!(again.header("aether-position"), placed["data"]["placerOrdre"]["position"]);
    // what it asks for is checked as there
    let mut wrong = variables.clone();
    wrong["ordre"]["prix"] = json!(0);
    wrong["cle"] = Value::Null;
    let refused = ask(&scene, query, &wrong).bearer(&player.token).send().await;
    let rest = scene.post(&path).bearer(&player.token).json(&wrong["ordre"]).send().await;
    assert_eq!(code(&refused), rest.problem());
}

#[tokio::test]
async fn an_order_is_withdrawn_once_at_whichever_door() {
    let scene = Scene::open().await;
    let player = scene.player("Kael").await;
    let path = format!("/marche/{}/ordres", aether_core::uuid::Uuid::now_v7());
    let order = json!({ "cote": "ACHAT", "quantite": 2, "prix": 30, "duree": 3600 });
    let placed = scene.post(&path).bearer(&player.token).json(&order).send().await;
    let placed = placed.json()["ordreId"].as_str().unwrap().to_owned();
    let item = path.split('/').nth(2).unwrap();
    let query = "mutation ($item: UUID!, $ordre: UUID!, $cle: String) {
        annulerOrdre(item: $item, ordre: $ordre, cle: $cle) { position }
    }";
    let variables = json!({ "item": item, "ordre": placed, "cle": "a1" });
    let ended = ask(&scene, query, &variables).bearer(&player.token).send().await.json();
    let position = ended["data"]["annulerOrdre"]["position"].as_str();
    let position = position.unwrap_or_else(|| panic!("{ended}"));
    let again = scene.ask(Method::DELETE, &format!("{path}/{placed}")).bearer(&player.token);
    let again = again.header("idempotency-key", "a1").send().await;
    assert_eq!((again.status, again.header("aether-position")), (StatusCode::NO_CONTENT, position));
}

#[tokio::test]
async fn bag_quests_and_skills_are_refused_as_rest_refuses_them() {
    let scene = Scene::open().await;
    let player = scene.player("Kael").await;
    let id = aether_core::uuid::Uuid::now_v7();
    let bag = format!("/joueurs/{}/inventaire", player.id);
    for (mutation, path, body) in [
        (
            format!("utiliser(objet: {{ slotId: \"{id}\", quantite: 1 }})"),
            format!("{bag}/utiliser"),
            json!({ "slotId": id, "quantite": 1 }),
        ),
        (
            format!("equiper(piece: {{ slotId: \"{id}\", emplacement: DOIGT_1 }})"),
            format!("{bag}/equiper"),
            json!({ "slotId": id, "emplacement": "DOIGT_1" }),
        ),
        (
            "retirer(emplacement: TETE)".to_owned(),
            format!("{bag}/retirer"),
            json!({ "emplacement": "TETE" }),
        ),
        (format!("accepterQuete(id: \"{id}\")"), format!("/quetes/{id}/accepter"), json!({})),
        (format!("terminerQuete(id: \"{id}\")"), format!("/quetes/{id}/terminer"), json!({})),
        (format!("abandonnerQuete(id: \"{id}\")"), format!("/quetes/{id}/abandonner"), json!({})),
        (
            format!("apprendreCompetence(id: \"{id}\")"),
            format!("/competences/{id}/apprendre"),
            json!({}),
        ),
    ] {
        let query = format!("mutation {{ {mutation} {{ position }} }}");
        let refused = ask(&scene, &query, &json!({})).bearer(&player.token).send().await;
        let rest = scene.post(&path).bearer(&player.token).json(&body).send().await;
        assert_eq!(code(&refused), rest.problem(), "{mutation}");
    }
}

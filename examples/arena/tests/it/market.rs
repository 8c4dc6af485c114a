//! The bag, the catalogue and the market: one's own and everybody's.

use aether_core::uuid::Uuid;
use aether_game::inventaire::InventaireCommand;
use aether_game::item::{ItemCommand, Rangement, TypeItem};
use aether_game::values::{InventaireId, JoueurId, Quantite, RaisonItem};
use aether_game::world::{World, WorldItem};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::scene::{Player, Scene};

/// An item of the catalogue that stacks.
async fn item(scene: &Scene) -> WorldItem {
    let world = World::new(1);
    let stacks = |item: &&WorldItem| {
        item.proprietes.type_item == TypeItem::Materiau && item.proprietes.echangeable
    };
    let item = world.catalogue().items().iter().find(stacks).unwrap().clone();
    let create = ItemCommand::Creer(Box::new(item.definition()));
    scene.app.engine().execute(item.id, create).await.unwrap();
    item
}

/// Puts so many of it into a bag; the position.
async fn give(scene: &Scene, player: &Player, item: &WorldItem, count: i64) -> u64 {
    let joueur_id: JoueurId = player.id.parse().unwrap();
    let give = InventaireCommand::Ajouter {
        joueur_id,
        fiche: Box::new(item.fiche()),
        quantite: Quantite::new(count).unwrap(),
        source: RaisonItem::Fabrication,
        reference: None,
    };
    let bag = InventaireId::du_joueur(joueur_id);
    let given = scene.app.engine().execute(bag, give).await.unwrap();
    given.position().unwrap().get()
}

fn order(side: &str, quantity: u32, price: u32) -> Value {
    json!({ "cote": side, "quantite": quantity, "prix": price, "duree": 3600 })
}

fn ids(answer: &Answer, field: &str) -> Vec<String> {
    let elements = answer.json()["elements"].as_array().unwrap().clone();
    elements.iter().map(|it| it[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_bag_is_its_players_and_goes_page_by_page() {
    let scene = Scene::open().await;
    let [kael, mira] = [scene.player("Kael").await, scene.player("Mira").await];
    let item = item(&scene).await;
    let Rangement::Pile { max } = item.fiche().rangement else { panic!("{item:?}") };
    let stack = i64::from(max.get());
    give(&scene, &kael, &item, stack).await;
    let at = give(&scene, &kael, &item, stack).await.to_string();
    let path = format!("/joueurs/{}/inventaire", kael.id);
    let own = |path: String| {
        let ask = scene.get(&path).bearer(&kael.token).header("aether-after", &at);
        ask.header("prefer", "wait=10").send()
    };
    let whole = own(path.clone()).await;
    assert_eq!(whole.status, StatusCode::OK, "{whole:?}");
    let all = ids(&whole, "slotId");
    assert_eq!((all.len(), &whole.json()["suivant"]), (2, &Value::Null));
    let first = own(format!("{path}?limite=1")).await;
    let cursor = first.json()["suivant"].as_str().unwrap().to_owned();
    let second = own(format!("{path}?limite=1&curseur={cursor}")).await;
    assert_eq!([ids(&first, "slotId"), ids(&second, "slotId")].concat(), all);
    assert_eq!(second.json()["suivant"], Value::Null);
    for (query, code) in [
        ("limite=0", "parametre-invalide"),
        ("limite=101", "parametre-invalide"),
        ("curseur=zz", "curseur-invalide"),
    ] {
        assert_eq!(own(format!("{path}?{query}")).await.problem(), code);
    }
    // another list's cursor is none of this one
    let foreign = format!("/joueurs/{}/inventaire?curseur={cursor}", mira.id);
    let foreign = scene.get(&foreign).bearer(&mira.token).send().await;
    assert_eq!(foreign.problem(), "curseur-invalide");
    for what in ["inventaire", "ordres", "transactions", "quetes", "competences"] {
        let path = format!("/joueurs/{}/{what}", kael.id);
        let other = scene.get(&path).bearer(&mira.token).send().await;
        assert_eq!((other.status, other.problem().as_str()), (StatusCode::FORBIDDEN, "interdit"));
        assert_eq!(scene.get(&path).send().await.problem(), "non-identifie");
    }
    let empty = format!("/joueurs/{}/inventaire", mira.id);
    assert_eq!(scene.get(&empty).bearer(&mira.token).send().await.problem(), "introuvable");
}

#[tokio::test]
async fn the_catalogue_shows_an_item_and_nothing_that_it_has_not() {
    let scene = Scene::open().await;
    let item = item(&scene).await;
    let mut shown = scene.get(&format!("/items/{}", item.id)).send().await;
    // the table follows the log
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while shown.status == StatusCode::NOT_FOUND && std::time::Instant::now() < deadline {
        tokio::task::yield_now().await;
        shown = scene.get(&format!("/items/{}", item.id)).send().await;
    }
    assert_eq!(shown.json()["nom"], json!(item.presentation.nom.as_str()));
    let listed = scene.get("/items?type=MATERIAU").send().await;
    assert_eq!(ids(&listed, "itemId"), [item.id.to_string()]);
    assert_eq!(ids(&scene.get("/items?type=ARME").send().await, "itemId"), [""; 0]);
    assert_eq!(scene.get("/items?type=RIEN").send().await.problem(), "parametre-invalide");
    let nobody = format!("/items/{}", Uuid::now_v7());
    assert_eq!(scene.get(&nobody).send().await.problem(), "introuvable");
}

#[tokio::test]
async fn an_order_that_is_placed_twice_under_one_key_is_one_order() {
    let scene = Scene::open().await;
    let elsewhere = scene.beside().await;
    let kael = scene.player("Kael").await;
    let item = item(&scene).await;
    let path = format!("/marche/{}/ordres", item.id);
    let place = async |node: &Scene, key: &str, order: Value| {
        let ask = node.post(&path).bearer(&kael.token).header("idempotency-key", key);
        ask.json(&order).send().await
    };
    let first = place(&scene, "k1", order("ACHAT", 2, 10)).await;
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    let again = place(&elsewhere, "k1", order("ACHAT", 2, 10)).await;
    assert_eq!((&again.text, again.status), (&first.text, first.status));
    let other = place(&scene, "k1", order("ACHAT", 3, 10)).await;
    assert_eq!(other.problem(), "cle-reutilisee");
    let poor = place(&scene, "k2", order("ACHAT", 2, 1000)).await;
    assert_eq!(
        (poor.status, poor.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "OR_INSUFFISANT")
    );
    for wrong in [order("ACHAT", 0, 10), order("ACHAT", 1, 0), order("ACHAT", 10_000, 1)] {
        assert_eq!(place(&scene, "k3", wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let at = first.header("aether-position");
    let own = format!("/joueurs/{}/ordres", kael.id);
    let own = scene.get(&own).bearer(&kael.token).header("aether-after", at).send().await.json();
    assert_eq!(own.as_array().unwrap().len(), 1);
    assert_eq!((&own[0]["quantite"], &own[0]["prix"]), (&json!(2), &json!(10)));
    let profile = scene.get(&format!("/player/{}/profile", kael.id)).bearer(&kael.token);
    let profile = profile.header("aether-after", at).send().await.json();
    assert_eq!(profile["prive"]["or"], 80);
}

#[tokio::test]
async fn an_order_is_withdrawn_by_its_player_once_and_what_it_held_comes_back() {
    let scene = Scene::open().await;
    let [kael, mira] = [scene.player("Kael").await, scene.player("Mira").await];
    let item = item(&scene).await;
    let path = format!("/marche/{}/ordres", item.id);
    let placed = scene.post(&path).bearer(&kael.token).json(&order("ACHAT", 2, 10)).send().await;
    let id = placed.json()["ordreId"].as_str().unwrap().to_owned();
    let withdraw = async |player: &Player, key: &str| {
        let ask = scene.ask(Method::DELETE, &format!("{path}/{id}")).bearer(&player.token);
        ask.header("idempotency-key", key).send().await
    };
    assert_eq!(withdraw(&mira, "k0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = withdraw(&kael, "k1").await;
    assert_eq!(first.status, StatusCode::NO_CONTENT, "{first:?}");
    let again = withdraw(&kael, "k1").await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "{again:?}");
    assert_eq!(again.header("aether-position"), first.header("aether-position"));
    assert_eq!(withdraw(&kael, "k2").await.problem(), "ORDRE_INTROUVABLE");
    let profile = scene.get(&format!("/player/{}/profile", kael.id)).bearer(&kael.token);
    let profile = profile.header("aether-after", first.header("aether-position")).send().await;
    assert_eq!(profile.json()["prive"]["or"], 100);
}

#[tokio::test]
async fn the_depth_of_a_book_tells_prices_and_nobody() {
    let scene = Scene::open().await;
    let kael = scene.player("Kael").await;
    let item = item(&scene).await;
    let path = format!("/marche/{}", item.id);
    let mut at = String::new();
    for (quantity, price) in [(1, 3), (2, 5), (1, 5), (1, 4)] {
        let ask = scene.post(&format!("{path}/ordres")).bearer(&kael.token);
        let placed = ask.json(&order("ACHAT", quantity, price)).send().await;
        assert_eq!(placed.status, StatusCode::CREATED, "{placed:?}");
        at = placed.header("aether-position").to_owned();
    }
    let mut seen = vec![];
    let mut cursor = String::new();
    loop {
        let page = format!("{path}/profondeur?cote=ACHAT&limite=2{cursor}");
        let page = scene.get(&page).header("aether-after", &at).send().await;
        assert!(!page.text.contains(&kael.id) && !page.text.contains("Kael"), "{}", page.text);
        let page = page.json();
        for level in page["elements"].as_array().unwrap() {
            seen.push((level["prix"].clone(), level["quantite"].clone(), level["ordres"].clone()));
        }
        let Some(next) = page["suivant"].as_str() else { break };
        cursor = format!("&curseur={next}");
    }
    let level =
        |price: u32, quantity: u32, orders: u32| (json!(price), json!(quantity), json!(orders));
    assert_eq!(seen, [level(5, 3, 2), level(4, 1, 1), level(3, 1, 1)]);
    let untraded = scene.get(&format!("{path}/prix")).send().await;
    assert_eq!(untraded.problem(), "introuvable");
}

#[tokio::test]
async fn a_trade_shows_in_the_price_and_to_its_two_players() {
    let scene = Scene::open().await;
    let [kael, mira] = [scene.player("Kael").await, scene.player("Mira").await];
    let item = item(&scene).await;
    give(&scene, &mira, &item, 2).await;
    let path = format!("/marche/{}", item.id);
    let mut at = String::new();
    for (player, side) in [(&mira, "VENTE"), (&kael, "ACHAT")] {
        let ask = scene.post(&format!("{path}/ordres")).bearer(&player.token);
        let placed = ask.json(&order(side, 2, 7)).send().await;
        assert_eq!(placed.status, StatusCode::CREATED, "{placed:?}");
        at = placed.header("aether-position").to_owned();
    }
    let price = scene.get(&format!("{path}/prix")).header("aether-after", &at).send().await;
    assert_eq!(price.json()["dernierPrix"], 7, "{price:?}");
    for (player, side, other) in [(&kael, "ACHAT", "Mira"), (&mira, "VENTE", "Kael")] {
        let own = format!("/joueurs/{}/transactions", player.id);
        let own = scene.get(&own).bearer(&player.token).header("aether-after", &at).send().await;
        let trade = own.json()["elements"][0].clone();
        assert_eq!((&trade["cote"], &trade["contrepartie"]), (&json!(side), &json!(other)));
        let whose = if side == "ACHAT" { &mira } else { &kael };
        assert!(!own.text.contains(&whose.id));
    }
}

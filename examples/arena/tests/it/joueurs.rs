//! Players: what is public, and what is a player's own.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::{PASSWORD, Scene};

#[tokio::test]
async fn a_profile_shows_others_what_is_public_and_its_player_the_rest() {
    let scene = Scene::open().await;
    let asked =
        json!({ "nom": "Kael", "pseudo": "Le Gris", "classe": "CLERC", "motDePasse": PASSWORD });
    let signed_up = scene.post("/comptes").json(&asked).send().await;
    let path = signed_up.header("location").to_owned();
    let position = signed_up.header("aether-position").to_owned();
    let token = scene.log_in("Kael").await;
    let ask = || scene.get(&path).header("aether-after", &position).header("prefer", "wait=10");
    let own = ask().bearer(&token).send().await;
    assert_eq!(own.status, StatusCode::OK, "{own:?}");
    let own = own.json();
    assert_eq!(
        (&own["pseudo"], &own["classe"], &own["niveau"]),
        (&json!("Le Gris"), &json!("CLERC"), &json!(1))
    );
    assert_eq!((&own["prive"]["nom"], &own["prive"]["or"]), (&json!("Kael"), &json!(100)));
    let other = scene.player("Mira").await;
    for public in [ask().send().await, ask().bearer(&other.token).send().await] {
        let seen = public.json();
        assert_eq!(seen["pseudo"], "Le Gris");
        assert_eq!(seen["prive"], Value::Null);
        for hidden in ["Kael", "\"or\"", "combatId", "derniereConnexion"] {
            assert!(!public.text.contains(hidden), "{hidden}: {}", public.text);
        }
    }
    let nobody = format!("/player/{}/profile", aether_core::uuid::Uuid::now_v7());
    assert_eq!(scene.get(&nobody).send().await.problem(), "introuvable");
}

#[tokio::test]
async fn the_ranking_goes_page_by_page_without_a_gap() {
    let scene = Scene::open().await;
    let mut names = vec!["Alba", "Bran", "Cyra"];
    let mut position = String::new();
    for name in &names {
        let asked = json!({ "nom": name, "classe": "MAGE", "motDePasse": PASSWORD });
        let signed_up = scene.post("/comptes").json(&asked).send().await;
        position = signed_up.header("aether-position").to_owned();
    }
    let mut path = "/classements/niveau?limite=1".to_owned();
    let mut seen = vec![];
    while seen.len() < 10 {
        let page = scene.get(&path).header("aether-after", &position).send().await.json();
        seen.push(page["elements"][0]["pseudo"].as_str().unwrap().to_owned());
        let Some(next) = page["suivant"].as_str() else { break };
        path = format!("/classements/niveau?limite=1&curseur={next}");
    }
    seen.sort();
    names.sort_unstable();
    assert_eq!(seen, names);
    let levels = format!("/joueurs/{}/niveaux", aether_core::uuid::Uuid::now_v7());
    assert_eq!(scene.get(&levels).send().await.json()["elements"], json!([]));
}

//! Accounts: how they begin, and where their passwords are not.

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::scene::{PASSWORD, Scene};

fn kael() -> Value {
    json!({ "nom": "Kael", "pseudo": "Kael le Gris", "classe": "MAGE", "motDePasse": PASSWORD })
}

async fn sign_up(scene: &Scene, key: &str, asked: &Value) -> Answer {
    scene.post("/comptes").header("idempotency-key", key).json(asked).send().await
}

async fn passwords(scene: &Scene) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM arena_mots_de_passe");
    count.fetch_one(&scene.pool().await).await.unwrap()
}

#[tokio::test]
async fn a_password_is_in_no_event_and_in_no_answer() {
    let scene = Scene::open().await;
    let player = scene.player("Kael").await;
    let pool = scene.pool().await;
    let events: Vec<String> =
        sqlx::query_scalar("SELECT e::text FROM evenements AS e").fetch_all(&pool).await.unwrap();
    assert!(events.iter().any(|event| event.contains("CompteCree")), "{events:?}");
    let hash: String =
        sqlx::query_scalar("SELECT hash FROM arena_mots_de_passe").fetch_one(&pool).await.unwrap();
    assert!(hash.starts_with("$argon2id$"));
    for event in &events {
        assert!(!event.contains(PASSWORD) && !event.contains(&hash), "{event}");
        assert!(!event.contains(&player.token), "{event}");
    }
}

#[tokio::test]
async fn the_same_request_signs_up_once() {
    let scene = Scene::open().await;
    let asked = kael();
    let all = join_all((0..8).map(|_| sign_up(&scene, "lundi", &asked))).await;
    for answer in &all {
        assert_eq!((answer.status, &answer.text), (StatusCode::CREATED, &all[0].text));
        assert_eq!(answer.header("aether-position"), all[0].header("aether-position"));
    }
    assert_eq!(passwords(&scene).await, 1);
    let elsewhere = scene.beside().await;
    assert_eq!(sign_up(&elsewhere, "lundi", &asked).await.text, all[0].text);
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else_is_refused() {
    let scene = Scene::open().await;
    assert_eq!(sign_up(&scene, "lundi", &kael()).await.status, StatusCode::CREATED);
    for (field, other) in [("classe", "ARCHER"), ("motDePasse", "autre chose")] {
        let mut asked = kael();
        asked[field] = other.into();
        let answer = sign_up(&scene, "lundi", &asked).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(answer.problem(), "cle-reutilisee", "{field}");
    }
}

#[tokio::test]
async fn a_name_that_looks_like_another_is_taken_and_leaves_no_password() {
    let scene = Scene::open().await;
    scene.player("Kael").await;
    let mut asked = kael();
    asked["nom"] = "KAE1".into();
    let answer = sign_up(&scene, "mardi", &asked).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "NOM_PRIS")
    );
    assert!(answer.json()["title"].as_str().unwrap().contains("est pris"));
    assert_eq!(passwords(&scene).await, 1);
}

#[tokio::test]
async fn what_is_not_an_account_is_refused_for_its_reason() {
    let scene = Scene::with(|config| arena::Config { generosity: 100, ..config }).await;
    for (field, value, code) in [
        ("nom", json!("K"), "NOM_TROP_COURT"),
        ("pseudo", json!("K\u{202e}ael"), "NOM_CARACTERE_INTERDIT"),
        ("motDePasse", json!("court"), "mot-de-passe-invalide"),
        ("motDePasse", json!("x".repeat(201)), "mot-de-passe-invalide"),
        ("classe", json!("DRAGON"), "corps-invalide"),
        ("nom", json!(null), "corps-invalide"),
        ("role", json!("OPERATEUR"), "corps-invalide"),
    ] {
        let mut asked = kael();
        asked[field] = value;
        let answer = sign_up(&scene, "k", &asked).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert_eq!(answer.problem(), code, "{field}");
        assert!(!answer.text.contains(PASSWORD), "{answer:?}");
    }
    let wrong_key = sign_up(&scene, "deux mots", &kael()).await;
    assert_eq!(wrong_key.problem(), "entete-invalide");
    let post = || scene.post("/comptes");
    let text = post().header("content-type", "text/plain").body(kael().to_string()).send().await;
    assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(text.problem(), "type-de-contenu");
    let large =
        post().header("content-type", "application/json").body(" ".repeat(5000)).send().await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(large.problem(), "corps-trop-grand");
    let half = post().header("content-type", "application/json").body("{\"nom\":").send().await;
    assert_eq!(half.problem(), "corps-invalide");
}

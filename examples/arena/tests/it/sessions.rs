//! Sessions: how they begin, who may use them, how they end.

use aether_servers::{Redis, RedisOptions};
use arena::{Config, Secret};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::scene::{PASSWORD, Scene};

async fn log_in(scene: &Scene, name: &str, password: &str) -> Answer {
    let asked = json!({ "nom": name, "motDePasse": password });
    scene.post("/sessions").json(&asked).send().await
}

/// The cookie of a browser's log-in: what it is called and holds, and its attributes.
async fn cookie(scene: &Scene, name: &str) -> (String, String) {
    let asked = json!({ "nom": name, "motDePasse": PASSWORD, "cookie": true });
    let answer = scene.post("/sessions").json(&asked).send().await;
    assert_eq!(answer.json()["jeton"], Value::Null);
    let (pair, attributes) = answer.header("set-cookie").split_once(';').unwrap();
    (pair.to_owned(), attributes.to_owned())
}

fn end_all<'a>(scene: &'a Scene, cookie: &str) -> Ask<'a> {
    scene.ask(Method::DELETE, "/sessions").header("cookie", cookie).header("host", "play.example")
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_told_alike() {
    let scene = Scene::open().await;
    scene.player("Kael").await;
    let wrong = log_in(&scene, "Kael", "corne de brune").await;
    let unknown = log_in(&scene, "Personne", PASSWORD).await;
    let impossible = log_in(&scene, "\u{202e}", PASSWORD).await;
    for answer in [&wrong, &unknown, &impossible] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.problem(), "identifiants-invalides");
        assert_eq!(answer.json()["title"], wrong.json()["title"]);
    }
    // a name is one name however it is written
    assert_eq!(log_in(&scene, "kaeI", PASSWORD).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_browser_gets_a_cookie_that_scripts_cannot_read() {
    let scene = Scene::open().await;
    scene.player("Kael").await;
    let (plain, attributes) = cookie(&scene, "Kael").await;
    assert!(plain.starts_with("arena="), "{plain}");
    assert_eq!(attributes.trim(), "Path=/; HttpOnly; SameSite=Lax");
    let asked = scene.get("/sessions").header("cookie", format!("a=b; {plain}")).send().await;
    assert_eq!(asked.status, StatusCode::OK);
    let scene = Scene::with(|config| Config { https: true, ..config }).await;
    scene.player("Kael").await;
    let (bound, attributes) = cookie(&scene, "Kael").await;
    assert!(bound.starts_with("__Host-arena="), "{bound}");
    assert_eq!(attributes.trim(), "Path=/; HttpOnly; SameSite=Lax; Secure");
}

#[tokio::test]
async fn a_foreign_page_cannot_write_with_a_good_cookie() {
    let scene = Scene::open().await;
    scene.player("Kael").await;
    let (cookie, _) = cookie(&scene, "Kael").await;
    for origin in
        ["https://evil.example", "null", "http://play.example.evil", "https://play.example"]
    {
        let answer = end_all(&scene, &cookie).header("origin", origin).send().await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::FORBIDDEN, "origine-interdite")
        );
    }
    // browsers say where a write comes from
    assert_eq!(end_all(&scene, &cookie).send().await.problem(), "origine-interdite");
    let log_in = scene.post("/sessions").header("origin", "https://evil.example");
    let asked = json!({ "nom": "Kael", "motDePasse": PASSWORD, "cookie": true });
    assert_eq!(log_in.json(&asked).send().await.problem(), "origine-interdite");
    let own = end_all(&scene, &cookie).header("origin", "http://play.example").send().await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
    assert!(own.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn sessions_are_listed_without_their_tokens_and_end_one_by_one() {
    let scene = Scene::open().await;
    let kael = scene.player("Kael").await;
    let other = scene.player("Mira").await;
    let second = scene.log_in("Kael").await;
    let listed = scene.get("/sessions").bearer(&second).send().await;
    let sessions = listed.json().as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    for token in [&kael.token, &second] {
        assert!(!listed.text.contains(token.rsplit_once('.').unwrap().1));
    }
    let elsewhere = sessions.iter().find(|session| session["courante"] == false).unwrap();
    let path = format!("/sessions/{}", elsewhere["sessionId"].as_str().unwrap());
    // somebody else's session is not there
    let foreign = scene.ask(Method::DELETE, &path).bearer(&other.token).send().await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let ended = scene.ask(Method::DELETE, &path).bearer(&second).send().await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let late = scene.get("/sessions").bearer(&kael.token).send().await;
    assert_eq!((late.status, late.problem().as_str()), (StatusCode::UNAUTHORIZED, "non-identifie"));
    assert_eq!(scene.get("/sessions").bearer(&second).send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_logs_out_everywhere_is_out_on_every_node() {
    let scene = Scene::open().await;
    let kael = scene.player("Kael").await;
    let elsewhere = scene.beside().await;
    let there = elsewhere.log_in("Kael").await;
    let ended = scene.ask(Method::DELETE, "/sessions").bearer(&kael.token).send().await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    for token in [&kael.token, &there] {
        for node in [&scene, &elsewhere] {
            let answer = node.get("/sessions").bearer(token).send().await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn what_is_no_token_lets_nobody_in() {
    let scene = Scene::open().await;
    let kael = scene.player("Kael").await;
    let (user, secret) = kael.token.rsplit_once('.').unwrap();
    let guessed = format!("{user}.{}", "0".repeat(secret.len()));
    let foreign = format!("{}.{secret}", aether_core::uuid::Uuid::now_v7());
    for token in ["", "x", &guessed, &foreign, &kael.token.to_uppercase()] {
        let answer = scene.get("/sessions").bearer(token).send().await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
    }
    assert_eq!(scene.get("/sessions").send().await.problem(), "non-identifie");
}

#[tokio::test]
async fn a_session_seen_lately_goes_on_while_redis_is_away() {
    let redis = Redis::start(RedisOptions::default().own()).await.unwrap();
    let url = Secret::new(redis.url());
    let scene = Scene::with(|config| Config { redis_url: url, ..config }).await;
    let kael = scene.player("Kael").await;
    let unseen = scene.log_in("Kael").await;
    let path = format!("/player/{}/profile", kael.id);
    let profile = async |token: &str| scene.get(&path).bearer(token).send().await;
    let before = aether_testkit::eventually("the profile is there", async || {
        Some(profile(&kael.token).await).filter(|answer| answer.status == StatusCode::OK)
    });
    assert_eq!(before.await.json()["prive"]["nom"], "Kael");
    redis.kill9().await.unwrap();
    let during = profile(&kael.token).await;
    assert_eq!((during.status, &during.json()["prive"]["nom"]), (StatusCode::OK, &json!("Kael")));
    let refused = profile(&unseen).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "indisponible")
    );
    assert_ne!(refused.header("retry-after"), "");
    let log_in = log_in(&scene, "Kael", PASSWORD).await;
    assert_eq!(
        (log_in.status, log_in.problem().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "indisponible")
    );
    // guests read what they may
    assert_eq!(scene.get(&path).send().await.status, StatusCode::OK);
    redis.stop().await.unwrap();
}

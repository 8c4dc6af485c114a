//! How often something may be asked for.

use arena::{Config, Secret};
use axum::http::StatusCode;
use serde_json::json;

use crate::client::Answer;
use crate::scene::Scene;

async fn guess(scene: &Scene, name: &str, peer: &str, forwarded: &str) -> Answer {
    let asked = json!({ "nom": name, "motDePasse": "au hasard" });
    let ask = scene.post("/sessions").from(peer).header("x-forwarded-for", forwarded);
    ask.json(&asked).send().await
}

/// The first guess that is limited: tokens come back while we ask, but far more slowly.
async fn limited(scene: &Scene, same_name: bool) -> Option<Answer> {
    for i in 0..100 {
        // names that cannot be names cost no hash
        let name = if same_name { "?".to_owned() } else { format!("?{i}") };
        let peer = format!("192.0.2.{}:9", if same_name { i } else { 0 });
        let answer = guess(scene, &name, &peer, &format!("198.51.100.{i}")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Some(answer);
        }
    }
    None
}

#[tokio::test]
async fn guesses_under_one_name_are_few_wherever_they_come_from() {
    let scene = Scene::open().await;
    let limited = limited(&scene, true).await.unwrap();
    assert_eq!(limited.problem(), "trop-de-requetes");
    let wait: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
}

#[tokio::test]
async fn forwarded_addresses_widen_no_limit_where_no_proxy_is_trusted() {
    let scene = Scene::open().await;
    assert!(limited(&scene, false).await.is_some());
}

#[tokio::test]
async fn limits_hold_on_a_node_while_redis_is_away() {
    let nobody = Secret::new("redis://127.0.0.1:1");
    let scene = Scene::with(|config| Config { redis_url: nobody, ..config }).await;
    assert!(limited(&scene, false).await.is_some());
}

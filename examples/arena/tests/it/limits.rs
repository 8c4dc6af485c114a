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

/// The answers of `tries` guesses that were limited.
async fn limited(scene: &Scene, tries: u32, same_name: bool) -> Vec<Answer> {
    let mut limited = vec![];
    for i in 0..tries {
        // names that cannot be names cost no hash
        let name = if same_name { "?".to_owned() } else { format!("?{i}") };
        let answer = guess(
            scene,
            &name,
            &format!("192.0.2.{}:9", if same_name { i } else { 0 }),
            &format!("198.51.100.{i}"),
        )
        .await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            limited.push(answer);
        }
    }
    limited
}

#[tokio::test]
async fn guesses_under_one_name_are_few_wherever_they_come_from() {
    let scene = Scene::open().await;
    let limited = limited(&scene, 12, true).await;
    assert!(!limited.is_empty());
    assert_eq!(limited[0].problem(), "trop-de-requetes");
    let wait: u64 = limited[0].header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
}

#[tokio::test]
async fn forwarded_addresses_widen_no_limit_where_no_proxy_is_trusted() {
    let scene = Scene::open().await;
    assert!(!limited(&scene, 22, false).await.is_empty());
}

#[tokio::test]
async fn limits_hold_on_a_node_while_redis_is_away() {
    let nobody = Secret::new("redis://127.0.0.1:1");
    let scene = Scene::with(|config| Config { redis_url: nobody, ..config }).await;
    assert!(!limited(&scene, 22, false).await.is_empty());
}

//! The description of the routes is what the routes are.

use axum::http::{Method, StatusCode};

use crate::scene::Scene;

/// Set it to write the file anew.
const WRITE: &str = "ARENA_WRITE_OPENAPI";

#[tokio::test]
async fn the_description_is_as_it_is_locked() {
    let scene = Scene::open().await;
    let described = scene.get("/openapi.json").send().await.json();
    let text = format!("{described:#}\n");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let locked = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        locked == text,
        "the routes are not as openapi.json has them: {WRITE}=1, and look at the difference"
    );
    assert_eq!(described["openapi"], "3.1.0");
}

#[tokio::test]
async fn every_described_route_is_there() {
    let scene = Scene::open().await;
    let described = scene.get("/openapi.json").send().await.json();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let id = aether_core::uuid::Uuid::now_v7().to_string();
            let answer = scene.ask(method.clone(), &path.replace("{id}", &id)).send().await;
            assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(!answer.status.is_server_error(), "{method} {path}: {answer:?}");
        }
    }
}

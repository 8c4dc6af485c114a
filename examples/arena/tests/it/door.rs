//! What holds at every address.

use arena::Secret;
use axum::http::{Method, StatusCode};

use crate::scene::Scene;

#[tokio::test]
async fn an_error_is_a_problem_in_the_language_of_the_client() {
    let scene = Scene::open().await;
    let french = scene.get("/nulle-part").send().await;
    assert_eq!((french.status, french.problem().as_str()), (StatusCode::NOT_FOUND, "introuvable"));
    assert_eq!(french.header("content-language"), "fr");
    let english = scene.get("/nowhere").header("accept-language", "en-GB, fr;q=0.5").send().await;
    assert_eq!(english.problem(), "introuvable");
    assert_eq!(english.header("content-language"), "en");
    assert_ne!(english.json()["title"], french.json()["title"]);
}

#[tokio::test]
async fn an_address_says_which_methods_it_knows() {
    let scene = Scene::open().await;
    let wrong = scene.ask(Method::DELETE, "/health/ready").send().await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.problem(), "methode-interdite");
    assert_eq!(wrong.header("allow"), "GET, HEAD, OPTIONS");
    let options = scene.ask(Method::OPTIONS, "/health/ready").send().await;
    assert_eq!((options.status, options.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS");
    scene.until_ready().await;
    let head = scene.ask(Method::HEAD, "/health/ready").send().await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn who_accepts_no_json_is_told_so() {
    let scene = Scene::open().await;
    let answer = scene.get("/health/ready").header("accept", "text/html").send().await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(answer.problem(), "inacceptable");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let scene = Scene::with(|config| arena::Config { https: true, ..config }).await;
    for path in ["/health/live", "/nowhere"] {
        let answer = scene.get(path).send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(answer.header("strict-transport-security").contains("max-age="));
    }
}

#[tokio::test]
async fn pages_of_listed_origins_may_read_and_no_others() {
    let origins = vec!["https://play.example".parse().unwrap()];
    let scene = Scene::with(|config| arena::Config { origins, ..config }).await;
    let listed = scene.get("/health/live").header("origin", "https://play.example").send().await;
    assert_eq!(listed.header("access-control-allow-origin"), "https://play.example");
    assert!(listed.header("access-control-expose-headers").contains("aether-position"));
    for origin in ["https://evil.example", "https://play.example.evil", "null"] {
        let other = scene.get("/health/live").header("origin", origin).send().await;
        assert_eq!(other.header("access-control-allow-origin"), "", "{origin}");
    }
    let first = scene
        .ask(Method::OPTIONS, "/health/live")
        .header("origin", "https://play.example")
        .header("access-control-request-method", "GET");
    let first = first.send().await;
    assert_eq!(first.status, StatusCode::NO_CONTENT);
    assert!(first.header("access-control-allow-methods").contains("GET"));
    assert!(first.header("access-control-allow-headers").contains("idempotency-key"));
}

#[tokio::test]
async fn a_trace_of_the_client_is_the_correlation_id() {
    let scene = Scene::open().await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = scene.get("/nowhere").header("traceparent", parent).send().await;
    assert_eq!(answer.header("aether-correlation"), "4bf92f35-77b3-4da6-a3ce-929d0e0e4736");
    answer.problem();
    let other = scene.get("/nowhere").send().await;
    assert_ne!(other.header("aether-correlation"), answer.header("aether-correlation"));
}

#[tokio::test]
async fn a_node_is_ready_without_redis_and_says_that_it_is_away() {
    let scene = Scene::open().await;
    let whole = scene.until_ready().await;
    assert!(whole.json()["parties"].as_array().unwrap().iter().all(|part| part["pret"] == true));
    let nobody = Secret::new("redis://127.0.0.1:1");
    let scene = Scene::with(|config| arena::Config { redis_url: nobody, ..config }).await;
    let half = scene.until_ready().await;
    let parts = half.json()["parties"].clone();
    let away: Vec<_> =
        parts.as_array().unwrap().iter().filter(|part| part["pret"] == false).collect();
    assert!(away.iter().any(|part| part["nom"] == "redis"), "{parts}");
    // what fills Redis stands still with it
    assert!(away.iter().all(|part| part["requise"] == false), "{parts}");
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_for_who_shows_the_token() {
    let scene = Scene::open().await;
    let here = scene.get("/metrics").send().await;
    assert_eq!(here.status, StatusCode::OK);
    assert!(here.text.contains("arena_http_requests_running"), "{}", here.text);
    let far = scene.get("/metrics").from("192.0.2.1:4000").send().await;
    assert_eq!(far.problem(), "introuvable");
    let through_proxy = scene.get("/metrics").header("x-forwarded-for", "192.0.2.1").send().await;
    assert_eq!(through_proxy.problem(), "introuvable");
    let metrics_token = Some(Secret::new("jeton"));
    let scene = Scene::with(|config| arena::Config { metrics_token, ..config }).await;
    assert_eq!(scene.get("/metrics").send().await.problem(), "introuvable");
    let wrong = scene.get("/metrics").header("authorization", "Bearer jetons").send().await;
    assert_eq!(wrong.problem(), "introuvable");
    let shown = scene.get("/metrics").header("authorization", "Bearer jeton").from("192.0.2.1:1");
    assert_eq!(shown.send().await.status, StatusCode::OK);
}

//! Operations that ask for too much are refused before anything is read.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{ask, code};
use crate::scene::Scene;

/// The code and the detail of a refusal that read nothing.
async fn refused(scene: &Scene, query: &str) -> (String, String) {
    let answer = ask(scene, query, &json!({})).send().await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let answered = answer.json();
    assert_eq!(answered["data"], Value::Null, "{answered}");
    let detail = answered["errors"][0]["extensions"]["detail"].as_str().unwrap().to_owned();
    (code(&answer), detail)
}

fn invalid(detail: &str) -> (String, String) {
    ("graphql-invalide".to_owned(), detail.to_owned())
}

#[tokio::test]
async fn what_asks_for_too_much_is_refused_in_words() {
    let scene = Scene::open().await;
    let id = "7f1c2f6e-7c53-4a6b-9a53-0d4f7a5295c1";
    let aliases: String = (0..300).map(|i| format!("a{i}: __typename ")).collect();
    let spread = format!("{{ {} }} fragment f on Query {{ {aliases} }}", "...f ".repeat(4));
    for (query, detail) in [
        (spread, "a document has at most 1000 selections, this one 1204"),
        (
            format!("{{ {} }}", "a @skip(if: true) ".repeat(17)),
            "a document has at most 16 directives",
        ),
        (
            format!("{{ {} {}", "a { ".repeat(100), "}".repeat(100)),
            "brackets may be nested 64 times",
        ),
        (format!("{{ joueur(id: {}", "[".repeat(7_000)), "brackets may be nested 64 times"),
        (
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".to_owned(),
            "the fragment a is spread inside of itself",
        ),
        (
            format!(
                "{{ joueur(id: \"{id}\") {{ niveaux(limite: 100) {{ elements {{ niveau experience atteintA }} }} }} \
                        classementNiveau(limite: 100) {{ elements {{ niveau experience }} }} }}"
            ),
            "Query is too complex.",
        ),
    ] {
        assert_eq!(refused(&scene, &query).await, invalid(detail), "{query}");
    }
}

#[tokio::test]
async fn fragments_that_double_are_refused_without_being_followed() {
    let scene = Scene::open().await;
    let fragment = |i: u32| format!("fragment f{i} on Query {{ ...f{} ...f{} }} ", i + 1, i + 1);
    let doubling: String = (0..30).map(fragment).collect();
    let bomb = format!("{{ ...f0 }} {doubling} fragment f30 on Query {{ __typename }}");
    let (code, detail) = refused(&scene, &bomb).await;
    assert_eq!(code, "graphql-invalide");
    assert!(detail.starts_with("a document has at most 1000 selections"), "{detail}");
}

#[tokio::test]
async fn ten_thousand_directives_do_not_even_come_in() {
    let scene = Scene::open().await;
    let query = format!("{{ __typename {} }}", "@a".repeat(10_000));
    let answer = ask(&scene, &query, &json!({})).send().await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.problem(), "corps-trop-grand");
}

#[tokio::test]
async fn a_batch_has_ten_operations() {
    let scene = Scene::open().await;
    let batch = |size: usize| json!(vec![json!({ "query": "{ __typename }" }); size]);
    let whole = scene.post("/graphql").json(&batch(10)).send().await.json();
    assert_eq!(whole.as_array().unwrap().len(), 10);
    assert!(whole.as_array().unwrap().iter().all(|it| it["data"]["__typename"] == "Query"));
    for size in [0, 11, 100] {
        let answer = scene.post("/graphql").json(&batch(size)).send().await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.problem(), "graphql-invalide");
        assert!(answer.text.contains(&format!("this one {size}")), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_no_operation_is_refused() {
    let scene = Scene::open().await;
    let send = |body: &'static str| {
        scene.post("/graphql").header("content-type", "application/json").body(body).send()
    };
    assert_eq!(send("{").await.problem(), "corps-invalide");
    assert_eq!(send("7").await.problem(), "graphql-invalide");
    assert_eq!(send("{\"query\": 7}").await.problem(), "graphql-invalide");
    assert_eq!(code(&send("{\"query\": \"{\"}").await), "graphql-invalide");
    assert_eq!(code(&send("{\"query\": \"{ nulle_part }\"}").await), "graphql-invalide");
    let form = scene.post("/graphql").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(form.body("query={__typename}").send().await.problem(), "type-de-contenu");
    assert_eq!(scene.get("/graphql?query={__typename}").send().await.problem(), "entete-invalide");
}

#[tokio::test]
async fn each_mutation_is_counted_as_a_request() {
    let scene = Scene::open().await;
    let player = scene.player("Kael").await;
    let nobody = aether_core::uuid::Uuid::now_v7();
    let one = |i: usize| {
        format!("a{i}: agir(combatId: \"{nobody}\", action: {{ simple: PASSER }}) {{ position }}")
    };
    // 20 a second, and 40 at once
    let query = format!("mutation {{ {} }}", (0..40).map(one).collect::<Vec<_>>().join(" "));
    let mut codes = vec![];
    for _ in 0..5 {
        let answer = ask(&scene, &query, &json!({})).bearer(&player.token).send().await;
        let answered = answer.json();
        let errors = answered["errors"].as_array().unwrap();
        codes.extend(errors.iter().map(|error| super::code_of(&answer, error)));
    }
    assert!(codes.iter().any(|code| code == "introuvable"), "{codes:?}");
    assert!(codes.iter().any(|code| code == "trop-de-requetes"), "{codes:?}");
}

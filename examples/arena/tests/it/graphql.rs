//! The second door: it says and does what the first one does.

mod agreement;
mod attacks;
mod commands;
mod lists;
mod privacy;
mod subscriptions;

use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::scene::Scene;

/// Set it to write the file anew.
const WRITE: &str = "ARENA_WRITE_SCHEMA";

/// An operation, with its variables.
fn ask<'a>(scene: &'a Scene, query: &str, variables: &Value) -> Ask<'a> {
    scene.post("/graphql").json(&json!({ "query": query, "variables": variables }))
}

/// The code of the only error of an answer, after a look at its form.
fn code(answer: &Answer) -> String {
    let answered = answer.json();
    let errors = answered["errors"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(errors.len(), 1, "{answered}");
    code_of(answer, &errors[0])
}

fn code_of(answer: &Answer, error: &Value) -> String {
    assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
    let extensions = &error["extensions"];
    let code = extensions["code"].as_str().unwrap_or_else(|| panic!("{error}")).to_owned();
    assert_eq!(extensions["type"], format!("/problemes/{code}"));
    let instance = format!("urn:uuid:{}", answer.header("aether-correlation"));
    assert_eq!(extensions["instance"], instance);
    code
}

#[test]
fn the_schema_is_as_it_is_locked() {
    let text = arena::sdl();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let locked = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        locked == text,
        "the schema is not as schema.graphql has it: {WRITE}=1, and look at the difference"
    );
}

#[tokio::test]
async fn the_schema_is_told_only_where_the_operator_says_so() {
    let question = "{ __schema { queryType { name } } }";
    let closed = Scene::open().await;
    let answer = ask(&closed, question, &json!({})).send().await.json();
    assert_eq!(answer["data"]["__schema"], Value::Null, "{answer}");
    let open = Scene::with(|config| arena::Config { introspection: true, ..config }).await;
    let answer = ask(&open, question, &json!({})).send().await.json();
    assert_eq!(answer["data"]["__schema"]["queryType"]["name"], "Query", "{answer}");
    // nor is it told by suggestions
    let guess = ask(&closed, "{ classementNiveu { suivant } }", &json!({})).send().await;
    assert_eq!(code(&guess), "graphql-invalide");
    assert!(!guess.text.contains("classementNiveau"), "{guess:?}");
}

#[tokio::test]
async fn errors_are_in_the_language_of_the_client() {
    let scene = Scene::open().await;
    let ask = || ask(&scene, "{ moi { joueurId } }", &json!({}));
    let french = ask().send().await;
    let english = ask().header("accept-language", "en").send().await;
    assert_eq!((code(&french), code(&english)), ("non-identifie".into(), "non-identifie".into()));
    let message = |answer: &Answer| answer.json()["errors"][0]["message"].clone();
    assert_eq!(message(&french), "connectez-vous d'abord");
    assert_eq!(message(&english), "log in first");
}

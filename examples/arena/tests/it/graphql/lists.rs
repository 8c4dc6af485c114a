//! Lists: page by page, and what they link to is asked for once.

use serde_json::{Value, json};

use super::{ask, code};
use crate::scene::{PASSWORD, Scene};

async fn sign_up(scene: &Scene, names: &[&str]) -> String {
    let mut position = String::new();
    for name in names {
        let asked = json!({ "nom": name, "classe": "MAGE", "motDePasse": PASSWORD });
        let signed_up = scene.post("/comptes").json(&asked).send().await;
        position = signed_up.header("aether-position").to_owned();
    }
    position
}

#[tokio::test]
async fn a_list_goes_page_by_page_without_a_gap() {
    let scene = Scene::open().await;
    let mut names = ["Alba", "Bran", "Cyra"];
    let position = sign_up(&scene, &names).await;
    let query = "query ($curseur: String) { classementNiveau(limite: 1, curseur: $curseur) {
        elements { pseudo } suivant
    } }";
    let mut seen = vec![];
    let mut cursor = Value::Null;
    while seen.len() < 10 {
        let ask =
            ask(&scene, query, &json!({ "curseur": cursor })).header("aether-after", &position);
        let page = ask.send().await.json()["data"]["classementNiveau"].clone();
        seen.push(page["elements"][0]["pseudo"].as_str().unwrap().to_owned());
        cursor = page["suivant"].clone();
        if cursor.is_null() {
            break;
        }
    }
    seen.sort();
    names.sort_unstable();
    assert_eq!(seen, names);
    for (limit, cursor, wrong) in [
        (0, None, "parametre-invalide"),
        (101, None, "parametre-invalide"),
        (1, Some("00"), "curseur-invalide"),
    ] {
        let query = "query ($limite: Int, $curseur: String) {
            classementNiveau(limite: $limite, curseur: $curseur) { suivant }
        }";
        let answer =
            ask(&scene, query, &json!({ "limite": limit, "curseur": cursor })).send().await;
        assert_eq!(code(&answer), wrong);
    }
}

/// How many statements the loaders of this process have made.
async fn loads(scene: &Scene) -> Vec<String> {
    let page = scene.get("/metrics").send().await.text;
    let lines = page.lines().filter(|line| line.starts_with("arena_graphql_loads_total{"));
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn the_players_of_a_list_are_read_by_one_statement() {
    let scene = Scene::open().await;
    let position = sign_up(&scene, &["Alba", "Bran", "Cyra", "Dore", "Elin"]).await;
    let query =
        "{ classementNiveau { elements { joueur { profil { pseudo niveau } tenue { nom } } } } }";
    let ask_again = || {
        let ask = ask(&scene, query, &json!({})).header("aether-after", &position);
        ask.header("prefer", "wait=10")
    };
    let answer = ask_again().send().await.json();
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let players = answer["data"]["classementNiveau"]["elements"].as_array().unwrap();
    assert_eq!(players.len(), 5);
    let once = ["profils", "tenues"];
    let once = once.map(|it| format!("arena_graphql_loads_total{{loader=\"{it}\"}} 1"));
    assert_eq!(loads(&scene).await, once);
    // and nothing is kept for the next one
    assert_eq!(ask_again().send().await.json(), answer);
    assert!(loads(&scene).await.iter().all(|line| line.ends_with(" 2")));
}

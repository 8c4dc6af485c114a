//! The console: who may look, who may act, and what is kept of an act.

use std::process::Command;

use axum::http::StatusCode;
use serde_json::json;

use crate::scene::{Player, Scene};

/// Lets a player do more, as an operator does on the command line, and logs in anew.
pub(crate) async fn promote(scene: &Scene, name: &str, role: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_arena"));
    program
        .args(["role", name, role, "--reason", "a test"])
        .args(["--redis-prefix", &scene.config.redis_prefix])
        .env("AETHER_DATABASE_URL", scene.config.database_url.expose())
        .env("AETHER_REDIS_URL", scene.config.redis_url.expose());
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    scene.log_in(name).await
}

const READS: [&str; 5] = [
    "/exploitation/etat",
    "/exploitation/journal",
    "/exploitation/lettres",
    "/exploitation/livre",
    "/exploitation/actes",
];

#[tokio::test(flavor = "multi_thread")]
async fn observers_read_the_console_and_operators_act_in_it_with_a_reason() {
    let scene = Scene::open().await;
    let Player { token: player, .. } = scene.player("Kael").await;
    for name in ["Mira", "Oriane"] {
        scene.player(name).await;
    }
    let observer = promote(&scene, "Mira", "observateur").await;
    let operator = promote(&scene, "Oriane", "operateur").await;
    for path in READS {
        let asked = |token: &str| scene.get(path).bearer(token).send();
        assert_eq!(scene.get(path).send().await.problem(), "non-identifie", "{path}");
        assert_eq!(asked(&player).await.problem(), "interdit", "{path}");
        for token in [&observer, &operator] {
            let answer = asked(token).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        }
    }
    let order = |token: &str, reason: &str| {
        let body = json!({ "enPause": true, "raison": reason });
        scene.post("/exploitation/projections/joueurs").bearer(token).json(&body).send()
    };
    assert_eq!(order(&player, "because").await.problem(), "interdit");
    assert_eq!(order(&observer, "because").await.problem(), "interdit");
    assert_eq!(order(&operator, " ").await.problem(), "RAISON_MANQUANTE");
    let acts = scene.get("/exploitation/actes").bearer(&observer);
    assert_eq!(acts.send().await.json(), json!([]));
    assert_eq!(order(&operator, "a move").await.json()["change"], true);
    let acts = scene.get("/exploitation/actes").bearer(&observer).send().await.json();
    assert_eq!((&acts[0]["acte"], &acts[0]["raison"]), (&json!("PAUSE"), &json!("a move")));
    let state = scene.get("/exploitation/etat").bearer(&observer).send().await.json();
    let projections = state["projections"].as_array().unwrap();
    let paused: Vec<_> = projections.iter().filter(|it| it["enPause"] == true).collect();
    assert!(paused.iter().all(|it| it["nom"] == "joueurs") && !paused.is_empty(), "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregate_is_shown_at_each_version_and_observers_see_no_values() {
    let scene = Scene::open().await;
    let player = scene.player("Kael").await;
    scene.player("Mira").await;
    let observer = promote(&scene, "Mira", "observateur").await;
    scene.player("Oriane").await;
    let operator = promote(&scene, "Oriane", "operateur").await;
    let path = format!("/exploitation/agregats/{}?version=1", player.id);
    let seen = scene.get(&path).bearer(&operator).send().await.json();
    assert_eq!((&seen["type"], &seen["version"]), (&json!("Joueur"), &json!(1)));
    assert_eq!(seen["evenements"][0]["type"], "JoueurCree");
    assert!(seen["derniereVersion"].as_u64().unwrap() > 1 && seen["etat"].is_object(), "{seen}");
    let hidden = scene.get(&path).bearer(&observer).send().await;
    assert!(hidden.text.contains("JoueurCree") && !hidden.text.contains("Kael"), "{hidden:?}");

    // what one request led to: the player and all that came with it
    let correlation = seen["evenements"][0]["correlationId"].as_str().unwrap();
    let path = format!("/exploitation/causes/{correlation}");
    let causes = scene.get(&path).bearer(&operator).send().await.json();
    let types: Vec<_> = causes.as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert!(types.contains(&&json!("CompteCree")) && types.contains(&&json!("JoueurCree")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_log_are_all_of_it_from_the_newest_event_to_the_first() {
    let scene = Scene::open().await;
    scene.player("Oriane").await;
    let operator = promote(&scene, "Oriane", "operateur").await;
    scene.app.engine().settle().await.unwrap();
    let mut positions: Vec<u64> = vec![];
    let mut path = "/exploitation/journal?limite=2".to_owned();
    loop {
        let page = scene.get(&path).bearer(&operator).send().await.json();
        let events = page["elements"].as_array().unwrap();
        positions.extend(events.iter().map(|it| it["position"].as_u64().unwrap()));
        let Some(next) = page["suivant"].as_u64() else { break };
        path = format!("/exploitation/journal?limite=2&jusqua={next}");
    }
    assert!(positions.is_sorted_by(|a, b| a > b), "{positions:?}");
    let pool = scene.pool().await;
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM evenements WHERE event_sequence <= $1")
            .bind(i64::try_from(positions[0]).unwrap())
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(positions.len(), usize::try_from(stored).unwrap());
    let only = scene.get("/exploitation/journal?type=RoleChange").bearer(&operator).send().await;
    let only = only.json();
    assert_eq!(only["elements"].as_array().unwrap().len(), 1, "{only}");
}

//! The operator's commands of the game.

use std::process::{Command, Output};

use aether_core::backend::EventStore as _;
use aether_core::{Engine, Node};
use aether_postgres::PgStore;

use crate::scene::{config, database};

fn arena(url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arena"));
    command.args(arguments).env("AETHER_DATABASE_URL", url).env_remove("AETHER_REDIS_URL");
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{out}{err}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_world_is_imported_once_its_ledger_is_whole_and_a_coin_that_is_taken_is_found() {
    let database = database().await;
    let url = config(&database).await.database_url.expose().to_owned();
    let world = ["world", "--seed", "7", "--players", "8", "--events", "2500"];
    let imported = arena(&url, &world);
    assert!(imported.status.success(), "{}", text(&imported));
    let again = arena(&url, &world);
    assert!(text(&again).contains("world 7: 0 events stored"), "{}", text(&again));

    // what fills the tables
    let store = PgStore::connect(&url).await.unwrap();
    let engine = Engine::new(store.clone());
    let game = aether_game::module(&store, None);
    // what its processes still do moves the end of the log
    loop {
        let end = store.end().await.unwrap();
        let node = Node::builder(&engine).install(&game).start().unwrap();
        node.wait_for_all(end).await.unwrap();
        node.stop().await.unwrap();
        if store.end().await.unwrap() == end {
            break;
        }
    }

    let whole = arena(&url, &["livre"]);
    assert!(whole.status.success(), "{}", text(&whole));
    assert!(text(&whole).contains("log, gold") && text(&whole).contains("tables, items"));
    let json = arena(&url, &["livre", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["log"]["gold"], json["tables"]["gold"]);
    assert_eq!(json["differences"], serde_json::json!([]));

    let taken = r#"UPDATE joueurs SET "or" = "or" - 1 WHERE joueur_id = (SELECT joueur_id FROM joueurs WHERE "or" > 0 LIMIT 1)"#;
    sqlx::query(taken).execute(store.pool()).await.unwrap();
    let broken = arena(&url, &["livre"]);
    assert!(!broken.status.success());
    assert!(text(&broken).contains("gold: held"), "{}", text(&broken));
    drop(database);
}

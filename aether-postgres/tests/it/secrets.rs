//! No password is shown: neither by `{:?}` of anything around a store, nor by an error.

use std::fmt::Debug;
use std::path::Path;

use aether_core::{Engine, EventStore, Node, Position, ReadModels as _, Subscription};
use aether_postgres::{
    Archiving, FencePruning, PartitionsAhead, PgStore, SnapshotPruning, ViewRefresh,
};
use sqlx::postgres::PgConnectOptions;

use crate::backend::database;

const SECRET: &str = "hunter2-geheim";

fn kept(what: &impl Debug) {
    let shown = format!("{what:?} {what:#?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

/// The database, logged in to with a password that the server does not ask for.
fn with_password(url: &str) -> String {
    let options: PgConnectOptions = url.parse().unwrap();
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    let name = options.get_database().unwrap();
    format!("postgres://{user}:{SECRET}@{host}:{port}/{name}")
}

#[tokio::test]
async fn nothing_around_a_store_shows_its_password() {
    let database = database().await;
    let url = with_password(database.url());
    let elsewhere: PgConnectOptions = url.parse().unwrap();
    let builder = PgStore::builder().listen_at(elsewhere);
    kept(&builder);
    let store = builder.connect(&url).await.unwrap();
    kept(&store);
    kept(&store.clone().pool());
    let shared: std::sync::Arc<dyn EventStore> = std::sync::Arc::new(store.clone());
    kept(&shared);
    let models = store.read_models();
    kept(&models);
    kept(&models.begin().await.unwrap());
    kept(&store.pool().acquire().await.unwrap());
    for job in [&PartitionsAhead::new(&store) as &dyn Debug, &Archiving::new(&store)] {
        kept(&job);
    }
    let pruning = SnapshotPruning::new(&store);
    let fences = FencePruning::new(&store);
    kept(&(pruning, fences, ViewRefresh::new(&store, "view")));
    kept(&store.status().await.unwrap());

    let engine = Engine::new(store.clone());
    kept(&engine);
    kept(&engine.subscribe(Position::START));
    kept(&Subscription::builder(shared).start());
    let node = Node::builder(&engine).start().unwrap();
    kept(&node);
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn no_error_of_connecting_shows_the_password() {
    for url in [
        format!("postgres://anna:{SECRET}@127.0.0.1:1/studio"),
        format!("postgres://anna:{SECRET}#rest@127.0.0.1:1/studio"),
        format!("postgres://anna:12#{SECRET}@127.0.0.1:1/studio"),
        format!("postgres://anna:{SECRET}/rest@127.0.0.1:1/studio"),
        format!("postgres://anna:{SECRET}?rest@127.0.0.1:1/studio"),
        format!("postgres://anna:{SECRET}@nowhere.invalid/studio"),
        format!("redis://anna:{SECRET}@127.0.0.1:1/studio"),
        format!("anna:{SECRET}@127.0.0.1/studio"),
        SECRET.to_owned(),
    ] {
        let builder = PgStore::builder().acquire_timeout(std::time::Duration::from_millis(50));
        let error = builder.connect(&url).await.unwrap_err();
        kept(&error);
        assert!(!error.to_string().contains(SECRET), "{error}");
    }
}

/// What holds an address shows it by hand, or not at all.
#[test]
fn no_type_derives_how_it_shows_an_address() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    for folder in ["aether-core/src", "aether-postgres/src", "aether-cli/src"] {
        for (path, text) in sources(&root.join(folder)) {
            for derived in text.split("#[derive(").skip(1) {
                seen += 1;
                let Some((derives, rest)) = derived.split_once(")]") else { continue };
                let end = rest.find("\n}").unwrap_or(rest.len());
                let end = rest[..end].find(";\n").map_or(end, |at| at.min(end));
                let body = &rest[..end];
                let holds = ["ConnectOptions", "url: ", "password: "];
                let holds = holds.iter().any(|it| body.contains(it));
                assert!(!(derives.contains("Debug") && holds), "{path}: {body}");
            }
        }
    }
    assert!(seen > 200, "the sources were read");
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

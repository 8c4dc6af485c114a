//! No password is shown: neither by `{:?}` of anything around a store, nor by an error.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use aether_core::backend::{EventStore, ReadModels as _};
use aether_core::{Engine, Node, Position, Subscription};
use aether_postgres::{
    Archiving, CommandPruning, Error, FencePruning, PartitionsAhead, PgStore, Rebuild,
    SnapshotPruning, SqlError, ViewRefresh,
};
use sqlx::postgres::PgConnectOptions;

use crate::rebuild::ledger::{Ledger, Setting};

const SECRET: &str = "hunter2-geheim";

/// Types of this crate that hold neither an address nor a store, or cannot be shown.
const HARMLESS: &[&str] = &[
    "Diagnostics",
    "Document",
    "Folded",
    "HorizonHolder",
    "Partition",
    "PoolState",
    "ImportEvent",
    "Imported",
    "JobStatus",
    "LeaseStatus",
    "Letters",
    "NodeStatus",
    "ParkedEvent",
    "ProjectionLag",
    "RepeatedEvent",
    "StreamHead",
    "Unsound",
    "UnsoundStream",
    "Rebuild",
];

fn kept<T: Debug + ?Sized>(what: &T) {
    let shown = format!("{what:?} {what:#?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

/// What was shown, by the name of its type.
#[derive(Default)]
struct Shown(BTreeSet<String>);

impl Shown {
    fn take<T: Debug>(&mut self, what: &T) {
        kept(what);
        let name = std::any::type_name::<T>().split('<').next().unwrap();
        self.0.insert(name.rsplit("::").next().unwrap().to_owned());
    }
}

/// The names of the types that the crate exports.
fn public_types() -> BTreeSet<String> {
    let exports = include_str!("../../src/lib.rs").split("pub use ").skip(1);
    let exports = exports.map(|export| export.split(';').next().unwrap());
    let names = exports.flat_map(|export| export.split(|c: char| !c.is_alphanumeric()));
    names.filter(|name| name.starts_with(char::is_uppercase)).map(str::to_owned).collect()
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
    let setting = Setting::open().await;
    let database = &setting.database;
    let url = with_password(database.url());
    let elsewhere: PgConnectOptions = url.parse().unwrap();
    let mut shown = Shown::default();
    let builder = PgStore::builder().listen_at(elsewhere);
    shown.take(&builder);
    let store = builder.connect(&url).await.unwrap();
    shown.take(&store);
    kept(&store.clone().pool());
    let shared: std::sync::Arc<dyn EventStore> = std::sync::Arc::new(store.clone());
    kept(&shared);
    let models = store.read_models();
    shown.take(&models);
    shown.take(&models.begin().await.unwrap());
    kept(&store.pool().acquire().await.unwrap());
    shown.take(&PartitionsAhead::new(&store));
    shown.take(&Archiving::new(&store));
    shown.take(&SnapshotPruning::new(&store));
    shown.take(&CommandPruning::new(&store));
    shown.take(&FencePruning::new(&store));
    shown.take(&ViewRefresh::new(&store, "view"));
    shown.take(&store.status().await.unwrap());
    let rebuild = Rebuild::new(&store).projection(Ledger::default());
    let rebuilding = rebuild.start().await.unwrap();
    shown.take(&rebuilding);
    rebuilding.finish().await.unwrap();
    let wrong = PgStore::connect(&url.replace("//", "//#")).await.unwrap_err();
    shown.take(&wrong);
    let closed = PgStore::builder().acquire_timeout(std::time::Duration::from_millis(50));
    let closed = closed.connect(&url.replace(database.name(), "nowhere")).await.unwrap_err();
    kept(&closed);
    match closed {
        Error::Connect { source, .. } => shown.take(&SqlError::from(source)),
        other => panic!("{other}"),
    }
    let known = |name: &&String| !HARMLESS.contains(&name.as_str()) && !shown.0.contains(*name);
    let missing: Vec<_> = public_types().into_iter().filter(|name| known(&name)).collect();
    assert!(missing.is_empty(), "not shown here: {missing:?}");

    let engine = Engine::new(store.clone());
    kept(&engine);
    kept(&engine.subscribe(Position::START));
    kept(&Subscription::builder(shared).start());
    let node = Node::builder(&engine).start().unwrap();
    kept(&node);
    node.stop().await.unwrap();
    store.close().await;
    setting.close().await;
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
    for folder in
        ["aether-core/src", "aether-realtime/src", "aether-postgres/src", "aether-cli/src"]
    {
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

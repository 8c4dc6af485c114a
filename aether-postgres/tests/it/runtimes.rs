//! Stores that are used in another runtime than the one they were built in.

use std::time::Duration;

use aether_core::Position;
use aether_core::backend::{EventStore as _, ReadModels as _};
use aether_core::log::Load;
use aether_postgres::{PgReadModels, PgStore};
use aether_testkit::DEADLINE;
use sqlx::postgres::PgPoolOptions;
use tokio::runtime::{Builder, Runtime};

use crate::backend::{connect, database};
use crate::samples::{any, stream};

fn runtime(threads: usize) -> Runtime {
    match threads {
        0 => Builder::new_current_thread().enable_all().build().unwrap(),
        threads => {
            Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap()
        }
    }
}

/// What each kind of call answers in the end.
async fn answers(store: &PgStore) -> Vec<Result<(), String>> {
    let stream = stream();
    let calls = async {
        let models = store.read_models();
        vec![
            store.append(any(&stream, 1)).await.map(drop),
            store.load(Load::stream(stream.clone())).await.map(drop),
            store.wait(Position::new(u64::MAX / 4)).await.map(drop),
            store.end().await.map(drop),
            aether_core::backend::ReadModels::begin(&models).await.map(drop),
            store.coordinator().last_run("nothing").await.map(drop),
        ]
    };
    let answers = tokio::time::timeout(DEADLINE, calls).await.expect("it answers");
    answers.into_iter().map(|answer| answer.map_err(|error| error.to_string())).collect()
}

#[test]
fn a_store_whose_runtime_stands_still_or_has_ended_says_so() {
    for ended in [false, true] {
        let home = runtime(0);
        let (database, store) = home.block_on(async {
            let database = database().await;
            let store = connect(&database).await;
            store.append(any(&stream(), 1)).await.unwrap();
            (database, store)
        });
        // nobody drives it from here on
        let home = if ended {
            home.shutdown_timeout(Duration::from_secs(1));
            None
        } else {
            Some(home)
        };
        for answer in runtime(1).block_on(answers(&store)) {
            let told = answer.unwrap_err();
            assert!(told.contains("runtime"), "{told}");
        }
        drop((store, home));
        runtime(1).block_on(async move { drop(database) });
    }
}

/// Their pool is the caller's, and its connections are of the runtime that made them.
#[test]
fn read_models_whose_runtime_stands_still_say_so() {
    let home = runtime(0);
    let (database, models) = home.block_on(async {
        let database = database().await;
        let pool = PgPoolOptions::new().max_connections(1).connect(database.url()).await.unwrap();
        (database, PgReadModels::new(pool))
    });
    let begun = runtime(1).block_on(async { tokio::time::timeout(DEADLINE, models.begin()).await });
    let told = begun.expect("it answers").unwrap_err().to_string();
    assert!(told.contains("runtime"), "{told}");
    home.block_on(async move { drop((models, database)) });
}

#[test]
fn a_store_whose_runtime_runs_can_be_used_in_another_one() {
    let home = runtime(1);
    let (database, store) = home.block_on(async {
        let database = database().await;
        let store = connect(&database).await;
        (database, store)
    });
    let stream = stream();
    let elsewhere = runtime(0);
    elsewhere.block_on(async {
        store.append(any(&stream, 2)).await.unwrap();
        let history = store.load(Load::stream(stream)).await.unwrap();
        assert_eq!(history.events.len(), 2);
        store.wait(Position::START).await.unwrap();
    });
    home.block_on(async move {
        store.close().await;
        drop(database);
    });
}

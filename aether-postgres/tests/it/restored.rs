//! Read models of another database than the log, which was restored from a backup.

use aether_core::backend::{
    Checkpoint, Checkpoints as _, EventStore as _, LogIdentity as _, ReadModels as _, Step,
};
use aether_core::log::Anchor;
use aether_core::uuid::Uuid;
use aether_core::{EventId, Position};
use aether_postgres::PgReadModels;
use aether_servers::Database;
use aether_testkit::eventually;

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::read_models::{NAME, Rows, assert_once, earn, prepare, setting, start, whole};

/// Does something to databases that nobody must be connected to meanwhile.
async fn alone(statements: &str) {
    run(aether_servers::shared_postgres().await.unwrap().url(), statements).await;
}

/// Another database with what is in this one now, under a name of its own.
async fn backup(database: &Database) -> String {
    let (name, backup) = (database.name(), format!("{}_backup", database.name()));
    // not allowed to connect, a node tries again
    alone(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    let others =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    alone(&others).await;
    eventually("everybody has gone", async || {
        let there = "SELECT count(*) FROM pg_stat_activity WHERE datname =";
        let server = aether_servers::shared_postgres().await.unwrap().url();
        (number(server, &format!("{there} '{name}'")).await == 0).then_some(())
    })
    .await;
    alone(&format!("CREATE DATABASE {backup} TEMPLATE {name}")).await;
    alone(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    backup
}

async fn restore(database: &Database, backup: &str) {
    let name = database.name();
    alone(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    alone(&format!("ALTER DATABASE {backup} RENAME TO {name}")).await;
}

#[tokio::test]
async fn a_log_that_is_restored_under_a_running_node_is_not_gone_on_with() {
    let (log, models) = (database().await, database().await);
    prepare(&models).await;
    let (store, elsewhere) = (connect(&log).await, connect(&models).await);
    earn(&store, 3).await;
    let backup = backup(&log).await;
    let lost = earn(&store, 5).await;
    let node = start(&store, elsewhere.read_models(), &Rows::default());
    node.wait_for(NAME, lost).await.unwrap();
    assert_once(models.url(), 8).await;

    // when it is put in the place of the log, it has more events than the read model knows
    let restored = aether_postgres::PgStore::connect(&log.url().replace(log.name(), &backup)).await;
    let restored = restored.unwrap();
    let last = earn(&restored, 20).await;
    assert!(last > lost);
    restored.close().await;
    restored.pool().close().await;
    restore(&log, &backup).await;

    let failure =
        "SELECT count(*) FROM aether_checkpoints WHERE failure LIKE '%built from another log%'";
    eventually("it is reported", async || (number(models.url(), failure).await == 1).then_some(()))
        .await;
    assert_once(models.url(), 8).await;
    let told = node.wait_for(NAME, last).await.unwrap_err();
    assert!(told.to_string().contains("built from another log"), "{told}");
    node.stop().await.unwrap();
    elsewhere.close().await;
    store.close().await;
}

#[tokio::test]
async fn read_models_in_the_database_of_the_log_need_no_anchor() {
    let (database, store) = setting().await;
    let models = store.read_models();
    assert_eq!(store.database().await.unwrap(), models.database().await.unwrap());
    assert!(models.database().await.unwrap().is_some());
    let node = start(&store, models, &Rows::default());
    node.wait_for(NAME, earn(&store, 3).await).await.unwrap();
    node.stop().await.unwrap();
    let anchors = "SELECT count(*) FROM aether_checkpoints WHERE anchor_of IS NOT NULL AND anchor_id IS NOT NULL";
    assert_eq!(number(database.url(), anchors).await, 0);
    store.close().await;
}

#[tokio::test]
async fn a_name_is_that_of_one_database() {
    let (one, two) = (database().await, database().await);
    let (first, second) = (connect(&one).await, connect(&two).await);
    let apart = PgReadModels::new(second.pool().clone()).database().await.unwrap();
    assert_ne!(first.database().await.unwrap(), apart);
}

#[tokio::test]
async fn a_checkpoint_keeps_its_anchor() {
    let (database, store) = setting().await;
    let models = store.read_models();
    let start = models.claim(&whole(), 1).await.unwrap().checkpoint;
    let anchor = Anchor { position: Position::new(7), event_id: EventId::new(Uuid::from_u128(7)) };
    let step = |from: Checkpoint, to, anchor| Step { anchor, ..Step::new(from, Position::new(to)) };
    let anchored = step(start, 9, Some(anchor));
    models.commit(models.begin().await.unwrap(), &whole(), anchored).await.unwrap();
    let claimed = models.claim(&whole(), 2).await.unwrap();
    assert_eq!((claimed.checkpoint.position.get(), claimed.anchor), (9, Some(anchor)));
    // a node that knows no anchors moves the checkpoint
    run(database.url(), "UPDATE aether_checkpoints SET position = 12").await;
    assert_eq!(models.claim(&whole(), 3).await.unwrap().anchor, None);
    run(database.url(), "UPDATE aether_checkpoints SET position = 9").await;
    let claimed = models.claim(&whole(), 4).await.unwrap();
    assert_eq!(claimed.anchor, Some(anchor));
    let plain = step(claimed.checkpoint, 13, None);
    models.commit(models.begin().await.unwrap(), &whole(), plain).await.unwrap();
    assert_eq!(models.claim(&whole(), 5).await.unwrap().anchor, None);
    store.close().await;
}

//! The swap among people who hold on to the tables.

use std::time::{Duration, Instant};

use aether_core::Position;
use aether_postgres::{Error, Rebuild};
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::ledger::{Ledger, Setting};
use crate::census::{number, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_waits_for_a_long_reader_and_lets_others_pass_meanwhile() {
    let setting = Setting::open().await;
    setting.earn(200, 3).await;
    let mut long = PgConnection::connect(setting.url()).await.unwrap();
    long.execute("BEGIN; SELECT count(*) FROM balance").await.unwrap();
    let mut rebuild =
        setting.rebuild(Ledger::default()).reader_patience(Duration::ZERO).start().await.unwrap();
    let mut other = PgConnection::connect(setting.url()).await.unwrap();
    let mut slowest = Duration::ZERO;
    while rebuild.now().postponed < 4 {
        let asked = Instant::now();
        other.execute("SELECT count(*) FROM ledger").await.unwrap();
        other.execute("SELECT * FROM balance").await.unwrap();
        slowest = slowest.max(asked.elapsed());
    }
    assert!(slowest < Duration::from_millis(900), "{slowest:?}");
    long.execute("COMMIT").await.unwrap();
    while rebuild.progress().await.is_some() {}
    let report = rebuild.finish().await.unwrap();
    assert!(report.postponed >= 4, "{report:?}");
    setting.assert_fold().await;
    setting.close().await;
}

#[tokio::test]
async fn foreign_keys_of_other_tables_are_validated_afterwards_or_told() {
    let setting = Setting::open().await;
    setting.earn(100, 3).await;
    setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    let keys = "CREATE TABLE seals (id UUID CONSTRAINT \"of account\" REFERENCES accounts);
        INSERT INTO seals SELECT id FROM accounts";
    run(setting.url(), keys).await;
    let valid = "SELECT count(*) FROM pg_constraint WHERE conname = 'of account' AND convalidated
        AND confrelid = 'accounts'::regclass";
    let report = setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.invalid_keys.len(), number(setting.url(), valid).await), (0, 1));
    // rows that no event stands behind
    run(
        setting.url(),
        "INSERT INTO accounts VALUES (gen_random_uuid(), '{}');
        INSERT INTO seals SELECT id FROM accounts WHERE versions = '{}'",
    )
    .await;
    let report = setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.invalid_keys.len(), 1, "{report:?}");
    assert!(report.invalid_keys[0].starts_with("\"of account\" of seals: "), "{report:?}");
    assert_eq!(number(setting.url(), valid).await, 0);
    setting.assert_fold().await;
    setting.close().await;
}

#[tokio::test]
async fn a_change_of_the_live_tables_meanwhile_is_noticed_before_they_are_touched() {
    let setting = Setting::open().await;
    setting.earn(100, 3).await;
    let mut rebuild =
        setting.rebuild(Ledger { batch: 10, ..Ledger::default() }).start().await.unwrap();
    while rebuild.now().events < 30 {
        rebuild.progress().await.unwrap();
    }
    assert!(rebuild.cancel().await.unwrap());
    run(setting.url(), "ALTER TABLE ledger ADD COLUMN added INT").await;
    let refused = setting.rebuild(Ledger::default()).start().await.unwrap_err();
    let told = matches!(&refused, Error::TablesChanged { change } if change.contains("added"));
    assert!(told, "{refused:?}");
    setting.rebuild(Ledger::default()).restart().start().await.unwrap().finish().await.unwrap();
    setting.assert_fold().await;
    setting.close().await;
}

#[tokio::test]
async fn a_checkpoint_ahead_of_the_log_is_told_and_never_swapped_back() {
    let setting = Setting::open().await;
    setting.earn(20, 1).await;
    // the store was restored from an older backup
    run(setting.url(), "INSERT INTO aether_checkpoints VALUES ('ledger', 100000, 1)").await;
    let refused = setting.rebuild(Ledger::default()).in_place().await.unwrap_err();
    let ahead = |error: &Error| {
        matches!(error, Error::Store(aether_core::Error::PositionAhead { requested, .. })
            if *requested == Position::new(100_000))
    };
    assert!(ahead(&refused), "{refused:?}");
    let rebuild = setting.rebuild(Ledger::default()).start().await.unwrap();
    let refused = rebuild.finish().await.unwrap_err();
    assert!(ahead(&refused), "{refused:?}");
    assert_eq!(setting.checkpoint().await, Position::new(100_000));
    assert!(Rebuild::discard(&setting.store.read_models(), "ledger").await.unwrap());
    setting.close().await;
}

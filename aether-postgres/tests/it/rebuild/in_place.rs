//! Rebuilds in one transaction.

use aether_core::Projection as _;
use aether_core::backend::EventStore as _;
use aether_postgres::Error;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::ledger::{Ledger, Setting};
use crate::census::{number, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_the_old_rows_until_all_new_ones_are_there_and_the_runner_goes_on() {
    let setting = Setting::open().await;
    setting.earn(500, 3).await;
    let node = setting.node(&Ledger::default());
    node.wait_for("ledger", setting.end().await).await.unwrap();
    run(setting.url(), "INSERT INTO accounts VALUES (gen_random_uuid(), '{7}')").await;
    let hanging = std::sync::Arc::<tokio::sync::Notify>::default();
    // stands still after its first batch, in the middle of the transaction
    let half = Ledger { hang: Some((0, hanging.clone())), ..Ledger::default() };
    let rebuild = tokio::spawn(setting.rebuild(half).in_place());
    hanging.notified().await;
    assert_eq!(number(setting.url(), "SELECT count(*) FROM ledger").await, 500);
    assert_eq!(number(setting.url(), "SELECT count(*) FROM accounts").await, 4);
    // what is appended meanwhile waits for it
    let last = setting.earn(20, 1).await;
    rebuild.abort();
    rebuild.await.unwrap_err();
    node.wait_for("ledger", last).await.unwrap();
    let ledger = Ledger::default();
    let report = setting.rebuild(ledger.clone()).in_place().await.unwrap();
    assert_eq!((report.events, report.position, ledger.told()), (520, last, 0));
    setting.assert_fold().await;
    let last = setting.earn(20, 1).await;
    node.wait_for("ledger", last).await.unwrap();
    setting.assert_fold().await;
    node.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test]
async fn its_failures_are_parked_as_when_live() {
    let setting = Setting::open().await;
    setting.earn(500, 5).await;
    let ledger = Ledger { poison: Some(100), ..Ledger::default() };
    let report = setting.rebuild(ledger.clone()).start().await.unwrap().finish().await.unwrap();
    let parked =
        "SELECT string_agg(concat_ws(' ', position, event_id, state, error, attempts), E'\\n'
        ORDER BY position) FROM aether_dead_letters WHERE NOT rebuild";
    let (rows, letters) = (setting.rows().await, setting.text(parked).await);
    assert_eq!(report.dead_letters, 81);
    let in_place = setting.rebuild(ledger).in_place().await.unwrap();
    assert_eq!(in_place.dead_letters, 81);
    assert_eq!((setting.rows().await, setting.text(parked).await), (rows, letters));
    // panics and undecodable ones
    let ledger = Ledger { undecodable: Some(17), ..Ledger::default() };
    let told = setting.rebuild(ledger.clone()).in_place().await.unwrap_err();
    assert!(matches!(&told, Error::Store(aether_core::Error::Undecodable { .. })), "{told:?}");
    for (undecodable, letters) in [
        (aether_core::projection::Undecodable::Skip, 0),
        (aether_core::projection::Undecodable::Park, 84),
    ] {
        let settings = ledger.settings().undecodable(undecodable);
        let rebuild = setting.rebuild(ledger.clone().with(settings));
        assert_eq!(rebuild.in_place().await.unwrap().dead_letters, letters);
    }
    setting.close().await;
}

#[tokio::test]
async fn rows_of_others_that_refer_to_them_are_not_put_at_risk() {
    let setting = Setting::open().await;
    setting.earn(20, 1).await;
    run(setting.url(), "CREATE TABLE seals (id UUID REFERENCES accounts ON DELETE CASCADE)").await;
    let told = setting.rebuild(Ledger::default()).in_place().await.unwrap_err();
    let reason =
        matches!(&told, Error::NotRebuildable { reason } if reason == "seals refers to accounts");
    assert!(reason, "{told:?}");
    setting.close().await;
}

#[tokio::test]
async fn what_an_interrupted_rebuild_has_left_goes_with_it() {
    let setting = Setting::open().await;
    setting.earn(200, 2).await;
    let ledger = Ledger { batch: 10, poison: Some(3), ..Ledger::default() };
    let mut rebuild = setting.rebuild(ledger).start().await.unwrap();
    while rebuild.now().events < 50 {
        rebuild.progress().await.unwrap();
    }
    assert!(rebuild.cancel().await.unwrap());
    let report = setting.rebuild(Ledger::default()).in_place().await.unwrap();
    assert_eq!(report.dead_letters, 0);
    setting.assert_nothing_left().await;
    setting.assert_fold().await;
    // a writer who holds on to the table is waited for
    let mut writer = PgConnection::connect(setting.url()).await.unwrap();
    writer.execute("BEGIN; DELETE FROM ledger").await.unwrap();
    let rebuild = tokio::spawn(setting.rebuild(Ledger::default()).in_place());
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger'::regclass";
    aether_testkit::eventually("it waits", async || {
        (number(setting.url(), waits).await > 0).then_some(())
    })
    .await;
    writer.execute("COMMIT").await.unwrap();
    rebuild.await.unwrap().unwrap();
    setting.assert_fold().await;
    assert!(setting.store.end().await.unwrap() > aether_core::Position::START);
    setting.close().await;
}

/// Somebody appends as fast as it reads: two events for each batch of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_chase_the_log_while_it_holds_its_locks() {
    let setting = Setting::open().await;
    setting.earn(40, 2).await;
    let before = setting.end().await;
    let ledger = Ledger { batch: 1, ..Ledger::default() };
    let rebuild = tokio::spawn(setting.rebuild(ledger.clone()).in_place());
    while !rebuild.is_finished() && ledger.seen() < 200 {
        if ledger.seen() > 0 {
            setting.earn(2, 1).await;
        }
        tokio::task::yield_now().await;
    }
    assert!(ledger.seen() < 200, "it ends where the log ended when it got its locks");
    let report = rebuild.await.unwrap().unwrap();
    assert_eq!((report.position, report.events), (before, 40));
    // the live projection does the rest
    let node = setting.node(&Ledger::default());
    node.wait_for("ledger", setting.end().await).await.unwrap();
    setting.assert_fold().await;
    node.stop().await.unwrap();
    setting.close().await;
}

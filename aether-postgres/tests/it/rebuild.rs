//! Rebuilds of SQL read models, while the old ones are read and written.

mod alive;
mod crash;
mod in_place;
pub(crate) mod ledger;
mod refusals;
mod swap;
mod together;

use aether_core::Position;
use aether_core::backend::RebuildPhase;
use aether_postgres::{Error, Rebuild};

use crate::census::{number, run};
use ledger::{Ledger, Setting};

#[tokio::test]
async fn rebuilt_rows_are_what_the_events_add_up_to() {
    let setting = Setting::open().await;
    let last = setting.earn(2500, 7).await;
    // what a bug of last year has left behind
    run(
        setting.url(),
        "INSERT INTO ledger VALUES (gen_random_uuid(), 1, 'faux');
        INSERT INTO accounts VALUES (gen_random_uuid(), '{7}')",
    )
    .await;
    let ledger = Ledger::default();
    let mut rebuild = setting.rebuild(ledger.clone()).start().await.unwrap();
    let (mut told, mut before) = (0, Position::START);
    while let Some(progress) = rebuild.progress().await {
        assert!(progress.position >= before, "{progress:?}");
        (told, before) = (told + 1, progress.position);
        assert_eq!(progress.projections[0].projection, "ledger");
    }
    let now = rebuild.now();
    assert_eq!((now.phase, now.position, now.events), (RebuildPhase::Done, last, 2500));
    assert!(told > 3, "it tells how it gets on: {told}");
    let report = rebuild.finish().await.unwrap();
    assert_eq!((report.position, report.events, report.dead_letters), (last, 2500, 0));
    assert_eq!(report.projections[0].events, 2500);
    assert!(report.rate > 0.0 && report.locked > std::time::Duration::ZERO, "{report:?}");
    setting.assert_fold().await;
    setting.assert_nothing_left().await;
    assert_eq!(ledger.told(), 0, "no side effects");
    assert_eq!(setting.checkpoint().await, last);
    setting.close().await;
}

#[tokio::test]
async fn an_empty_log_and_a_projection_that_never_ran_are_rebuilt_too() {
    let setting = Setting::open().await;
    run(setting.url(), "INSERT INTO ledger VALUES (gen_random_uuid(), 1, 'faux')").await;
    let report = setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.events, report.position), (0, Position::START));
    setting.assert_fold().await;
    // a runner goes on from there
    let node = setting.node(&Ledger::default());
    let last = setting.earn(10, 2).await;
    node.wait_for("ledger", last).await.unwrap();
    setting.assert_fold().await;
    node.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test]
async fn a_cancelled_rebuild_goes_on_where_it_was_and_a_restarted_one_does_not() {
    let setting = Setting::open().await;
    setting.earn(1000, 5).await;
    for restart in [false, true] {
        let ledger = Ledger { batch: 50, ..Ledger::default() };
        let mut rebuild = setting.rebuild(ledger.clone()).start().await.unwrap();
        while rebuild.now().events < 200 {
            rebuild.progress().await.unwrap();
        }
        assert!(rebuild.cancel().await.unwrap(), "it was not over");
        let before = ledger.seen();
        assert!((200..1000).contains(&before), "{before}");
        let rebuild = setting.rebuild(ledger.clone());
        let rebuild = if restart { rebuild.restart() } else { rebuild };
        let report = rebuild.start().await.unwrap().finish().await.unwrap();
        let expected = if restart { 1000 } else { 1000 - before };
        assert_eq!(report.events as usize, expected);
        assert_eq!(ledger.seen() - before, expected);
        setting.assert_fold().await;
        setting.assert_nothing_left().await;
    }
    setting.close().await;
}

#[tokio::test]
async fn dropping_a_rebuild_cancels_it_and_a_discarded_one_leaves_nothing() {
    let setting = Setting::open().await;
    setting.earn(300, 5).await;
    let node = setting.node(&Ledger::default());
    node.wait_for("ledger", setting.end().await).await.unwrap();
    let ledger = Ledger { poison: Some(100), batch: 10, ..Ledger::default() };
    let mut rebuild = setting.rebuild(ledger).start().await.unwrap();
    while rebuild.now().events < 150 {
        rebuild.progress().await.unwrap();
    }
    drop(rebuild);
    // it gives itself up after the batch
    let given_up = "SELECT count(*) FROM aether_rebuilds WHERE alive_until < clock_timestamp()";
    aether_testkit::eventually("it is given up", async || {
        (number(setting.url(), given_up).await == 1).then_some(())
    })
    .await;
    let letters = "SELECT count(*) FROM aether_dead_letters WHERE rebuild";
    assert!(number(setting.url(), letters).await > 0);
    let models = setting.store.read_models();
    assert!(Rebuild::discard(&models, "ledger").await.unwrap());
    assert!(!Rebuild::discard(&models, "ledger").await.unwrap());
    setting.assert_nothing_left().await;
    assert_eq!(number(setting.url(), letters).await, 0);
    setting.assert_fold().await;
    node.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test]
async fn events_that_fail_are_parked_as_they_are_when_live() {
    let setting = Setting::open().await;
    setting.earn(500, 5).await;
    let ledger = Ledger { poison: Some(100), ..Ledger::default() };
    let node = setting.node(&ledger);
    let parked = "SELECT coalesce(string_agg(concat_ws(' ', position, event_id, event_type, aggregate_id,
        aggregate_type, aggregate_version, slice, state, error, attempts), E'\\n' ORDER BY position), '')
        FROM aether_dead_letters WHERE NOT rebuild";
    let told = node.wait_for("ledger", setting.end().await).await.unwrap_err();
    assert_eq!(told.code(), "parked", "{told}");
    let (live, rows) = (setting.text(parked).await, setting.rows().await);
    assert_eq!(live.lines().count(), 81, "one fails, and those of its aggregate wait: {live}");
    node.stop().await.unwrap();
    // some other ones, which the rebuild has to get rid of
    run(setting.url(), "UPDATE aether_dead_letters SET position = position + 100000").await;
    let report = setting.rebuild(ledger.clone()).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.dead_letters, 81);
    assert_eq!(setting.text(parked).await, live);
    assert_eq!(setting.rows().await, rows);
    // once the projection is mended, nothing is parked any more
    setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert_eq!(setting.text(parked).await, "");
    setting.assert_fold().await;
    setting.close().await;
}

#[tokio::test]
async fn an_event_that_cannot_be_decoded_stops_the_rebuild_and_the_old_tables_stay() {
    let setting = Setting::open().await;
    setting.earn(30, 5).await;
    let node = setting.node(&Ledger::default());
    node.wait_for("ledger", setting.end().await).await.unwrap();
    let ledger = Ledger { undecodable: Some(17), ..Ledger::default() };
    let told = setting.rebuild(ledger).start().await.unwrap().finish().await.unwrap_err();
    let undecodable = matches!(&told, Error::Store(aether_core::Error::Undecodable { .. }));
    assert!(undecodable, "{told:?}");
    setting.assert_fold().await;
    // newer code goes on
    let report = setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.dead_letters, 0);
    setting.assert_fold().await;
    node.stop().await.unwrap();
    setting.close().await;
}

//! Several projections in one rebuild, and several rebuilds of one projection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::backend::{CommandIds, EventStore, LogIdentity, Snapshots, forward};
use aether_core::log::{Page, Read};
use aether_core::{AnyEvent, BoxError, Filter, Projection, Recorded, Result};
use aether_postgres::{Error, PgStore, PgTx, Rebuild};
use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::sync::Notify;

use super::ledger::{Ledger, Setting};
use crate::census::{number, run};

/// Counts how often its log is read, and can be told to do something each time.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) inner: PgStore,
    pub(super) reads: Arc<AtomicUsize>,
    /// Runs before each read, which waits for it.
    pub(super) before_read: Option<Hook>,
}

pub(super) type Hook = Arc<dyn Fn(usize) -> BoxFuture<'static, ()> + Send + Sync>;

impl Watched {
    pub(super) fn of(inner: &PgStore) -> Self {
        Self { inner: inner.clone(), reads: Arc::default(), before_read: None }
    }

    /// Stands still in one read, and says so.
    pub(super) fn hanging(inner: &PgStore, read: usize, hanging: &Arc<Notify>) -> Self {
        let hanging = hanging.clone();
        let hang: Hook = Arc::new(move |number| {
            let hanging = hanging.clone();
            Box::pin(async move {
                if number == read {
                    hanging.notify_one();
                    std::future::pending::<()>().await;
                }
            })
        });
        Self { before_read: Some(hang), ..Self::of(inner) }
    }
}

#[async_trait]
impl EventStore for Watched {
    forward! { |self| self.inner; append, load, wait, end, newest, coordinator, close }

    async fn read(&self, read: Read) -> Result<Page> {
        let number = self.reads.fetch_add(1, Ordering::SeqCst);
        if let Some(hook) = &self.before_read {
            hook(number).await;
        }
        self.inner.read(read).await
    }
}

impl LogIdentity for Watched {
    forward! { |self| self.inner; database, incarnation, identity }
}

impl Snapshots for Watched {
    forward! { |self| self.inner; save_snapshot }
}

impl CommandIds for Watched {
    forward! { |self| self.inner; find_command, void_command }
}

/// Refers to the accounts of the [`Ledger`]: a row per aggregate.
#[derive(Clone, Default)]
pub(super) struct Owners;

impl Projection<PgTx> for Owners {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "owners"
    }

    fn filter(&self) -> Filter {
        Filter::all().event_types(["ChestOpened"])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["owners"]
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let ids: Vec<_> = events.iter().map(|event| event.aggregate_id.as_uuid()).collect();
        // whichever of the two comes first
        for sql in [
            "INSERT INTO accounts SELECT DISTINCT id, '{}'::int[] FROM unnest($1::uuid[]) AS id
             ORDER BY id ON CONFLICT DO NOTHING",
            "INSERT INTO owners AS p SELECT id, count(*) FROM unnest($1::uuid[]) AS id GROUP BY id
             ON CONFLICT (id) DO UPDATE SET chests = p.chests + excluded.chests",
        ] {
            sqlx::query(sql).bind(&ids).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

const OWNERS: &str = "CREATE TABLE owners (
    id UUID PRIMARY KEY REFERENCES accounts, chests BIGINT NOT NULL)";

async fn assert_owners(setting: &Setting) {
    let wrong = "WITH told AS (SELECT aggregate_id, count(*) FROM aether_log GROUP BY 1)
        SELECT count(*) FROM ((TABLE told EXCEPT TABLE owners) UNION ALL
            (TABLE owners EXCEPT TABLE told)) AS d";
    assert_eq!(number(setting.url(), wrong).await, 0);
    let keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated
        AND conrelid = 'owners'::regclass AND confrelid = 'accounts'::regclass";
    assert_eq!(number(setting.url(), keys).await, 1);
}

#[tokio::test]
async fn several_projections_share_one_pass_and_go_live_in_one_moment() {
    let setting = Setting::open().await;
    run(setting.url(), OWNERS).await;
    setting.earn(3000, 9).await;
    let mut reads = Vec::new();
    for both in [false, true] {
        let log = Watched::of(&setting.store);
        let rebuild = setting.rebuild(Ledger::default()).log(log.clone());
        let rebuild = if both { rebuild.projection(Owners) } else { rebuild };
        let report = rebuild.start().await.unwrap().finish().await.unwrap();
        assert_eq!(report.events, 3000, "each event counts once");
        assert!(report.projections.iter().all(|each| each.events == 3000), "{report:?}");
        assert_eq!(report.projections.len(), 1 + usize::from(both));
        reads.push(log.reads.load(Ordering::SeqCst));
        setting.assert_fold().await;
    }
    assert!(reads[0] >= 15, "{reads:?}");
    assert!(reads[1] <= reads[0] + 2, "the log is read once: {reads:?}");
    assert_owners(&setting).await;
    // and each by itself, with the other one's table beside it
    setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    let owners = Rebuild::new(&setting.store).projection(Owners);
    owners.start().await.unwrap().finish().await.unwrap();
    assert_owners(&setting).await;
    setting.assert_fold().await;
    setting.assert_nothing_left().await;
    setting.close().await;
}

#[tokio::test]
async fn two_rebuilds_of_neighbours_can_go_on_at_the_same_time() {
    let setting = Setting::open().await;
    run(setting.url(), OWNERS).await;
    setting.earn(1000, 9).await;
    setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    for _ in 0..3 {
        let ledger = setting.rebuild(Ledger::default()).start().await.unwrap();
        let owners = Rebuild::new(&setting.store).projection(Owners).start().await.unwrap();
        let (ledger, owners) = tokio::join!(ledger.finish(), owners.finish());
        ledger.unwrap();
        owners.unwrap();
        setting.assert_fold().await;
        assert_owners(&setting).await;
    }
    setting.close().await;
}

#[tokio::test]
async fn a_second_rebuild_is_refused_while_the_first_is_heard_of() {
    let setting = Setting::open().await;
    run(setting.url(), OWNERS).await;
    setting.earn(100, 3).await;
    let hanging = Arc::<Notify>::default();
    let ledger = Ledger { hang: Some((0, hanging.clone())), ..Ledger::default() };
    let lease = Duration::from_millis(1500);
    let first = setting.rebuild(ledger).lease(lease).start().await.unwrap();
    hanging.notified().await;
    let begun = std::time::Instant::now();
    // longer than its lease, which it renews although it is busy
    while begun.elapsed() < lease * 2 {
        for restart in [false, true] {
            let second = setting.rebuild(Ledger::default());
            let second = if restart { second.restart() } else { second };
            let refused = second.start().await.unwrap_err();
            assert!(
                matches!(&refused, Error::RebuildRunning { projection } if projection == "ledger"),
                "{refused:?}"
            );
        }
        let refused = setting.rebuild(Ledger::default()).in_place().await.unwrap_err();
        assert!(matches!(refused, Error::RebuildRunning { .. }), "{refused:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(first);
    setting.close().await;
}

#[tokio::test]
async fn one_that_was_paused_while_another_took_over_cannot_write() {
    let setting = Setting::open().await;
    setting.earn(100, 3).await;
    // paused in the middle of a read of the log
    let hanging = Arc::<Notify>::default();
    let log = Watched::hanging(&setting.store, 0, &hanging);
    let first = setting.rebuild(Ledger::default()).log(log).start().await.unwrap();
    hanging.notified().await;
    let epochs = "SELECT epoch FROM aether_rebuilds";
    let before = number(setting.url(), epochs).await;
    // its heartbeat stands still as well
    let end = "UPDATE aether_rebuilds SET alive_until = '-infinity'";
    run(setting.url(), end).await;
    let second =
        setting.rebuild(Ledger { poison: Some(5), ..Ledger::default() }).start().await.unwrap();
    assert!(number(setting.url(), epochs).await > before);
    second.finish().await.unwrap();
    let rows = setting.rows().await;
    // its transaction of then
    let stale =
        format!("SELECT aether_rebuild_move('ledger', 0, {before}, 50, 1000, '{{}}')::int::bigint");
    assert_eq!(number(setting.url(), &stale).await, 0);
    drop(first);
    assert_eq!(setting.rows().await, rows);
    setting.close().await;
}

#[tokio::test]
async fn one_that_is_fenced_off_stops_and_says_so() {
    let setting = Setting::open().await;
    setting.earn(400, 3).await;
    let ledger = Ledger { batch: 10, ..Ledger::default() };
    let mut first = setting.rebuild(ledger).start().await.unwrap();
    while first.now().events < 50 {
        first.progress().await.unwrap();
    }
    run(setting.url(), "UPDATE aether_rebuilds SET epoch = nextval('aether_epochs')").await;
    let told = first.finish().await.unwrap_err();
    assert!(matches!(&told, Error::Store(aether_core::Error::ShardTaken { .. })), "{told:?}");
    // what it had done is for the one that resumes
    run(setting.url(), "UPDATE aether_rebuilds SET alive_until = '-infinity'").await;
    let report = setting.rebuild(Ledger::default()).start().await.unwrap().finish().await.unwrap();
    assert!(report.events <= 350, "{report:?}");
    setting.assert_fold().await;
    setting.close().await;
}

#[tokio::test]
async fn an_interrupted_rebuild_is_resumed_with_the_same_projections_only() {
    let setting = Setting::open().await;
    run(setting.url(), OWNERS).await;
    setting.earn(200, 3).await;
    let both = || {
        let ledger = Ledger { batch: 10, ..Ledger::default() };
        setting.rebuild(ledger).projection(Owners)
    };
    let mut rebuild = both().start().await.unwrap();
    while rebuild.now().events < 50 {
        rebuild.progress().await.unwrap();
    }
    assert!(rebuild.cancel().await.unwrap());
    let refused = setting.rebuild(Ledger::default()).start().await.unwrap_err();
    let told = matches!(&refused, Error::RebuildInTheWay { projections } if projections == "ledger, owners");
    assert!(told, "{refused:?}");
    let report = both().start().await.unwrap().finish().await.unwrap();
    assert!(report.events < 200, "{report:?}");
    setting.assert_fold().await;
    assert_owners(&setting).await;
    setting.close().await;
}

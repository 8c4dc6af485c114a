//! The end of the log: how far it can be read, and who is to be woken when it grows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::{Error, Position, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::Row as _;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::address::Address;
use crate::database::Database;
use crate::error::{SqlError, Words};
use crate::reader::EventSize;

/// Polls never come closer together than this, however many appends there are.
const CLOSEST: Duration = Duration::from_millis(1);
/// The pause between polls right after the log has grown.
const BUSY: Duration = Duration::from_millis(5);
/// The pause between polls of a log that has not grown for a while.
const IDLE: Duration = Duration::from_millis(250);
/// For how long after an append in a caller's own transaction its commit is looked for at [`BUSY`].
const CALLERS_COMMIT: Duration = Duration::from_secs(5);

/// What is known of the end of the log.
///
/// One task per store asks the database for the [horizon](crate#a-total-order-readers-can-trust) while
/// somebody waits: woken by the appends of this process, by the notifications of others, and by a timer
/// that alone suffices. Another one tells other processes.
#[derive(Debug)]
pub(crate) struct Tail {
    database: Database,
    settings: TailSettings,
    /// The highest horizon seen. Every event at or below it can be read.
    horizon: watch::Sender<Position>,
    /// Something may have been stored.
    stored: Notify,
    /// Somebody began to wait.
    asked: Notify,
    waiting: AtomicUsize,
    /// Stored since the last announcement.
    unannounced: AtomicBool,
    announce: Notify,
    /// A caller's own transaction may commit an append at any moment, until then.
    expecting: std::sync::Mutex<Option<Instant>>,
    event_size: EventSize,
    stop: CancellationToken,
    tasks: TaskTracker,
}

#[derive(Debug, Clone)]
pub(crate) struct TailSettings {
    /// Where to listen for notifications: a direct connection, not a pooler in transaction mode.
    pub(crate) listen: Option<Address>,
    /// At most one announcement per this span. `None`: never.
    pub(crate) announce_every: Option<Duration>,
}

impl Tail {
    pub(crate) fn start(database: &Database, settings: TailSettings) -> Arc<Self> {
        let tail = Arc::new(Self {
            database: database.clone(),
            settings,
            horizon: watch::Sender::new(Position::START),
            stored: Notify::new(),
            asked: Notify::new(),
            waiting: AtomicUsize::new(0),
            unannounced: AtomicBool::new(false),
            announce: Notify::new(),
            expecting: std::sync::Mutex::new(None),
            event_size: EventSize::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        tail.spawn(|tail| async move { tail.follow().await }.boxed());
        if let Some(every) = tail.settings.announce_every {
            tail.spawn(move |tail| async move { tail.announce(every).await }.boxed());
        }
        tail
    }

    fn spawn(
        self: &Arc<Self>,
        task: impl FnOnce(Arc<Self>) -> futures::future::BoxFuture<'static, ()>,
    ) {
        let stop = self.stop.clone();
        let task = task(self.clone());
        self.tasks.spawn(async move {
            let _ = stop.run_until_cancelled(task).await;
        });
    }

    /// The highest horizon seen so far. Asks nobody.
    pub(crate) fn known(&self) -> Position {
        *self.horizon.borrow()
    }

    /// How large events are that were read lately.
    pub(crate) const fn event_size(&self) -> &EventSize {
        &self.event_size
    }

    /// This process has committed an append.
    pub(crate) fn stored(&self) {
        self.stored.notify_one();
        if !self.unannounced.swap(true, Ordering::AcqRel) {
            self.announce.notify_one();
        }
    }

    /// This process has appended in a caller's own transaction, which may commit at any moment.
    pub(crate) fn expect_commit(&self) {
        let until = Instant::now() + CALLERS_COMMIT;
        *self.expecting.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(until);
        self.stored();
    }

    /// Waits until the log can be read beyond `after`.
    pub(crate) async fn wait(&self, after: Position) -> Result<Position> {
        let mut horizon = self.horizon.subscribe();
        let known = *horizon.borrow_and_update();
        if known > after {
            return Ok(known);
        }
        let _waiting = Waiting::new(&self.waiting);
        self.asked.notify_one();
        tokio::select! {
            reached = horizon.wait_for(|horizon| *horizon > after) => {
                reached.map(|horizon| *horizon).map_err(|_| Error::Closed)
            }
            () = self.stop.cancelled() => Err(Error::Closed),
        }
    }

    /// Asks the database how far the log can be read, and how far it goes.
    pub(crate) async fn refresh(&self) -> Result<(Position, Position)> {
        let (horizon, last) = self
            .database
            .run(async |connection, mode| {
                let query = mode.query("SELECT horizon, last FROM aether_horizon()");
                let row = query.fetch_one(connection).await?;
                Ok((position(row.try_get(0)?), position(row.try_get(1)?)))
            })
            .await?;
        self.learn(horizon);
        Ok((horizon, last))
    }

    fn learn(&self, horizon: Position) {
        // An append that has just begun can make a later answer lower; the higher one stays true.
        self.horizon.send_if_modified(|known| {
            let rose = horizon > *known;
            *known = horizon.max(*known);
            rose
        });
    }

    /// Keeps the horizon up to date while somebody waits for it.
    async fn follow(&self) {
        let mut ear = Ear::new(self.settings.listen.clone());
        let mut pause = BUSY;
        loop {
            while self.waiting.load(Ordering::Acquire) == 0 {
                self.asked.notified().await;
                pause = BUSY;
            }
            let before = self.known();
            match self.refresh().await {
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "can not ask for the end of the log"),
            }
            pause = match self.known() > before || self.expects_commit() {
                true => BUSY,
                false => (pause * 2).min(IDLE),
            };
            tokio::time::sleep(CLOSEST).await;
            tokio::select! {
                () = self.stored.notified() => {}
                () = self.asked.notified() => {}
                () = tokio::time::sleep(pause) => {}
                () = ear.hear() => {}
            }
        }
    }

    fn expects_commit(&self) -> bool {
        let expecting = *self.expecting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        expecting.is_some_and(|until| Instant::now() < until)
    }

    /// Tells other processes and replicas, now and then, that the log has grown.
    async fn announce(&self, every: Duration) {
        loop {
            self.announce.notified().await;
            // let the commits of this moment be announced together
            tokio::time::sleep(every).await;
            self.unannounced.store(false, Ordering::Release);
            let announced = self
                .database
                .run(async |connection, mode| {
                    let query = mode.query("SELECT aether_announce()");
                    query.fetch_one(connection).await?.try_get::<i64, _>(0)
                })
                .await;
            match announced {
                Ok(horizon) => self.learn(position(horizon)),
                Err(error) => {
                    let error = SqlError::from(error.into_inner());
                    tracing::warn!(%error, "cannot announce; others poll");
                    self.unannounced.store(true, Ordering::Release);
                    self.announce.notify_one();
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    /// Lets both tasks end, for a store that is dropped without closing: they hold its pool.
    pub(crate) fn abandon(&self) {
        self.stop.cancel();
    }

    /// Stops both tasks. Waiting readers get [`Error::Closed`].
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Listens to other processes. Whatever it is doing, polling alone wakes the readers: nobody waits for it.
struct Ear {
    /// Where to listen; `None`: nowhere.
    at: Option<Address>,
    state: Listening,
}

enum Listening {
    No,
    /// Goes on from one [`Ear::hear`] to the next: a server that is slow to answer is not asked anew all the time.
    Soon(BoxFuture<'static, sqlx::Result<PgListener>>),
    Yes(PgListener),
}

impl Ear {
    const fn new(at: Option<Address>) -> Self {
        Self { at, state: Listening::No }
    }

    /// Returns when there may be something new: a notification, or a connection that was lost or is back. Cancel safe.
    async fn hear(&mut self) {
        loop {
            match (&mut self.state, &self.at) {
                (_, None) => return std::future::pending().await,
                (Listening::No, Some(at)) => {
                    self.state = Listening::Soon(connect(at.clone()).boxed());
                }
                (Listening::Soon(connecting), _) => match connecting.await {
                    Ok(listener) => {
                        self.state = Listening::Yes(listener);
                        return;
                    }
                    Err(error) => {
                        tracing::debug!(error = %Words(&error), "not listening; polling");
                        self.state = Listening::No;
                        // tried again when this is called again
                        return std::future::pending().await;
                    }
                },
                (Listening::Yes(listener), _) => {
                    if !matches!(listener.try_recv().await, Ok(Some(_))) {
                        tracing::warn!("notifications lost; polling until they are back");
                        self.state = Listening::No;
                    }
                    return;
                }
            }
        }
    }
}

async fn connect(Address(at): Address) -> sqlx::Result<PgListener> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(2))
        .connect_lazy_with(at);
    let mut listener = PgListener::connect_with(&pool).await?;
    // a connection that is lost is our business
    listener.eager_reconnect(false);
    listener.listen("aether").await?;
    Ok(listener)
}

fn position(number: i64) -> Position {
    Position::new(u64::try_from(number).unwrap_or(0))
}

/// Counts a waiting reader as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

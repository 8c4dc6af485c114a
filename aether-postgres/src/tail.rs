//! The end of the log: how far it can be read, and who is to be woken when it grows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aether_core::backend::Backoff;
use aether_core::log::Incarnation;
use aether_core::time::SystemRandom;
use aether_core::uuid::Uuid;
use aether_core::{Error, Position, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::Row as _;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnection, PgListener, PgPoolOptions};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::address::Address;
use crate::database::{CallError, Database, Mode};
use crate::error::{SqlError, Words};
use crate::reader::EventSize;

mod state;

use state::State;
pub(crate) use state::{Known, LogEnd};

/// Polls never come closer together than this, however many appends there are.
const CLOSEST: Duration = Duration::from_millis(1);
/// The pause between polls right after the log has grown.
const BUSY: Duration = Duration::from_millis(5);
/// The pause between polls of a log that has not grown for a while.
const IDLE: Duration = Duration::from_millis(250);
/// For how long after an append in a caller's own transaction its commit is looked for at [`BUSY`].
const CALLERS_COMMIT: Duration = Duration::from_secs(5);
/// How long a server may take to flush what readers wait for before it is told to.
const UNFLUSHED: Duration = Duration::from_millis(100);
/// The pause between looks whether the beacon is where the log ends.
const LOOK: Duration = Duration::from_secs(1);

/// What is known of the end of the log.
///
/// One task per store asks the database for the [horizon](crate#a-total-order-readers-can-trust) while
/// somebody waits: woken by the appends of this process, by the notifications of others, and by a timer
/// that alone suffices. Another one tells other processes and replicas.
#[derive(Debug)]
pub(crate) struct Tail {
    database: Database,
    settings: TailSettings,
    known: watch::Sender<State>,
    /// Something may have been stored.
    stored: Notify,
    /// Somebody began to wait.
    asked: Notify,
    /// An append was answered in an incarnation that has no name yet.
    nameless: Notify,
    waiting: AtomicUsize,
    /// Stored since the last announcement.
    unannounced: AtomicBool,
    announce: Notify,
    /// A caller's own transaction may commit an append at any moment, until then.
    expecting: parking_lot::Mutex<Option<Instant>>,
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
            known: watch::Sender::new(State::default()),
            stored: Notify::new(),
            asked: Notify::new(),
            nameless: Notify::new(),
            waiting: AtomicUsize::new(0),
            unannounced: AtomicBool::new(false),
            announce: Notify::new(),
            expecting: parking_lot::Mutex::new(None),
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
            // a runtime that ends takes the task along: those who wait for it must hear of it
            let _ended = stop.clone().drop_guard();
            let _ = stop.run_until_cancelled(task).await;
        });
    }

    /// What is known so far. Asks nobody.
    pub(crate) fn known(&self) -> Known {
        self.known.borrow().known
    }

    /// How large events are that were read lately.
    pub(crate) const fn event_size(&self) -> &EventSize {
        &self.event_size
    }

    /// The log was seen in an incarnation: if that is another one than before, what was known is void, and readers
    /// that wait look again.
    pub(crate) fn observe(&self, incarnation: Option<Incarnation>) {
        if incarnation.is_some() {
            self.known.send_if_modified(|state| state.observe(incarnation));
        }
    }

    /// An append was answered in an incarnation. One without a name gets one: until then each append looks for it.
    pub(crate) fn answered(&self, incarnation: Option<Incarnation>) {
        self.observe(incarnation);
        if incarnation.is_none() {
            self.nameless.notify_one();
        }
    }

    /// An event was seen in an incarnation, or its append was acknowledged.
    pub(crate) fn saw(&self, incarnation: Option<Incarnation>, position: Position) {
        self.known.send_if_modified(|state| state.saw(incarnation, position));
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
        *self.expecting.lock() = Some(until);
        self.stored();
    }

    /// Waits until the log can be read beyond `after`, or was found in another incarnation.
    pub(crate) async fn wait(&self, after: Position) -> Result<Position> {
        let mut known = self.known.subscribe();
        let begun = known.borrow_and_update().known;
        if begun.durable > after {
            return Ok(begun.durable);
        }
        let _waiting = Waiting::new(&self.waiting);
        self.asked.notify_one();
        let ended = |state: &State| {
            let Known { incarnation, durable, .. } = state.known;
            durable > after || begun.incarnation.is_some() && incarnation != begun.incarnation
        };
        tokio::select! {
            reached = known.wait_for(ended) => {
                reached.map(|state| state.known.durable).map_err(|_| Error::Closed)
            }
            () = self.stop.cancelled() => Err(Error::Closed),
        }
    }

    /// Asks the database how far the log can be read, and how far it goes.
    pub(crate) async fn refresh(&self) -> Result<LogEnd> {
        let mut end = self.ask().await?;
        if end.incarnation.is_none() && !end.standby {
            // a server that takes no writes is read all the same
            if let Err(error) = self.call("SELECT aether_begin_incarnation()").await {
                tracing::debug!(%error, "this incarnation of the log has no name yet");
            }
            end = self.ask().await?;
        }
        self.known.send_if_modified(|state| state.learn(&end));
        Ok(end)
    }

    async fn ask(&self) -> Result<LogEnd> {
        const SQL: &str =
            "SELECT incarnation, standby, horizon, last, noted, flushed FROM aether_log_end()";
        let row = async |connection: &mut PgConnection, mode: Mode| {
            let row = mode.query(SQL).fetch_one(connection).await?;
            Ok(LogEnd {
                incarnation: row.try_get::<Option<Uuid>, _>(0)?.map(Incarnation::new),
                standby: row.try_get(1)?,
                horizon: position(row.try_get(2)?),
                last: position(row.try_get(3)?),
                noted: row.try_get(4)?,
                flushed: row.try_get(5)?,
            })
        };
        Ok(self.database.run(row).await?)
    }

    async fn call(&self, sql: &'static str) -> Result<()> {
        let call = async |connection: &mut PgConnection, mode: Mode| {
            mode.query(sql).execute(connection).await.map(drop)
        };
        Ok(self.database.run(call).await?)
    }

    /// Has the server flush what the horizon rests on.
    async fn flush(&self) -> Result<()> {
        self.call("SELECT aether_flush()").await
    }

    /// How far the log can be read now, so that no crash takes it back.
    pub(crate) async fn durable_end(&self) -> Result<Position> {
        let begun = Instant::now();
        let mut flushed = false;
        let mut asked = self.refresh().await?;
        loop {
            let known = self.known();
            if asked.incarnation.is_some() && known.incarnation != asked.incarnation {
                asked = self.refresh().await?;
            } else if known.durable >= asked.horizon {
                return Ok(known.durable);
            }
            if begun.elapsed() > UNFLUSHED && !flushed {
                flushed = true;
                self.flush().await?;
            }
            tokio::time::sleep(CLOSEST).await;
            self.refresh().await?;
        }
    }

    /// Keeps the horizon up to date while somebody waits for it.
    async fn follow(&self) {
        let mut ear = Ear::new(self.settings.listen.clone());
        let mut poll = Backoff::new(BUSY, IDLE);
        let mut unflushed: Option<Instant> = None;
        loop {
            while self.waiting.load(Ordering::Acquire) == 0 {
                tokio::select! {
                    () = self.asked.notified() => poll.reset(),
                    () = self.nameless.notified() => break,
                }
            }
            let before = self.known().horizon;
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "the end of the log cannot be asked for");
            }
            let known = self.known();
            unflushed = match known.durable < known.horizon {
                true => Some(unflushed.unwrap_or_else(Instant::now)),
                false => None,
            };
            if unflushed.is_some_and(|since| since.elapsed() > UNFLUSHED) {
                unflushed = None;
                if let Err(error) = self.flush().await {
                    tracing::debug!(%error, "the server was not made to flush");
                }
            }
            if known.horizon > before || unflushed.is_some() || self.expects_commit() {
                poll.reset();
            }
            tokio::time::sleep(CLOSEST).await;
            tokio::select! {
                () = self.stored.notified() => {}
                () = self.asked.notified() => {}
                () = tokio::time::sleep(poll.pause(&SystemRandom)) => {}
                told = ear.hear() => self.take(told),
            }
        }
    }

    /// What another process has told: an incarnation, and the newest event that it has stored.
    fn take(&self, told: Option<(Incarnation, Position)>) {
        if let Some((incarnation, newest)) = told {
            self.saw(Some(incarnation), newest);
        }
    }

    fn expects_commit(&self) -> bool {
        let expecting = *self.expecting.lock();
        expecting.is_some_and(|until| Instant::now() < until)
    }

    /// Tells other processes and replicas, now and then, how far the log has grown. Looks again by itself, since an
    /// append that is still running holds the beacon back, and the process that ran it may be gone.
    async fn announce(&self, every: Duration) {
        let seldom = Backoff::new(IDLE, LOOK).after(u32::MAX);
        let mut looks = seldom;
        loop {
            tokio::select! {
                // let the commits of this moment be announced together
                () = self.announce.notified() => tokio::time::sleep(every).await,
                () = tokio::time::sleep(looks.pause(&SystemRandom)) => {}
            }
            self.unannounced.store(false, Ordering::Release);
            match self.light_beacon().await {
                Ok((lit, last)) if lit < last => {}
                Ok(_) => looks = seldom,
                Err(error) if is_refused(&error) => {
                    let error = SqlError::from(error);
                    tracing::debug!(%error, "announcements are not for this role");
                    self.announce.notified().await;
                    self.announce.notify_one();
                }
                Err(error) => {
                    let error = SqlError::from(error);
                    tracing::warn!(%error, "cannot announce; others poll");
                    looks.reset();
                }
            }
        }
    }

    /// Where the beacon is afterwards, and where the log ends.
    async fn light_beacon(&self) -> sqlx::Result<(i64, i64)> {
        let newest = self.known.borrow().newest.get().cast_signed();
        let light = async |connection: &mut PgConnection, mode: Mode| {
            let query = mode.query("SELECT lit, last FROM aether_light_beacon($1)").bind(newest);
            let row = query.fetch_one(connection).await?;
            Ok((row.try_get(0)?, row.try_get(1)?))
        };
        self.database.run(light).await.map_err(CallError::into_inner)
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

/// Whether a role may not announce anything, or the database takes no writes.
fn is_refused(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("42501" | "25006"))
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
    async fn hear(&mut self) -> Option<(Incarnation, Position)> {
        loop {
            match (&mut self.state, &self.at) {
                (_, None) => return std::future::pending().await,
                (Listening::No, Some(at)) => {
                    self.state = Listening::Soon(connect(at.clone()).boxed());
                }
                (Listening::Soon(connecting), _) => match connecting.await {
                    Ok(listener) => {
                        self.state = Listening::Yes(listener);
                        return None;
                    }
                    Err(error) => {
                        tracing::debug!(error = %Words(&error), "not listening; polling");
                        self.state = Listening::No;
                        // tried again when this is called again
                        return std::future::pending().await;
                    }
                },
                (Listening::Yes(listener), _) => match listener.try_recv().await {
                    Ok(Some(notice)) => return told(notice.payload()),
                    _ => {
                        tracing::warn!("notifications lost; polling until they are back");
                        self.state = Listening::No;
                        return None;
                    }
                },
            }
        }
    }
}

/// What a notification says, unless it comes from an older release.
fn told(payload: &str) -> Option<(Incarnation, Position)> {
    let (incarnation, newest) = payload.split_once(' ')?;
    let incarnation: Uuid = incarnation.parse().ok()?;
    Some((Incarnation::new(incarnation), Position::new(newest.parse().ok()?)))
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

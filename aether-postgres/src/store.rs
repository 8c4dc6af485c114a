//! The event store: what users hold, and how it is put together.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{CommandIds, Coordinator, EventStore, LogIdentity, Snapshot, Snapshots};
use aether_core::command::CommandFingerprint;
use aether_core::log::{Anchor, Append, Appended, History, Incarnation, Limits, Load, Page, Read};
use aether_core::projection::Handler;
use aether_core::{CommandId, Position, Result};
use async_trait::async_trait;
use chrono::Utc;
use sqlx::Row as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

use crate::address::Address;
use crate::coordinator::PgCoordinator;
use crate::database::{Database, Mode, clear, watch_client};
use crate::error::{Error, Failure};
use crate::home::Home;
use crate::inline::InlineProjections;
use crate::loader::Loaders;
use crate::months::Months;
use crate::queue::{BatchLimits, Capacity};
use crate::read_models::{PgReadModels, begin_error};
use crate::tail::{Tail, TailSettings};
use crate::tx::PgTx;
use crate::writer::{WriterSettings, Writers};
use crate::{batch, identity, inline, migrate, reader, snapshots};

/// An event store in PostgreSQL 15 or later. Cheap to clone; share one per process.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use aether_core::Engine;
/// use aether_postgres::PgStore;
///
/// let store = PgStore::connect("postgres://localhost/studio").await?;
/// store.migrate().await?;
/// let engine = Engine::new(store);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct PgStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    database: Database,
    limits: Limits,
    tail: Arc<Tail>,
    writers: Writers,
    loaders: Loaders,
    months: Arc<Months>,
    months_ahead: u32,
    inline: InlineProjections,
    /// Whether the inline projections were admitted.
    admitted: OnceCell<()>,
    /// Appends with inline projections; [`EventStore::close`] waits for them.
    inline_appends: TaskTracker,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // without `close`, nobody waits: the writers end when their queues are gone
        self.tail.abandon();
    }
}

/// Puts a [`PgStore`] together.
#[derive(Debug, Clone)]
#[must_use = "nothing is connected before `connect` or `build`"]
pub struct PgStoreBuilder {
    limits: Limits,
    writers: WriterSettings,
    loaders: usize,
    announce_every: Option<Duration>,
    listen: Listen,
    mode: Mode,
    months_ahead: u32,
    max_connections: u32,
    acquire_timeout: Duration,
    inline: InlineProjections,
}

#[derive(Debug, Clone)]
enum Listen {
    AsPool,
    At(Box<Address>),
    Never,
}

impl Default for PgStoreBuilder {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            writers: WriterSettings {
                writers: 2,
                batch: BatchLimits { requests: 512, events: 8192, bytes: 16 << 20 },
                queue: Capacity { requests: 16_384, bytes: 256 << 20 },
                recovery: Duration::from_secs(30),
                patience: Duration::from_secs(30),
            },
            loaders: 4,
            announce_every: Some(Duration::from_millis(10)),
            listen: Listen::AsPool,
            mode: Mode::Prepared,
            months_ahead: 3,
            max_connections: 16,
            acquire_timeout: Duration::from_secs(10),
            inline: InlineProjections::default(),
        }
    }
}

impl PgStoreBuilder {
    /// How large what is stored may be.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many group-commit writers share the work, each with one connection while it stores.
    /// Default 2; more rarely help, for they wait for the same disk.
    pub fn writers(mut self, writers: usize) -> Self {
        self.writers.writers = writers.max(1);
        self
    }

    /// How many loaders share the work of loading aggregates, each with one connection while it does.
    /// What waits while all are busy is loaded by one call. Default 4.
    pub fn loaders(mut self, loaders: usize) -> Self {
        self.loaders = loaders.max(1);
        self
    }

    /// At most this many appends in one transaction. Default 512; 1 switches group commit off.
    pub fn max_batch(mut self, appends: usize) -> Self {
        self.writers.batch.requests = appends.max(1);
        self
    }

    /// At most this many events in one transaction, but always one append. Default 8192.
    pub const fn max_batch_events(mut self, events: usize) -> Self {
        self.writers.batch.events = events;
        self
    }

    /// At most this many [bytes](Append::bytes) in one transaction, but always one append. Default 16 MiB.
    pub const fn max_batch_bytes(mut self, bytes: usize) -> Self {
        self.writers.batch.bytes = bytes;
        self
    }

    /// At most this many appends wait for their answer at the same time; the next ones are answered
    /// [`Unavailable`](aether_core::Error::Unavailable) at once. Default 16 384. Half of them may wait for aggregates
    /// that other transactions hold, an eighth for one of these.
    pub fn queue(mut self, appends: usize) -> Self {
        self.writers.queue.requests = appends.max(1);
        self
    }

    /// As [`queue`](PgStoreBuilder::queue), in [bytes](Append::bytes). Default 256 MiB.
    pub const fn queue_bytes(mut self, bytes: usize) -> Self {
        self.writers.queue.bytes = bytes;
        self
    }

    /// For how long an append waits for an aggregate or a command id that another transaction holds before it is
    /// answered [`Timeout`](aether_core::Error::Timeout). Nothing is stored then. Default 30 seconds.
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.writers.patience = patience;
        self
    }

    /// For how long a writer asks a lost database what became of its appends before it answers
    /// [`OutcomeUnknown`](aether_core::Error::OutcomeUnknown). Default 30 seconds.
    pub const fn recovery(mut self, patience: Duration) -> Self {
        self.writers.recovery = patience;
        self
    }

    /// Other processes are told of new events at most this often. Default 10 ms; `None` tells nobody:
    /// they find them by polling, and replicas cannot be read.
    pub const fn announce_every(mut self, span: Option<Duration>) -> Self {
        self.announce_every = span;
        self
    }

    /// Where to listen for other processes' appends, if not where the pool connects: a pooler in
    /// transaction mode cannot be listened through.
    pub fn listen_at(mut self, options: PgConnectOptions) -> Self {
        self.listen = Listen::At(Box::new(Address(options)));
        self
    }

    /// Finds other processes' appends by polling only (5 ms busy to 250 ms idle).
    pub fn without_listening(mut self) -> Self {
        self.listen = Listen::Never;
        self
    }

    /// Prepares no statements and makes each call one transaction: for PgBouncer before 1.21 in
    /// transaction mode. Costs two more round trips per call. Listens nowhere unless
    /// [told where](PgStoreBuilder::listen_at) after this.
    pub fn unprepared(mut self) -> Self {
        self.mode = Mode::Unprepared;
        self.listen = Listen::Never;
        self
    }

    /// Runs a projection inside of the appends whose events it listens to: its rows are there when the
    /// append is answered, and if it fails, the append fails with
    /// [`InlineProjection`](aether_core::Error::InlineProjection).
    ///
    /// Such appends are made one by one, each in a transaction of its own (some five round trips): they do not
    /// share a batch, so that one that fails never fails a stranger's, and one whose answer is lost is
    /// answered [`OutcomeUnknown`](aether_core::Error::OutcomeUnknown). The projection keeps no
    /// checkpoint and sees only what is appended through this store from now on, not what
    /// [imports](PgStore::import) and [`append_in`](PgStore::append_in) add.
    ///
    /// A projection that is added when the log has events for it already knows nothing of them: a unique index on
    /// its rows would guarantee nothing. It is refused with
    /// [`InlineIncomplete`](aether_core::Error::InlineIncomplete), by [`connect`](PgStoreBuilder::connect) or else
    /// by the first append that it wants. That ends when it was [rebuilt](crate::Rebuild) through a store that does
    /// not run it inline, or its [settings](aether_core::projection::ProjectionSettings::starts_empty) say that it
    /// starts empty. Stop programs that append without it before: what they append, it does not see.
    pub fn inline(mut self, projection: impl aether_core::Projection<PgTx>) -> Self {
        self.inline.push(Handler::new(projection));
        self
    }

    /// For how many months ahead partitions are made. Default 3.
    pub const fn months_ahead(mut self, months: u32) -> Self {
        self.months_ahead = months;
        self
    }

    /// The size of the pool that [`connect`](PgStoreBuilder::connect) makes. Default 16.
    pub fn max_connections(mut self, connections: u32) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// For how long a call waits for a connection of the pool that
    /// [`connect`](PgStoreBuilder::connect) makes. Default 10 seconds.
    pub const fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// Connects to a database: `postgres://user:password@host:port/database`, and `?key=value&…` with parameters that
    /// are all understood (`sslmode`, `sslrootcert`, `application_name`, `options` …). What is not plain in a user or
    /// password is percent-encoded.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] if the address is wrong, [`Error::Connect`] if there is no connection within the
    /// [limit](PgStoreBuilder::acquire_timeout): a closed port, an unknown host, wrong credentials.
    /// [`Error::Unsuitable`] if the database is not as an event store needs it, [`Error::PoolTooLarge`]. That an
    /// [inline](PgStoreBuilder::inline) projection cannot be given the events it listens to, or has not seen those of the
    /// past.
    pub async fn connect(self, url: &str) -> Result<PgStore, Error> {
        let mut address = Address::parse(url)?;
        self.inline.check()?;
        if self.mode == Mode::Unprepared {
            address.0 = address.0.statement_cache_capacity(0);
        }
        let pool = PgPoolOptions::new()
            .max_connections(self.max_connections)
            .acquire_timeout(self.acquire_timeout)
            // a lost connection is noticed and resolved when it is used: no round trip before
            .test_before_acquire(false)
            // a host that is lost is noticed within half a minute, and not when TCP gives up
            .after_connect(|connection, _| Box::pin(async move { watch_client(connection).await }))
            // a caller that gives up a transaction while it begins leaves it open
            .after_release(|connection, _| {
                Box::pin(async move { clear(connection).await.map(|()| true) })
            })
            .connect_with(address.0.clone())
            .await;
        let pool = match pool {
            Ok(pool) => pool,
            Err(error) => return Err(address.unreachable(error).await),
        };
        let (wanted, mode, port) =
            (self.max_connections, self.mode, pool.connect_options().get_port());
        let store = self.build(pool);
        let premises = store.inner.database.prove().await?;
        let allowed = u32::try_from(premises.connections).unwrap_or(0);
        // behind a pooler, connections to it are no connections to the server
        let is_direct =
            mode == Mode::Prepared && premises.port.is_none_or(|it| it == i32::from(port));
        if is_direct && wanted > allowed {
            store.close().await;
            store.pool().close().await;
            return Err(Error::PoolTooLarge { wanted, allowed });
        }
        match store.inner.admitted.get_or_try_init(|| store.admit_inline()).await {
            // migrated later: the first append tells
            Err(error) if error.is_schema_missing() => {}
            Err(error) => {
                store.close().await;
                store.pool().close().await;
                return Err(error);
            }
            Ok(()) => {}
        }
        Ok(store)
    }

    /// A store on a pool of your own; its writers start at once. With `test_before_acquire(false)` in
    /// the pool's options each call saves a round trip.
    ///
    /// A future that is dropped while it begins a transaction on the pool leaves it open on a connection that goes
    /// back: `sqlx` does not notice. What is appended is safe from that, other calls are not. Let the pool clear what
    /// comes back, as that of [`connect`](PgStoreBuilder::connect) does: run `BEGIN; ROLLBACK` in its
    /// [`after_release`](PgPoolOptions::after_release). And let the server notice a host that is lost in the middle of a
    /// call, which would hold back all readers until TCP gives up: set `tcp_keepalives_idle` and its like in
    /// [`after_connect`](PgPoolOptions::after_connect).
    ///
    /// A store belongs to the tokio runtime in which it is built. It can be used in others as long as that one runs;
    /// where it stands still or has ended, calls fail instead of waiting for ever.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn build(self, pool: PgPool) -> PgStore {
        let listen = match self.listen {
            Listen::AsPool => Some(Address(pool.connect_options().as_ref().clone())),
            Listen::At(options) => Some(*options),
            Listen::Never => None,
        };
        let database = Database::new(pool, self.mode, Some(Home::here()));
        let tail =
            Tail::start(&database, TailSettings { listen, announce_every: self.announce_every });
        let writers = Writers::start(&database, &tail, &self.writers);
        let months = Arc::new(Months::default());
        let loaders = Loaders::start(&database, &months, self.loaders);
        let inner = Inner {
            database,
            limits: self.limits,
            tail,
            writers,
            loaders,
            months,
            months_ahead: self.months_ahead,
            inline: self.inline,
            admitted: OnceCell::new(),
            inline_appends: TaskTracker::new(),
        };
        PgStore { inner: Arc::new(inner) }
    }
}

/// For how long an append that is stored apart waits for those before it of the same aggregates.
const ORDERLY: Duration = Duration::from_secs(30);

/// How long a migration fills heads. What is left then is left to the [`PartitionsAhead`](crate::PartitionsAhead) job.
const FILLING: Duration = Duration::from_secs(10);

impl PgStore {
    /// Connects with the default settings. See [`PgStore::builder`].
    ///
    /// # Errors
    ///
    /// As [`PgStoreBuilder::connect`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Self::builder().connect(url).await
    }

    /// A store with settings of your own.
    pub fn builder() -> PgStoreBuilder {
        PgStoreBuilder::default()
    }

    /// Brings the schema up to date and makes the partitions of the coming months; those of later ones
    /// are made by the [`PartitionsAhead`](crate::PartitionsAhead) job of a node. Needs the right to create
    /// tables in the current schema, and no more; where there is nothing to do, no right at all. Months that are not
    /// due yet are left to the job where a long report reads the log meanwhile.
    ///
    /// A program that is older than the schema is content with it if nothing that it needs is gone.
    ///
    /// # Errors
    ///
    /// As [`run_migrations`](crate::run_migrations); [`Error::Unsuitable`] if the database is not as an event store needs
    /// it, [`Error::SchemaAhead`] if a newer program has taken away what this one needs.
    pub async fn migrate(&self) -> Result<(), Error> {
        migrate::migrate_store(self.pool(), self.mode()).await?;
        match self.ensure_partitions(self.inner.months_ahead).await {
            Err(error) if self.can_wait(&error).await? => {
                tracing::warn!(%error, "the partitions of later months are not made yet");
            }
            made => {
                made?;
            }
        }
        self.fill_heads(FILLING).await
    }

    /// Gives heads of before the id of their last event, in short transactions, for this long at the most.
    pub(crate) async fn fill_heads(&self, limit: Duration) -> Result<(), Error> {
        let begun = tokio::time::Instant::now();
        while begun.elapsed() < limit {
            let mut tx = self.begin().await?;
            let query = self.mode().query("SELECT aether_fill_heads(500)");
            let more: bool = query.fetch_one(&mut *tx).await?.try_get(0)?;
            tx.commit().await?;
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// Whether partitions that could not be made, since somebody reads or writes, are not due yet.
    async fn can_wait(&self, error: &Error) -> Result<bool, Error> {
        let is_held =
            matches!(error, Error::Database(error) if Failure::of(error) == Failure::LockTimeout);
        Ok(is_held && !self.ensure_partition(Utc::now()).await?)
    }

    /// Appends inside a transaction of the caller's own: the events are stored when it commits.
    ///
    /// The aggregates stay locked until then, and readers of the log wait for the end of the
    /// transaction: keep it short. Subscribers notice the commit within milliseconds.
    ///
    /// # Errors
    ///
    /// As [`EventStore::append`]. After a conflict or another answer about the append itself, the
    /// transaction can go on; after an error of the database it can only be rolled back.
    pub async fn append_in(
        &self,
        transaction: &mut PgConnection,
        append: Append,
    ) -> Result<Appended> {
        append.check(&self.inner.limits)?;
        if append.is_empty() {
            return Ok(Appended::default());
        }
        let appended = batch::store_one(transaction, self.mode(), &append).await?;
        self.inner.tail.expect_commit();
        Ok(appended)
    }

    /// The pool underneath.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.inner.database.pool
    }

    /// Read models in the same database.
    #[must_use]
    pub fn read_models(&self) -> PgReadModels {
        PgReadModels { database: self.inner.database.clone() }
    }

    pub(crate) fn inline_projections(&self) -> impl Iterator<Item = &Handler<PgTx>> {
        self.inner.inline.handlers()
    }

    pub(crate) fn mode(&self) -> Mode {
        self.inner.database.mode
    }

    pub(crate) fn months_ahead(&self) -> u32 {
        self.inner.months_ahead
    }

    pub(crate) fn limits(&self) -> Limits {
        self.inner.limits
    }

    /// Begins a transaction. Cancel safe.
    pub(crate) async fn begin(&self) -> sqlx::Result<PgTx> {
        self.inner.database.begin().await
    }

    async fn check_home(&self) -> Result<()> {
        self.inner.database.check_home().await.map_err(begin_error)
    }

    pub(crate) fn tail(&self) -> &Tail {
        &self.inner.tail
    }
}

#[async_trait]
impl EventStore for PgStore {
    async fn append(&self, append: Append) -> Result<Appended> {
        append.check(&self.inner.limits)?;
        if append.is_empty() {
            return Ok(Appended::default());
        }
        self.check_home().await?;
        if self.inner.inline.want(&append) {
            let _running = self.inner.inline_appends.token();
            if self.inner.inline_appends.is_closed() {
                return Err(aether_core::Error::Closed);
            }
            let admitted = self.inner.admitted.get_or_try_init(|| self.admit_inline()).await;
            admitted.map_err(inline::refused)?;
            let turn = self.inner.writers.order().queue_apart(&append);
            // those before it may stand still: then it meets their locks
            let _ = tokio::time::timeout(ORDERLY, turn.come()).await;
            let appended = self.inner.inline.append(&self.inner.database, &append).await?;
            self.inner.tail.stored();
            return Ok(appended);
        }
        self.inner.writers.append(append).await
    }

    async fn load(&self, load: Load) -> Result<History> {
        self.check_home().await?;
        let until = load.until.kept();
        self.inner.loaders.load(load.until(until)).await
    }

    async fn read(&self, read: Read) -> Result<Page> {
        read.filter.check()?;
        reader::read(&self.inner.database, &self.inner.months, &self.inner.tail, read).await
    }

    async fn wait(&self, after: Position) -> Result<Position> {
        self.check_home().await?;
        self.inner.tail.wait(after).await
    }

    async fn end(&self) -> Result<Position> {
        self.inner.tail.durable_end().await
    }

    async fn newest(&self, until: Position) -> Result<Option<Anchor>> {
        reader::newest(&self.inner.database, until).await
    }

    fn coordinator(&self) -> Arc<dyn Coordinator> {
        Arc::new(PgCoordinator::new(self.inner.database.clone()))
    }

    async fn close(&self) {
        self.inner.inline_appends.close();
        self.inner.inline_appends.wait().await;
        self.inner.writers.close().await;
        self.inner.tail.close().await;
    }
}

#[async_trait]
impl LogIdentity for PgStore {
    async fn database(&self) -> Result<Option<String>> {
        self.inner.database.name().await
    }

    fn incarnation(&self) -> Option<Incarnation> {
        self.inner.tail.known().incarnation
    }

    async fn identity(&self) -> Result<Option<String>> {
        identity::of(&self.inner.database).await
    }
}

#[async_trait]
impl Snapshots for PgStore {
    async fn save_snapshot(&self, snapshot: Snapshot, keep: u32) -> Result<()> {
        snapshots::save(&self.inner.database, snapshot, keep).await
    }
}

#[async_trait]
impl CommandIds for PgStore {
    async fn find_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        batch::find_command(&self.inner.database, id, fingerprint).await
    }

    async fn void_command(
        &self,
        id: CommandId,
        fingerprint: Option<CommandFingerprint>,
    ) -> Result<Option<Appended>> {
        batch::void_command(&self.inner.database, id, fingerprint).await
    }
}

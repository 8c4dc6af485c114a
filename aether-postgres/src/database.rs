//! How this crate talks to PostgreSQL: through a pool, prepared or not.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Postgres, Row as _, SqlSafeStr as _};

use crate::error::{Error, Failure, SqlError, port_error, read_error};
use crate::home::Home;
use crate::tx::PgTx;

mod premises;
mod terms;

pub(crate) use premises::{Premises, look};
pub(crate) use terms::Terms;
use terms::{Access, Server};

const INSUFFICIENT_PRIVILEGE: &str = "42501";
const FEATURE_NOT_SUPPORTED: &str = "0A000";
const READ_ONLY: &str = "25006";
/// A function that depends on READ COMMITTED was called under another isolation level.
const ISOLATION_REFUSED: &str = "AES01";

/// A pool, and how this crate talks to the server through it.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) pool: PgPool,
    pub(crate) mode: Mode,
    /// Where its connections are served, as far as that is known.
    pub(crate) home: Option<Home>,
    /// Calls are transactions that state their terms: the defaults of the role or the database are others.
    states_terms: Arc<AtomicBool>,
    /// The database was looked at, and is as it must be.
    proven: Arc<AtomicBool>,
}

/// Whether a statement outlives its transaction on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each statement is prepared once per connection.
    Prepared,
    /// Nothing outlives a transaction: for poolers in transaction mode. Each call is a transaction, so
    /// that its protocol steps reach one server connection.
    Unprepared,
}

impl Mode {
    pub(crate) fn query(self, sql: &'static str) -> Query<'static, Postgres, PgArguments> {
        sqlx::query(sql).persistent(self == Self::Prepared)
    }

    /// A statement put together from constant parts of this crate.
    pub(crate) fn assembled(self, sql: String) -> Query<'static, Postgres, PgArguments> {
        sqlx::query(AssertSqlSafe(sql).into_sql_str()).persistent(self == Self::Prepared)
    }
}

/// Ends a transaction that somebody has left on a connection; says nothing where there is none.
const CLEAR: &str = "BEGIN; ROLLBACK";

/// Ends what others may have left on a connection.
pub(crate) async fn clear(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute(sqlx::raw_sql(CLEAR)).await.map(drop)
}

/// Has the server look for a client that is silent: it ends the session of one whose host is lost within half a minute,
/// also in the middle of a call.
const WATCH_CLIENT: &str = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; \
                            SET tcp_keepalives_count = 3; SET tcp_user_timeout = 30000";

/// For a connection that was just made.
pub(crate) async fn watch_client(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute(sqlx::raw_sql(WATCH_CLIENT)).await.map(drop)
}

/// Begins a transaction on a connection of the pool.
///
/// Cancel safe: `sqlx` knows nothing of a transaction whose beginning was given up halfway, and would put its
/// connection back into the pool with the transaction open. The next user would write into it, and nothing of
/// that would ever be committed.
pub(crate) async fn begin(pool: &PgPool, terms: Terms) -> sqlx::Result<PgTx> {
    let begin = begin_on(pool.clone(), terms);
    tokio::spawn(begin).await.unwrap_or_else(|gone| Err(sqlx::Error::Io(gone.into())))
}

/// Connections that broke while nobody used them are thrown away: nothing has been done on them.
async fn begin_on(pool: PgPool, terms: Terms) -> sqlx::Result<PgTx> {
    let mut broken = 0;
    let mut access = Access::Write;
    loop {
        let connection = pool.acquire().await?;
        let statements = terms.statements(access, Server::of(&connection));
        let statements = AssertSqlSafe(statements).into_sql_str();
        match sqlx::Transaction::begin(connection, Some(statements)).await {
            Err(error) if access == Access::Write && is_standby(&error) => access = Access::Read,
            Err(error)
                if Failure::of(&error) == Failure::ConnectionLost
                    && broken < pool.options().get_max_connections() =>
            {
                broken += 1;
            }
            begun => return begun.map(PgTx::from),
        }
    }
}

/// Whether a transaction could not begin since a standby lets nobody write.
fn is_standby(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some(FEATURE_NOT_SUPPORTED)
}

/// Throws a connection away that something was to be written on, and that leads to a standby: the address may lead to
/// another server by now.
fn leave_standby(connection: &mut PoolConnection<Postgres>, error: &sqlx::Error) {
    if code(error).as_deref() == Some(READ_ONLY) {
        connection.close_on_drop();
    }
}

fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(DatabaseError::code)
}

impl Database {
    /// Fails if nobody serves the connections.
    pub(crate) async fn check_home(&self) -> sqlx::Result<()> {
        match &self.home {
            Some(home) => Ok(home.check().await?),
            None => Ok(()),
        }
    }

    pub(crate) fn new(pool: PgPool, mode: Mode, home: Option<Home>) -> Self {
        let states_terms = Arc::new(AtomicBool::new(mode == Mode::Unprepared));
        Self { pool, mode, home, states_terms, proven: Arc::default() }
    }

    /// Looks at the database, if it was not looked at yet.
    ///
    /// # Errors
    ///
    /// [`Error::Unsuitable`] if it cannot hold an event store.
    pub(crate) async fn prove(&self) -> Result<Premises, Error> {
        let mut transaction = self.begin_with(Terms::CALL).await?;
        let premises = look(&mut transaction, self.mode).await?;
        transaction.commit().await?;
        self.note(premises);
        Ok(premises)
    }

    /// As [`prove`](Database::prove), on a connection that a call is to be made on. One that cannot be asked will say
    /// so to the call.
    async fn prove_on(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        if self.proven.load(Ordering::Relaxed) {
            return Ok(());
        }
        match look(connection, self.mode).await {
            Ok(premises) => self.note(premises),
            Err(error @ Error::Unsuitable { .. }) => {
                return Err(sqlx::Error::Configuration(error.into()));
            }
            Err(error) => tracing::debug!(%error, "the database could not be looked at"),
        }
        Ok(())
    }

    fn note(&self, premises: Premises) {
        self.proven.store(premises.complete, Ordering::Relaxed);
        if premises.has_other_defaults {
            self.states_terms.store(true, Ordering::Relaxed);
        }
    }

    /// Begins a transaction whose commit waits for the disk. As [`begin`].
    pub(crate) async fn begin(&self) -> sqlx::Result<PgTx> {
        self.begin_with(Terms::DURABLE).await
    }

    /// As [`begin`], on terms of its own.
    pub(crate) async fn begin_with(&self, terms: Terms) -> sqlx::Result<PgTx> {
        self.check_home().await?;
        begin(&self.pool, terms).await
    }

    /// Runs a call of one statement. `Err(NotSent(_))`: it did not reach the server.
    ///
    /// The usual call commits by itself, in one round trip. Where that is refused, since the defaults of the role or
    /// the database are not what it needs, it is made again in a transaction that states them, as all later ones. Where
    /// the connection broke, it is made once more: calls of this kind may be made twice.
    pub(crate) async fn run<T>(
        &self,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<T, CallError> {
        if !self.states_terms() {
            let connection = self.acquire().await?;
            // the database may have been looked at only now
            if !self.states_terms()
                && let Some(value) = self.run_bare(connection, call.clone()).await?
            {
                return Ok(value);
            }
        }
        self.run_in(Terms::CALL, call).await
    }

    /// Runs a call that commits by itself. `None`: it was refused for the defaults of the role or the database.
    async fn run_bare<T>(
        &self,
        mut connection: PoolConnection<Postgres>,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<Option<T>, CallError> {
        let mut result = call.clone()(&mut connection, self.mode).await;
        if matches!(&result, Err(error) if Failure::of(error) == Failure::ConnectionLost) {
            // most likely while nobody used it, and what is called like this may be called twice
            connection.close_on_drop();
            drop(connection);
            connection = self.acquire_clear().await?;
            result = call(&mut connection, self.mode).await;
        }
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if self.blames_defaults(&mut connection, &error).await => Ok(None),
            Err(error) => {
                leave_standby(&mut connection, &error);
                Err(CallError::Sent(error))
            }
        }
    }

    /// Runs a call whose effect must be there after a crash of the server once it was acknowledged.
    pub(crate) async fn run_durably<T>(
        &self,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<T, CallError> {
        self.run_in(Terms::DURABLE.idle(Duration::from_secs(5)), call).await
    }

    async fn run_in<T>(
        &self,
        terms: Terms,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<T, CallError> {
        let mut transaction = self.begin_with(terms).await.map_err(CallError::NotSent)?;
        self.prove_on(&mut transaction).await.map_err(CallError::NotSent)?;
        let value = call(&mut transaction, self.mode).await.map_err(CallError::Sent)?;
        transaction.commit().await.map_err(CallError::Sent)?;
        Ok(value)
    }

    /// As [`run`](Database::run), on the connection that is kept, or one that is kept from now on. It is
    /// given back after a failure, and where the pool has no other one to spare.
    pub(crate) async fn run_on<T>(
        &self,
        kept: &mut KeptConnection,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<T, CallError> {
        let mut connection = match kept.0.take() {
            Some(connection) => connection,
            None => self.acquire_clear().await?,
        };
        let mut done = None;
        if !self.states_terms() {
            match call.clone()(&mut connection, self.mode).await {
                Ok(value) => done = Some(value),
                Err(error) if self.blames_defaults(&mut connection, &error).await => {}
                Err(error) => {
                    leave_standby(&mut connection, &error);
                    return Err(CallError::Sent(error));
                }
            }
        }
        let (connection, value) = match done {
            Some(value) => (connection, value),
            None => self.run_stated(connection, call).await?,
        };
        if self.pool.num_idle() > 0 || self.pool.size() < self.pool.options().get_max_connections()
        {
            kept.0 = Some(connection);
        }
        Ok(value)
    }

    /// Runs a call on a connection in a transaction that states its terms, or on another one if that broke before.
    async fn run_stated<T>(
        &self,
        mut connection: PoolConnection<Postgres>,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T> + Clone,
    ) -> Result<(PoolConnection<Postgres>, T), CallError> {
        let mut access = Access::Write;
        let mut broken = 0;
        loop {
            let error = match self.state_and_run(&mut connection, access, call.clone()).await {
                Ok(value) => return Ok((connection, value)),
                Err(CallError::NotSent(error)) => error,
                Err(CallError::Sent(error)) => {
                    leave_standby(&mut connection, &error);
                    return Err(CallError::Sent(error));
                }
            };
            if access == Access::Write && is_standby(&error) {
                access = Access::Read;
                continue;
            }
            if Failure::of(&error) != Failure::ConnectionLost
                || broken == self.pool.options().get_max_connections()
            {
                return Err(CallError::NotSent(error));
            }
            broken += 1;
            // its place in the pool is needed for the next one
            connection.close_on_drop();
            drop(connection);
            connection = self.acquire_clear().await?;
        }
    }

    async fn state_and_run<T>(
        &self,
        connection: &mut PgConnection,
        access: Access,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T>,
    ) -> Result<T, CallError> {
        let statements = Terms::CALL.statements(access, Server::of(connection));
        let statements = AssertSqlSafe(statements).into_sql_str();
        let begun = connection.begin_with(statements).await;
        let mut transaction = begun.map_err(CallError::NotSent)?;
        let value = call(&mut transaction, self.mode).await.map_err(CallError::Sent)?;
        transaction.commit().await.map_err(CallError::Sent)?;
        Ok(value)
    }

    fn states_terms(&self) -> bool {
        self.states_terms.load(Ordering::Relaxed)
    }

    /// Whether a call failed for a default that a transaction of ours would have stated; the calls to come are such
    /// transactions then. It was rolled back.
    async fn blames_defaults(&self, connection: &mut PgConnection, error: &sqlx::Error) -> bool {
        let blamed = match code(error).as_deref() {
            Some(ISOLATION_REFUSED) => true,
            Some(READ_ONLY) => {
                let asked = self.mode.query("SELECT NOT pg_is_in_recovery()").fetch_one(connection);
                asked.await.and_then(|row| row.try_get(0)).unwrap_or(false)
            }
            _ => false,
        };
        if blamed && !self.states_terms.swap(true, Ordering::Relaxed) {
            tracing::info!(
                %error,
                "the defaults of this role or database are not those that the store needs; \
                 every call states its own from now on, which costs two more round trips"
            );
        }
        blamed
    }

    /// What tells this database from all others, in this cluster and elsewhere, and stays when it is restored.
    /// `None` where it may not be asked for.
    pub(crate) async fn name(&self) -> Result<Option<String>, aether_core::Error> {
        let sql = "SELECT c.system_identifier::text || '/' || d.oid::text \
                   FROM pg_control_system() AS c, pg_database AS d \
                   WHERE d.datname = current_database()";
        match self.run(async |connection, mode| mode.query(sql).fetch_one(connection).await).await {
            Ok(row) => row.try_get(0).map(Some).map_err(read_error),
            Err(CallError::Sent(sqlx::Error::Database(refused)))
                if refused.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A connection with nothing left open on it: a pool of the caller's own may give back anything. Those that broke
    /// while nobody used them are thrown away.
    async fn acquire_clear(&self) -> Result<PoolConnection<Postgres>, CallError> {
        let mut broken = 0;
        loop {
            let mut connection = self.acquire().await?;
            let Err(error) = clear(&mut connection).await else { return Ok(connection) };
            connection.close_on_drop();
            broken += 1;
            if broken > self.pool.options().get_max_connections() {
                return Err(CallError::NotSent(error));
            }
        }
    }

    async fn acquire(&self) -> Result<PoolConnection<Postgres>, CallError> {
        self.check_home().await.map_err(CallError::NotSent)?;
        let mut connection = self.pool.acquire().await.map_err(CallError::NotSent)?;
        if self.mode == Mode::Prepared && !self.proven.load(Ordering::Relaxed) {
            self.prove_alone(&mut connection).await.map_err(CallError::NotSent)?;
        }
        Ok(connection)
    }

    /// As [`prove_on`](Database::prove_on), in a transaction of its own: the defaults of the role may be such that not
    /// even this could be asked.
    async fn prove_alone(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let statements = Terms::CALL.statements(Access::Read, Server::of(connection));
        let begun = connection.begin_with(AssertSqlSafe(statements).into_sql_str()).await;
        // a connection that broke will say so to the call
        let Ok(mut transaction) = begun else { return Ok(()) };
        self.prove_on(&mut transaction).await?;
        transaction.rollback().await
    }
}

/// A connection that a task keeps from one call to the next, as long as it is busy.
///
/// Giving one back and taking one costs a round trip. And a connection that has just run a statement runs it
/// again in half the time of one that has not for a while: what the server knows of the tables is still
/// in the caches of its core.
#[derive(Debug, Default)]
pub(crate) struct KeptConnection(Option<PoolConnection<Postgres>>);

impl KeptConnection {
    /// How long a task without work keeps it.
    pub(crate) const LINGER: Duration = Duration::from_millis(50);

    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn give_back(&mut self) {
        self.0 = None;
    }
}

/// An error, and whether the statement may have reached the server.
#[derive(Debug)]
pub(crate) enum CallError {
    NotSent(sqlx::Error),
    Sent(sqlx::Error),
}

impl CallError {
    pub(crate) fn into_inner(self) -> sqlx::Error {
        match self {
            Self::NotSent(error) | Self::Sent(error) => error,
        }
    }
}

/// For calls that change nothing.
impl From<CallError> for aether_core::Error {
    fn from(error: CallError) -> Self {
        let failure = error.failure();
        port_error(failure, SqlError::from(error.into_inner()).into())
    }
}

impl CallError {
    /// What it means for a call that changes nothing.
    fn failure(&self) -> Failure {
        match self {
            // whatever kept the connection from being made
            Self::NotSent(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => Failure::Unavailable,
            Self::NotSent(error) | Self::Sent(error) => Failure::of(error),
        }
    }

    /// The same refusal for each of several calls that change nothing.
    pub(crate) fn shared(self) -> impl Fn() -> aether_core::Error {
        let failure = self.failure();
        let error = SqlError::from(self.into_inner());
        move || port_error(failure, error.clone().into())
    }
}

//! How this crate talks to PostgreSQL: through a pool, prepared or not.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Postgres, Row as _, SqlSafeStr};

use crate::error::{Failure, SqlError, port_error, read_error};
use crate::home::Home;
use crate::read_models::PgTx;

const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// A pool, and whether statements may be prepared on its connections.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) pool: PgPool,
    pub(crate) mode: Mode,
    /// Where its connections are served, as far as that is known.
    pub(crate) home: Option<Home>,
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

/// Begins a transaction on a connection of the pool.
///
/// Cancel safe: `sqlx` knows nothing of a transaction whose beginning was given up halfway, and would put its
/// connection back into the pool with the transaction open. Whoever came next would write into it, and nothing of
/// that would ever be committed.
pub(crate) async fn begin(pool: &PgPool) -> sqlx::Result<PgTx> {
    let pool = pool.clone();
    begin_on(async move { pool.begin().await }).await
}

/// Begins a transaction to its end, whatever becomes of the caller; it is rolled back if nobody takes it.
async fn begin_on(
    begin: impl Future<Output = sqlx::Result<PgTx>> + Send + 'static,
) -> sqlx::Result<PgTx> {
    tokio::spawn(begin).await.unwrap_or_else(|gone| Err(sqlx::Error::Io(gone.into())))
}

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

impl Database {
    /// Fails if nobody serves the connections.
    pub(crate) async fn check_home(&self) -> sqlx::Result<()> {
        match &self.home {
            Some(home) => Ok(home.check().await?),
            None => Ok(()),
        }
    }

    /// As [`begin`].
    pub(crate) async fn begin(&self) -> sqlx::Result<PgTx> {
        self.check_home().await?;
        begin(&self.pool).await
    }

    /// As [`begin`], with statements of its own.
    pub(crate) async fn begin_with(&self, statement: impl SqlSafeStr) -> sqlx::Result<PgTx> {
        self.check_home().await?;
        let (pool, statement) = (self.pool.clone(), statement.into_sql_str());
        begin_on(async move { pool.begin_with(statement).await }).await
    }

    /// Runs `call` on a connection of the pool. `Err(_, false)`: nothing was sent.
    pub(crate) async fn run<T>(
        &self,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T>,
    ) -> Result<T, CallError> {
        match self.mode {
            Mode::Prepared => {
                let mut connection = self.acquire().await?;
                call(&mut connection, self.mode).await.map_err(CallError::Sent)
            }
            Mode::Unprepared => {
                let connection = self.acquire().await?;
                let begin = async move { sqlx::Transaction::begin(connection, None).await };
                let mut transaction = begin_on(begin).await.map_err(CallError::NotSent)?;
                let value = call(&mut transaction, self.mode).await.map_err(CallError::Sent)?;
                transaction.commit().await.map_err(CallError::Sent)?;
                Ok(value)
            }
        }
    }

    /// As [`run`](Database::run), on the connection that is kept, or one that is kept from now on. It is
    /// given back after a failure, and where the pool has no other one to spare.
    pub(crate) async fn run_on<T>(
        &self,
        kept: &mut KeptConnection,
        call: impl AsyncFnOnce(&mut PgConnection, Mode) -> sqlx::Result<T>,
    ) -> Result<T, CallError> {
        let mut connection = match kept.0.take() {
            Some(connection) => connection,
            None => self.acquire_clear().await?,
        };
        let value = match self.mode {
            Mode::Prepared => call(&mut connection, self.mode).await.map_err(CallError::Sent)?,
            Mode::Unprepared => {
                let mut transaction = connection.begin().await.map_err(CallError::NotSent)?;
                let value = call(&mut transaction, self.mode).await.map_err(CallError::Sent)?;
                transaction.commit().await.map_err(CallError::Sent)?;
                value
            }
        };
        if self.pool.num_idle() > 0 || self.pool.size() < self.pool.options().get_max_connections()
        {
            kept.0 = Some(connection);
        }
        Ok(value)
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
        self.pool.acquire().await.map_err(CallError::NotSent)
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
    /// For so long a task without work keeps it.
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

//! This crate's error, and the one place where PostgreSQL's error codes get a meaning.

mod kind;
mod words;

use aether_core::BoxError;
use aether_core::backend::Reason;
use sqlx::error::DatabaseError;

pub use words::SqlError;
pub(crate) use words::{Words, in_words};

use words::{driver, of_migration};

/// What can go wrong beside the port: connecting, migrating, importing, diagnosing.
///
/// The port itself ([`EventStore`](aether_core::backend::EventStore), [`ReadModels`](aether_core::backend::ReadModels))
/// answers with [`aether_core::Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of a database cannot be used as it is. It is not shown: it may hold a password.
    #[error("the address of the database cannot be used: {reason}")]
    Address {
        /// What is wrong with it, and how it is written.
        reason: String,
    },
    /// There is no connection to the database.
    #[error("no connection to {server}: {}", Words(source))]
    Connect {
        /// Where the database was looked for: host, port and name.
        server: String,
        /// Why there is none.
        r#source: sqlx::Error,
    },
    /// The database answered with an error, or not at all.
    #[error("the database failed: {}", Words(.0))]
    Database(sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be migrated: {}", of_migration(.0))]
    Migrate(sqlx::migrate::MigrateError),
    /// An import could not go on.
    #[error("the import stopped after {imported} events: {}", Reason(&**source))]
    Import {
        /// How many events are stored; they stay.
        imported: u64,
        /// Why it stopped.
        r#source: BoxError,
    },
    /// An event of an import has the id of another event. An id belongs to one event, in one stream.
    #[error(
        "event {event_id} of {stream} is stored already, as version {version} of {stored_in}; give it an id of its \
         own, or leave it out"
    )]
    EventStored {
        /// The event's id.
        event_id: aether_core::EventId,
        /// The stream it was meant for.
        stream: aether_core::log::StreamId,
        /// The stream that has it, or gets it from an earlier event of the import.
        stored_in: aether_core::log::StreamId,
        /// Its version there.
        version: aether_core::Version,
    },
    /// What was named is not there.
    #[error("{what} is not there; {hint}")]
    NotFound {
        /// What was looked for.
        what: String,
        /// What there is instead.
        hint: String,
    },
    /// A projection cannot be forgotten: something of it still goes on.
    #[error("projection {projection:?} cannot be forgotten: {reason}")]
    NotForgettable {
        /// The projection.
        projection: String,
        /// What goes on, and what to do.
        reason: String,
    },
    /// Tables have something that a rebuild beside the live ones could not carry over. Take it off them, or
    /// rebuild in place.
    #[error("these tables cannot be rebuilt beside the live ones: {reason}")]
    NotRebuildable {
        /// All that is in the way.
        reason: String,
    },
    /// Another process is rebuilding the projection, and was heard of lately;
    /// [`Rebuild::counts_as_running`](crate::Rebuild::counts_as_running) says for how long that counts.
    #[error(
        "{projection} is being rebuilt by another process; cancel it there; if it was killed, resume it once it was \
         silent for its lease, or drop what it has filled (`Rebuild::discard`)"
    )]
    RebuildRunning {
        /// The projection.
        projection: String,
    },
    /// An interrupted rebuild has other projections or tables: it cannot be resumed with these.
    #[error(
        "an interrupted rebuild of {projections} is in the way; resume it with the same projections, restart it, or \
         drop what it has filled (`Rebuild::discard`)"
    )]
    RebuildInTheWay {
        /// What it is about.
        projections: String,
    },
    /// The live tables are not what they were when the rebuild began. Restart it.
    #[error("the live tables are not what they were when the rebuild began: {change}; restart it")]
    TablesChanged {
        /// What is different.
        change: String,
    },
    /// A projection read or wrote a live table where its rebuild has put a shadow table: it names a schema, or
    /// goes through a view or a function. Nothing of that was committed.
    #[error(
        "the projection touched the live table {table} in its rebuild; it has to name its tables without a \
         schema, and not to go through views"
    )]
    LiveTableTouched {
        /// The table.
        table: String,
    },
    /// The rebuild was cancelled; it can be resumed.
    #[error("the rebuild was cancelled; it can be resumed")]
    RebuildCancelled,
    /// A later holder of the lock has written already: the one that asked was paused beyond its lease, or
    /// cut off. Nothing of it was stored. Take the lock again, load again, decide again.
    #[error(
        "the holder of lock {lock} with token {token} comes too late: {newest} has written since; \
         take the lock again and decide anew"
    )]
    LockLost {
        /// The lock.
        lock: aether_core::lock::LockName,
        /// The token that was refused.
        token: aether_core::lock::FencingToken,
        /// The newest one that has written.
        newest: aether_core::lock::FencingToken,
    },
    /// The database is not as an event store needs it.
    #[error("the database cannot hold an event store: {reason}")]
    Unsuitable {
        /// What it lacks, and what to do.
        reason: String,
    },
    /// A pool may open more connections than the server takes.
    #[error(
        "the pool may open {wanted} connections, and the server takes {allowed}; lower `max_connections` of the store, \
         or raise that of the server"
    )]
    PoolTooLarge {
        /// How many the pool may open.
        wanted: u32,
        /// How many the server takes.
        allowed: u32,
    },
    /// A newer program has migrated the schema, and something that this one needs is gone. Start the newer one.
    #[error(
        "a newer program has brought the schema to migration {found}, and this one, which knows {known}, needs what is \
         gone: {missing}; start the newer program"
    )]
    SchemaAhead {
        /// The newest migration that was applied.
        found: i64,
        /// The newest migration that this program knows.
        known: i64,
        /// What is gone.
        missing: String,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] aether_core::Error),
}

impl Error {
    /// The database lacks a table, column or function that this version of the crate asks for: it has not
    /// been [migrated](crate::PgStore::migrate). Looks through `aether_core::Error` as well.
    #[must_use]
    pub fn is_schema_missing(&self) -> bool {
        Failure::in_chain(self) == Some(Failure::Mismatch)
    }

    /// A later holder of the lock has written already.
    #[must_use]
    pub const fn is_lock_lost(&self) -> bool {
        matches!(self, Self::LockLost { .. })
    }

    /// The error of the database driver below this one, if there is one.
    #[must_use]
    pub fn driver(&self) -> Option<&sqlx::Error> {
        driver(self)
    }

    fn direct(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) | Self::Connect { source: error, .. } => Some(error),
            Self::Import { source, .. } => driver(&**source),
            Self::Store(error) => driver(error),
            _ => None,
        }
    }

    /// The same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(error) | Self::Connect { source: error, .. } => !matches!(
                Failure::of(error),
                Failure::Other
                    | Failure::Closed
                    | Failure::Unreadable
                    | Failure::Mismatch
                    | Failure::Aborted
            ),
            Self::Store(error) => error.is_transient(),
            _ => false,
        }
    }

    /// An error of a projection, wherever it hides in the chain of sources: that the connection broke, or the
    /// database is away, says nothing about the events. Nor does a table that is missing. A statement that took
    /// too long does.
    pub(crate) fn of_handler(source: BoxError) -> aether_core::Error {
        let source = match source.downcast() {
            Ok(error) => match *error {
                Self::Store(error) => return error,
                error => error.into(),
            },
            Err(source) => source,
        };
        let failure = Failure::in_chain(&*source);
        let source = in_words(source);
        match failure {
            Some(Failure::ConnectionLost | Failure::Unavailable | Failure::RolledBack) => {
                aether_core::Error::Unavailable { source }
            }
            Some(Failure::StorageFull) => aether_core::Error::StorageFull { source },
            Some(Failure::Mismatch) => aether_core::Error::ModelMismatch { source },
            Some(Failure::Aborted) => aborted(),
            _ => aether_core::Error::of_handler(source),
        }
    }

    /// An error of the functions of a rebuild.
    pub(crate) fn of_rebuild(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else { return Self::Database(error) };
        let message = || database.message().to_owned();
        match database.code().as_deref() {
            // also what depends on a table since it was looked at
            Some("AER01" | "2BP01") => Self::NotRebuildable { reason: message() },
            Some("AER03") => Self::TablesChanged { change: message() },
            Some("AER04") => Self::LiveTableTouched { table: message() },
            _ => Self::Database(error),
        }
    }
}

/// What a database error means for the request it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection broke: a write may or may not have happened.
    ConnectionLost,
    /// No connection was free, or the server takes none: nothing was sent.
    Unavailable,
    /// A serialisation failure or deadlock: rolled back, try again.
    RolledBack,
    /// A lock was not granted in time: rolled back.
    LockTimeout,
    /// The statement ran out of time, or was cancelled: rolled back.
    Timeout,
    /// The disk is full: rolled back.
    StorageFull,
    /// The pool was closed.
    Closed,
    /// The answer was not understood: a write did happen.
    Unreadable,
    /// A table, column, function, type or schema is missing: code and schema are not of one release. Rolled back.
    Mismatch,
    /// An earlier statement of the transaction had failed, and nobody has rolled it back.
    Aborted,
    /// Anything else: rolled back.
    Other,
}

impl Failure {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
                Self::ConnectionLost
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) => Self::Unavailable,
            sqlx::Error::PoolClosed => Self::Closed,
            // its month got a partition of its own between the routing of a row and its lock
            sqlx::Error::Database(error)
                if error.is_check_violation() && error.table() == Some("evenements_default") =>
            {
                Self::RolledBack
            }
            sqlx::Error::Database(error) => Self::of_database(error.as_ref()),
            // the statement was carried out, and its answer not understood
            sqlx::Error::Decode(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::RowNotFound => Self::Unreadable,
            _ => Self::Other,
        }
    }

    fn of_database(error: &dyn DatabaseError) -> Self {
        error.code().map_or(Self::Other, |code| Self::of_sqlstate(&code))
    }

    /// The failure of the database in a chain of causes. Other libraries may have put themselves in the place of the
    /// driver's error, above what the server has said.
    pub(crate) fn in_chain(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        driver(error).map(Self::of).or_else(|| {
            let mut causes = Reason(error).causes();
            let said = causes.find_map(|cause| cause.downcast_ref::<Box<dyn DatabaseError>>());
            said.map(|said| Self::of_database(said.as_ref()))
        })
    }

    fn of_sqlstate(code: &str) -> Self {
        match code {
            "40001" | "40P01" => Self::RolledBack,
            "55P03" => Self::LockTimeout,
            "57014" | "25P03" => Self::Timeout,
            // terminated in the middle, idle for too long, or its database dropped: the transaction may have been
            // committing
            "57P01" | "57P02" | "57P04" | "57P05" | "25P04" => Self::ConnectionLost,
            // starting up, shutting down, too many connections, read-only after a failover, no memory
            "57P03" | "08001" | "08004" | "53300" | "53200" | "25006" | "53000" => {
                Self::Unavailable
            }
            "53100" => Self::StorageFull,
            "42P01" | "42703" | "42883" | "42704" | "3F000" => Self::Mismatch,
            "25P02" => Self::Aborted,
            _ if code.starts_with("08") => Self::ConnectionLost,
            _ => Self::Other,
        }
    }
}

/// The name of the unique constraint that a statement would have violated.
pub(crate) fn violated(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let database = driver(error)?.as_database_error()?;
    let constraint = database.constraint().filter(|_| database.is_unique_violation());
    constraint.map(str::to_owned)
}

/// Something was to be written in a transaction that only reads.
pub(crate) fn refused_a_write(error: &(dyn std::error::Error + 'static)) -> bool {
    let code = driver(error).and_then(|error| error.as_database_error()?.code());
    code.as_deref() == Some("25006")
}

/// A table that was named is not there.
pub(crate) fn is_undefined_table(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().as_deref() == Some("42P01"))
}

/// The port's error for a call that changed nothing.
pub(crate) fn port_error(failure: Failure, source: BoxError) -> aether_core::Error {
    use aether_core::Error as Core;
    match failure {
        Failure::ConnectionLost | Failure::Unavailable | Failure::RolledBack => {
            Core::Unavailable { source }
        }
        Failure::LockTimeout | Failure::Timeout => Core::Timeout { source },
        Failure::StorageFull => Core::StorageFull { source },
        Failure::Closed => Core::Closed,
        Failure::Unreadable | Failure::Mismatch | Failure::Aborted | Failure::Other => {
            Core::Backend { source }
        }
    }
}

/// The port's error for a failed read.
pub(crate) fn read_error(error: sqlx::Error) -> aether_core::Error {
    port_error(Failure::of(&error), SqlError::from(error).into())
}

/// The port's error for a step of a projection that was not taken.
pub(crate) fn step_error(error: sqlx::Error) -> aether_core::Error {
    match Failure::of(&error) {
        Failure::Aborted => aborted(),
        Failure::Mismatch => {
            aether_core::Error::ModelMismatch { source: SqlError::from(error).into() }
        }
        failure => port_error(failure, SqlError::from(error).into()),
    }
}

/// What is told in place of "current transaction is aborted", which says nothing of what went wrong.
fn aborted() -> aether_core::Error {
    let source = "a statement of the projection failed before, and the projection continued without returning its \
                  error, so that the transaction cannot be committed; return the first error: it tells what is \
                  wrong, and so does the server's log"
        .into();
    aether_core::Error::Backend { source }
}

/// The port's error for a failed write: after a lost connection the outcome is unknown.
pub(crate) fn write_error(error: sqlx::Error) -> aether_core::Error {
    match Failure::of(&error) {
        Failure::ConnectionLost => {
            aether_core::Error::OutcomeUnknown { source: SqlError::from(error).into() }
        }
        failure => port_error(failure, SqlError::from(error).into()),
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migrate(error)
    }
}

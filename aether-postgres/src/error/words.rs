//! The driver's errors in words: each thing once, and no line of the server's source.

use std::fmt;
use std::sync::Arc;

use aether_core::BoxError;
use aether_core::backend::Reason;

use super::Error;

/// An error of the database driver as the `source` of the port's errors. Its message is the server's own, without
/// the line of the server's source that `sqlx` adds. Several callers may be told the same one.
#[derive(Clone)]
pub struct SqlError(Arc<sqlx::Error>);

impl SqlError {
    /// The driver's own error.
    #[must_use]
    pub fn driver(&self) -> &sqlx::Error {
        &self.0
    }
}

impl From<sqlx::Error> for SqlError {
    fn from(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Words(&self.0).fmt(f)
    }
}

impl fmt::Debug for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0.as_database_error().and_then(|error| error.code());
        f.debug_tuple("SqlError").field(&code.unwrap_or_default()).field(&Words(&self.0)).finish()
    }
}

// the message tells all of its causes
impl std::error::Error for SqlError {}

/// The driver's error in words: each thing once, and no line of the server's source.
pub(crate) struct Words<'a>(pub(crate) &'a sqlx::Error);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            sqlx::Error::Database(error) => f.write_str(error.message()),
            sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                f.write_str("the connection was refused: nothing listens at that port")
            }
            sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                f.write_str("nothing answered in time")
            }
            sqlx::Error::Io(error) => error.fmt(f),
            sqlx::Error::Configuration(error) => match error.downcast_ref() {
                Some(error) => Self(error).fmt(f),
                None => Reason(&**error).fmt(f),
            },
            sqlx::Error::Tls(error) => write!(f, "TLS failed: {}", Reason(&**error)),
            sqlx::Error::Protocol(text) => {
                write!(f, "what answers does not speak PostgreSQL's protocol: {text}")
            }
            sqlx::Error::PoolTimedOut => f.write_str(
                "no connection of the pool was free in time: all are in use, or the server does not answer",
            ),
            sqlx::Error::PoolClosed => f.write_str("the pool of connections is closed"),
            error => Reason(error).fmt(f),
        }
    }
}

impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(super) fn of_migration(error: &sqlx::migrate::MigrateError) -> String {
    use sqlx::migrate::MigrateError;
    match error {
        MigrateError::Execute(error) => Words(error).to_string(),
        MigrateError::ExecuteMigration(error, version) => {
            format!("migration {version}: {}", Words(error))
        }
        error => Reason(error).to_string(),
    }
}

/// The driver's error in a chain of causes.
pub(super) fn driver<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a sqlx::Error> {
    Reason(error).causes().find_map(|cause| {
        let own = cause.downcast_ref::<Error>().and_then(Error::direct);
        let shared = || cause.downcast_ref::<SqlError>().map(SqlError::driver);
        own.or_else(shared).or_else(|| cause.downcast_ref())
    })
}

/// An error of user code, whose message repeats what `sqlx` says, in the words of this crate.
pub(crate) fn in_words(error: BoxError) -> BoxError {
    let error = match error.downcast::<sqlx::Error>() {
        Ok(error) => return SqlError::from(*error).into(),
        Err(error) => error,
    };
    let Some(sql) = driver(&*error) else { return error };
    let told = Reason(&*error).to_string();
    let words = told.replace(&sql.to_string(), &Words(sql).to_string());
    match words == told {
        true => error,
        false => Reworded { words, error }.into(),
    }
}

/// An error of user code that is told in other words than its own.
struct Reworded {
    words: String,
    error: BoxError,
}

impl fmt::Display for Reworded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl fmt::Debug for Reworded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Reworded {}

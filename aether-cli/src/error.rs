//! What can go wrong with a command, in one line.

use std::io;
use std::process::ExitCode;

use aether_core::BoxError;
use aether_core::backend::Reason;

use crate::output::plain;

/// Why a command failed. Its text is one line: what was expected, what was found, what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection to the database.
    #[error(
        "no connection to {server} within 5 s: {source}; check --database-url and that the server runs"
    )]
    Connect {
        /// Where the database was looked for, without the password.
        server: String,
        /// Why there is none.
        r#source: BoxError,
    },
    /// The database has no schema, or that of an older version.
    #[error("the database is not up to date: {0}; run `migrate` first")]
    Schema(aether_postgres::Error),
    /// The store could not do what was asked.
    #[error(transparent)]
    Store(aether_postgres::Error),
    /// What was asked for is not there, or cannot be done as it was asked.
    #[error("{0}")]
    Request(String),
    /// The operator said no, or could not be asked.
    #[error("{0}")]
    NotConfirmed(&'static str),
    /// A check has found something. The findings were printed.
    #[error("{}", found(*.0))]
    Unsound(u64),
    /// An import could not go on.
    #[error(
        "{place}: {reason}; {stored} events of the lines before are stored; once it is put right, import \
         the same lines again: what is there is passed over"
    )]
    Import {
        /// The line, or the lines of the batch, counted from 1.
        place: String,
        /// What is wrong with it.
        reason: String,
        /// How many events this import has stored.
        stored: u64,
    },
    /// A migration or a verifier failed.
    #[error("{name} failed: {}", Reason(&**source))]
    Host {
        /// Its name.
        name: String,
        /// Why.
        r#source: BoxError,
    },
    /// A file could not be read, or the output not be written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        r#source: io::Error,
    },
}

fn found(problems: u64) -> String {
    match problems {
        1 => "1 problem was found; it is listed above".to_owned(),
        _ => format!("{problems} problems were found; they are listed above"),
    }
}

impl Error {
    /// Whether the same command may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } => true,
            Self::Store(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Whether the reader of the output has gone away.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl From<aether_postgres::Error> for Error {
    fn from(error: aether_postgres::Error) -> Self {
        match error.is_schema_missing() {
            true => Self::Schema(error),
            false => Self::Store(error),
        }
    }
}

impl From<aether_core::Error> for Error {
    fn from(error: aether_core::Error) -> Self {
        aether_postgres::Error::from(error).into()
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Io { what: "the output could not be written".to_owned(), source }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// Prints the error, if there is one, on standard error, and says how the process is to end: 0, or 1.
/// (Wrong usage is told by clap, with exit code 2.)
#[must_use]
pub fn exit_code(result: Result<(), Error>) -> ExitCode {
    use std::io::Write as _;
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            // nobody is left to tell if this fails
            let _ = writeln!(io::stderr(), "error: {}", plain(&line));
            ExitCode::FAILURE
        }
    }
}

//! What can go wrong while a server is found, started or used.

use std::path::PathBuf;

/// Why a server cannot be had, and what to do about it.
///
/// Nothing is ever skipped silently: a test that needs a server fails with this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServersError {
    /// Neither an address, nor a program, nor Docker.
    #[error(
        "no {server}: install postgresql and redis-server (apt-get install postgresql redis-server, \
         or brew install postgresql redis), or build aether-servers with its feature docker and start Docker, \
         or set {variable} to a running server"
    )]
    NothingFound {
        /// `PostgreSQL` or `Redis`.
        server: &'static str,
        /// The environment variable that would give its address.
        variable: &'static str,
    },

    /// Several processes that belong together are only started from a local program.
    #[error(
        "{what} needs a local redis-server, Docker does not do: install it (apt-get install \
         redis-server, or brew install redis), or set its address in the environment"
    )]
    NeedsLocalRedis {
        /// A Redis Cluster, or Redis with Sentinel.
        what: &'static str,
    },

    /// Processes that belong together do not get on; their logs may say why.
    #[error("not within a minute: {what}")]
    NotReady {
        /// What is missing.
        what: &'static str,
    },

    /// `AETHER_PG_BIN`, or the folder in the options, is not one of PostgreSQL.
    #[error("{folder} has no initdb and postgres: set AETHER_PG_BIN to a PostgreSQL bin folder")]
    NotABinFolder {
        /// The folder that was named.
        folder: PathBuf,
    },

    /// We are root, the server must not be, and its user cannot reach the program.
    #[error(
        "user {user} may not run {program}: root cannot run PostgreSQL, so put the program where \
         every user can read it, or do not work as root"
    )]
    OutOfReach {
        /// The program.
        program: PathBuf,
        /// The user that was to run it.
        user: String,
    },

    /// The server ended, or did not answer in time. Trying again rarely helps: read the log.
    #[error("{server} did not start, its log ends with:\n{log}")]
    DidNotStart {
        /// `PostgreSQL` or `Redis`.
        server: &'static str,
        /// The last lines of its log.
        log: String,
    },

    /// Nobody answers under the address of the environment.
    #[error("{variable} names a server that does not answer: start it, or unset the variable")]
    NotAnswering {
        /// The environment variable with the address.
        variable: &'static str,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A server of the environment belongs to somebody else.
    #[error(
        "cannot {action} a server of the environment: unset AETHER_DATABASE_URL and AETHER_REDIS_URL"
    )]
    NotOurs {
        /// What was asked.
        action: &'static str,
    },

    /// A statement failed.
    #[error("could not {action}")]
    Sql {
        /// What was tried.
        action: &'static str,
        /// The server's answer.
        #[source]
        source: sqlx::Error,
    },

    /// The closure that fills a template database failed; the template is made again next time.
    #[error("could not prepare the template database {template}")]
    Prepare {
        /// The template.
        template: String,
        /// What the closure returned.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A file, a process or a signal failed.
    #[error("could not {action}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },

    /// Docker answered, but not with a server.
    #[error("could not {action} with Docker")]
    Docker {
        /// What was tried.
        action: &'static str,
        /// Docker's answer.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ServersError {
    pub(super) fn io(action: &'static str) -> impl FnOnce(std::io::Error) -> ServersError {
        move |source| ServersError::Io { action, source }
    }

    pub(super) fn sql(action: &'static str) -> impl FnOnce(sqlx::Error) -> ServersError {
        move |source| ServersError::Sql { action, source }
    }

    pub(super) fn docker<E>(action: &'static str) -> impl FnOnce(E) -> ServersError
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| ServersError::Docker { action, source: source.into() }
    }
}

//! Where the database is.

use std::fmt;
use std::time::Duration;

use aether_postgres::PgStore;
use clap::Args;

use crate::error::Error;

/// The options that say where the database is. Flatten them into your program's options; they are
/// global, so that they may stand before or after the command.
#[derive(Clone, Args)]
pub struct DatabaseOptions {
    /// The database, as postgres://user:password@host:port/name
    #[arg(
        long,
        global = true,
        env = "AETHER_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database_url: Option<String>,
    /// Prepare no statements: for a pooler in transaction mode that does not know them
    #[arg(long, global = true)]
    pub unprepared: bool,
}

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

impl DatabaseOptions {
    /// Connects with a small pool, fit for one command.
    ///
    /// # Errors
    ///
    /// [`Error::Request`] if no URL was given or it is no address of a database, [`Error::Connect`] if there is no
    /// connection (a retry may help).
    pub async fn connect(&self) -> Result<PgStore, Error> {
        let Some(url) = &self.database_url else {
            return Err(Error::Request(
                "no database: say --database-url postgres://…, or set AETHER_DATABASE_URL"
                    .to_owned(),
            ));
        };
        let builder = PgStore::builder().max_connections(4).acquire_timeout(PATIENCE);
        let builder = match self.unprepared {
            true => builder.unprepared(),
            false => builder,
        };
        builder.connect(url).await.map_err(|error| match error {
            aether_postgres::Error::Address { reason } => Error::Request(format!(
                "no connection to the database: its address cannot be used: {reason}"
            )),
            aether_postgres::Error::Connect { server, source } => {
                Error::Connect { server, source: aether_postgres::SqlError::from(source).into() }
            }
            error => error.into(),
        })
    }
}

// the address may hold a password
impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database_url = self.database_url.as_ref().map(|_| format_args!("…"));
        f.debug_struct("DatabaseOptions")
            .field("database_url", &database_url)
            .field("unprepared", &self.unprepared)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_do_not_show_the_address() {
        for url in ["postgres://anna:hunter2@db/studio", "postgres://anna:12#hunter2@db/studio"] {
            let options = DatabaseOptions { database_url: Some(url.to_owned()), unprepared: true };
            let shown = format!("{options:?} {options:#?}");
            assert!(!shown.contains("hunter2") && !shown.contains("anna"), "{shown}");
            assert!(shown.contains("unprepared: true"), "{shown}");
        }
    }
}

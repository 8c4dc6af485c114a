//! Where the database is.

use std::time::Duration;

use aether_postgres::PgStore;
use clap::Args;

use crate::error::Error;

/// The options that say where the database is. Flatten them into your program's options; they are
/// global, so that they may stand before or behind the command.
#[derive(Debug, Clone, Args)]
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
    /// [`Error::Request`] if no URL was given, [`Error::Connect`] if nobody answers there (a retry may
    /// help).
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
        let unreachable = |error: aether_postgres::Error| {
            let source = match error {
                // the connection says enough
                aether_postgres::Error::Database(error) => error.into(),
                error => error.into(),
            };
            Error::Connect { server: without_secrets(url), source }
        };
        builder.connect(url).await.map_err(unreachable)
    }
}

/// Host and database of a URL, without user and password; nothing of what is no URL.
fn without_secrets(url: &str) -> String {
    let Some((_, rest)) = url.split_once("://") else {
        return "the database".to_owned();
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((_, place)) => place.to_owned(),
        None => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_password_is_never_told() {
        let told = [
            "postgres://anna:p@ss@db.example:5432/jeu?sslmode=require",
            "postgres://db.example/jeu",
            "host=db password=secret",
        ]
        .map(without_secrets);
        assert_eq!(told, ["db.example:5432/jeu", "db.example/jeu", "the database"]);
    }
}

//! A database of its own for every test.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::ServersError;
use super::template;

/// How long dropping a database may hold up the end of a test.
const DROP_LIMIT: Duration = Duration::from_secs(5);

/// A database that nobody else uses, dropped with this value.
///
/// Connections that are still open are closed by the server then.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
    /// The maintenance database of the server; `None` once this database is dropped.
    server: Option<String>,
}

impl Database {
    pub(super) async fn create(
        server: &str,
        template: Option<&str>,
    ) -> Result<Database, ServersError> {
        let name = format!("aether_{}", Uuid::new_v4().simple());
        template::create(server, &name, template).await?;
        let url = template::url_of(server, &name);
        Ok(Database { name, url, server: Some(server.to_owned()) })
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Drops the database and returns when it is gone.
    ///
    /// # Errors
    ///
    /// [`ServersError::Sql`] when the server refuses or does not answer; the database is then left.
    pub async fn drop(mut self) -> Result<(), ServersError> {
        match self.server.take() {
            Some(server) => {
                let dropped = drop_database(&server, &self.name).await;
                dropped.map_err(ServersError::sql("drop a database"))
            }
            None => Ok(()),
        }
    }
}

impl Drop for Database {
    /// Best effort, for up to five seconds, on a thread: the runtime of a test may be ending.
    fn drop(&mut self) {
        let Some(server) = self.server.take() else {
            return;
        };
        let name = std::mem::take(&mut self.name);
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let dropped = runtime.block_on(async {
                tokio::time::timeout(DROP_LIMIT, drop_database(&server, &name)).await
            });
            if !matches!(dropped, Ok(Ok(()))) {
                tracing::debug!(name, ?dropped, "a test database is left behind");
            }
            Ok::<(), std::io::Error>(())
        };
        // Waiting keeps the promise when the process ends right after the test.
        let _ = std::thread::spawn(work).join();
    }
}

async fn drop_database(server: &str, name: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    let sql = format!("drop database if exists \"{name}\" with (force)");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await
}

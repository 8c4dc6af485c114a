//! Template databases: prepared once per server, then copied for every test.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::ServersError;

/// How long a copy waits for the template's last connection to close.
const BUSY_LIMIT: Duration = Duration::from_secs(20);
/// PostgreSQL's `object_in_use`: "source database … is being accessed by other users".
const OBJECT_IN_USE: &str = "55006";

/// Makes sure that a template is there and returns its database's name.
pub(super) async fn ensure<F, P, E>(
    server: &str,
    template: &str,
    prepare: F,
) -> Result<String, ServersError>
where
    F: FnOnce(String) -> P,
    P: Future<Output = Result<(), E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, template.as_bytes());
    let name = format!("aether_template_{}", id.simple());
    let doing = "look for a template database";
    let mut connection =
        PgConnection::connect(server).await.map_err(ServersError::sql("connect to a server"))?;
    if !is_ready(&mut connection, &name).await.map_err(ServersError::sql(doing))? {
        // Across processes: those who wait here find the template ready afterwards. The lock goes
        // with the connection, also when we are killed.
        let (_, key) = id.as_u64_pair();
        sqlx::query("select pg_advisory_lock($1)")
            .bind(key.cast_signed())
            .execute(&mut connection)
            .await
            .map_err(ServersError::sql("lock a template database"))?;
        if !is_ready(&mut connection, &name).await.map_err(ServersError::sql(doing))? {
            make(&mut connection, server, &name, template, prepare).await?;
        }
    }
    connection.close().await.map_err(ServersError::sql(doing))?;
    Ok(name)
}

/// Creates a database, as a copy when a template is given.
pub(super) async fn create(
    server: &str,
    name: &str,
    template: Option<&str>,
) -> Result<(), ServersError> {
    let connected = PgConnection::connect(server).await;
    let mut connection = connected.map_err(ServersError::sql("connect to a server"))?;
    let deadline = Instant::now() + BUSY_LIMIT;
    let from = template.map(|template| format!("template \"{template}\"")).unwrap_or_default();
    let strategy = strategy(&mut connection).await;
    let strategy = strategy.map_err(ServersError::sql("ask for the settings of a server"))?;
    let sql = format!("create database \"{name}\" {from} {strategy}");
    loop {
        match execute(&mut connection, sql.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            created => {
                created.map_err(ServersError::sql("create a database"))?;
                let closed = connection.close().await;
                return closed.map_err(ServersError::sql("create a database"));
            }
        }
    }
}

/// The address of another database on the same server.
pub(super) fn url_of(server: &str, name: &str) -> String {
    match url::Url::parse(server) {
        Ok(mut url) => {
            url.set_path(name);
            url.into()
        }
        // Nothing that sqlx would have connected to.
        Err(_) => server.to_owned(),
    }
}

async fn make<F, P, E>(
    connection: &mut PgConnection,
    server: &str,
    name: &str,
    template: &str,
    prepare: F,
) -> Result<(), ServersError>
where
    F: FnOnce(String) -> P,
    P: Future<Output = Result<(), E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let sql = ServersError::sql;
    let dropping = format!("drop database if exists \"{name}\" with (force)");
    execute(connection, dropping).await.map_err(sql("drop a half-made template database"))?;
    let creating = format!("create database \"{name}\"");
    execute(connection, creating).await.map_err(sql("create a template database"))?;
    prepare(url_of(server, name)).await.map_err(|error| ServersError::Prepare {
        template: template.to_owned(),
        source: error.into(),
    })?;
    // Being marked as a template is what says that it is complete; nobody may change it any more.
    let marking =
        format!("alter database \"{name}\" with allow_connections false is_template true");
    execute(connection, marking).await.map_err(sql("mark a template database"))?;
    // A pool of `prepare` may still be closing.
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
        .bind(name)
        .execute(connection)
        .await
        .map(drop)
        .map_err(sql("close the connections of a template database"))
}

/// Copying files is twice as fast as writing the copy to the WAL, unless its two checkpoints wait for
/// the disk.
async fn strategy(connection: &mut PgConnection) -> Result<&'static str, sqlx::Error> {
    let sql = "select current_setting('server_version_num')::int >= 150000 \
               and not current_setting('fsync')::bool";
    let copy_files: bool = sqlx::query_scalar(sql).fetch_one(connection).await?;
    Ok(if copy_files { "strategy file_copy" } else { "" })
}

async fn is_ready(connection: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from pg_database where datname = $1 and datistemplate)",
    )
    .bind(name)
    .fetch_one(connection)
    .await
}

async fn execute(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(OBJECT_IN_USE))
}

#[cfg(test)]
mod tests {
    use super::url_of;

    #[test]
    fn another_database_keeps_the_rest_of_the_address() {
        let url = url_of("postgres://me:pw@host:5433/postgres?sslmode=disable", "mine");
        assert_eq!(url, "postgres://me:pw@host:5433/mine?sslmode=disable");
    }
}

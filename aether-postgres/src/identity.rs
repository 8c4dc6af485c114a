//! What tells a log from every other one.

use aether_core::Result;
use sqlx::Row as _;

use crate::database::Database;
use crate::error::read_error;

/// The schema that holds the log: the first of the search path that has its tables. Survives migrations.
const SCHEMA: &str =
    "SELECT relnamespace::text FROM pg_class WHERE oid = 'aether_streams'::regclass";

/// The [name](Database::name) of the database, and the log's schema in it; `None` without a name.
pub(crate) async fn of(database: &Database) -> Result<Option<String>> {
    let Some(name) = database.name().await? else { return Ok(None) };
    let row = database
        .run(async |connection, mode| mode.query(SCHEMA).fetch_one(connection).await)
        .await?;
    let schema: String = row.try_get(0).map_err(read_error)?;
    Ok(Some(format!("{name}/{schema}")))
}

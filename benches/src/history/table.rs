//! The log as a database has it.

use anyhow::Result;
use futures::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgPool;

use super::book::Book;
use super::check::{Account, Checker, Row};

/// Holds a history against the log of a database.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn check_table(book: Book, pool: &PgPool) -> Result<Account> {
    let mut checker = Checker::new(book);
    let mut rows = sqlx::query(
        "SELECT event_sequence, event_id, coalesce((payload->>'mark')::uuid, event_id), aggregate_id,
                aggregate_version, event_type, aggregate_type, (payload->>'amount')::bigint
         FROM aether_log ORDER BY event_sequence",
    )
    .fetch(pool);
    while let Some(row) = rows.try_next().await? {
        checker.row(Row {
            position: row.try_get::<i64, _>(0)?.cast_unsigned(),
            event: row.try_get(1)?,
            mark: row.try_get(2)?,
            stream: row.try_get(3)?,
            version: row.try_get::<i32, _>(4)?.cast_unsigned(),
            event_type: row.try_get(5)?,
            aggregate_type: row.try_get(6)?,
            amount: row.try_get(7)?,
        });
    }
    drop(rows);
    let heads =
        sqlx::query("SELECT aggregate_id, version FROM aether_streams").fetch_all(pool).await?;
    let heads =
        heads.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i32, _>(1)?.cast_unsigned())));
    let heads = heads.collect::<sqlx::Result<Vec<_>>>()?;
    Ok(checker.finish(heads))
}

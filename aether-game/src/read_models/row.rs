//! Rows as values. A row is one JSON object whose members are the columns: it is written, read and compared as that.

use std::fmt::Display;

use aether_core::BoxError;
use aether_postgres::PgTx;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failed;

/// A row of a table. Its fields are the table's columns, each by its name, but for `updated_at`.
pub trait Row: Serialize + DeserializeOwned {
    /// The table.
    const TABLE: &'static str;

    /// What identifies a row.
    type Key: Ord + Display;

    /// The key of this row.
    fn key(&self) -> Self::Key;
}

/// Writes what a batch changes about a table, with one statement. It takes the changes as a JSON array; without any, nothing is asked.
pub(super) async fn write<C: Serialize>(
    changes: &[C],
    sql: &'static str,
    tx: &mut PgTx,
) -> Result<(), BoxError> {
    if changes.is_empty() {
        return Ok(());
    }
    let changes = serde_json::to_string(changes)?;
    sqlx::query(sql).bind(changes).execute(&mut **tx).await.map_err(failed)?;
    Ok(())
}

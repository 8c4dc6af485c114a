//! Rows as values. A row is a struct whose fields are the columns: it is written, read and compared as that.

use std::fmt::Display;

use aether_core::BoxError;
use aether_postgres::PgTx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::AssertSqlSafe;

use super::failed;

/// A row of a table. Its fields are the table's columns, each by its name, but for `updated_at`.
pub trait Row: Serialize + DeserializeOwned {
    /// The table.
    const TABLE: &'static str;

    /// The table to which old rows move, if there is one.
    const ARCHIVE: Option<&'static str> = None;

    /// What identifies a row.
    type Key: Ord + Display;

    /// The key of this row.
    fn key(&self) -> Self::Key;
}

/// Writes what a batch changes about a table, with one statement; without any changes, nothing is asked.
///
/// The statement names the fields that it takes and their types, once: `changes(joueur_id uuid, pseudo text) AS d`. It is given an array
/// for each, which costs the server half of what a JSON array of all changes does.
pub(super) async fn write<C: Serialize>(
    changes: &[C],
    sql: &'static str,
    tx: &mut PgTx,
) -> Result<(), BoxError> {
    if changes.is_empty() {
        return Ok(());
    }
    let statement = Statement::of(sql).ok_or("a statement without changes(…) AS d")?;
    let objects = changes.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
    let mut query = sqlx::query(AssertSqlSafe(statement.sql()));
    for (name, kind) in &statement.columns {
        if objects.iter().any(|it| it.get(*name).is_none()) {
            return Err(format!("a change has no field {name}, which its statement takes").into());
        }
        let column: Vec<_> = objects.iter().map(|it| text(it.get(*name), kind)).collect();
        query = query.bind(column);
    }
    query.execute(&mut **tx).await.map_err(failed)?;
    Ok(())
}

/// A statement and the columns of its changes.
struct Statement {
    before: &'static str,
    columns: Vec<(&'static str, &'static str)>,
    after: &'static str,
}

impl Statement {
    fn of(sql: &'static str) -> Option<Self> {
        let (before, rest) = sql.split_once("changes(")?;
        let (columns, after) = rest.split_once(") AS d")?;
        let columns = columns.split(',').map(|it| it.trim().split_once(' '));
        let unquoted = |(name, kind): (&'static str, _)| (name.trim_matches('"'), kind);
        let columns = columns.map(|it| it.map(unquoted)).collect::<Option<_>>()?;
        Some(Self { before, columns, after })
    }

    fn sql(&self) -> String {
        let (before, after) = (self.before, self.after);
        let arrays = (1..).zip(&self.columns);
        let arrays: Vec<_> =
            arrays.map(|(n, (_, kind))| format!("${n}::text[]::{kind}[]")).collect();
        let names: Vec<_> = self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        format!("{before}unnest({}) AS d({}){after}", arrays.join(", "), names.join(", "))
    }
}

/// A field as text that the server reads as a value of this type.
fn text(value: Option<&Value>, kind: &str) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) if kind != "jsonb" => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

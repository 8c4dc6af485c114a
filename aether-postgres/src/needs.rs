//! What this release needs of the schema, for one that a newer release has changed.

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, SqlSafeStr as _};

use crate::error::Error;
use crate::functions;

/// Each statement names the tables, columns and functions that it needs.
const STATEMENTS: &[&str] = &[
    include_str!("sql/append.sql"),
    include_str!("sql/append_fingerprinted.sql"),
    include_str!("sql/append_locking.sql"),
    include_str!("sql/append_one.sql"),
    include_str!("sql/append_one_fingerprinted.sql"),
    include_str!("sql/blocked_aggregates.sql"),
    include_str!("sql/claim_checkpoint.sql"),
    include_str!("sql/due_tasks.sql"),
    include_str!("sql/fence.sql"),
    include_str!("sql/find_command.sql"),
    include_str!("sql/forget_processes.sql"),
    include_str!("sql/inline_seen.sql"),
    include_str!("sql/letters_differ.sql"),
    include_str!("sql/load.sql"),
    include_str!("sql/move_checkpoint.sql"),
    include_str!("sql/older_transactions.sql"),
    include_str!("sql/open_processes.sql"),
    include_str!("sql/ordered_letters.sql"),
    include_str!("sql/park_letters.sql"),
    include_str!("sql/partitions.sql"),
    include_str!("sql/process_backlog.sql"),
    include_str!("sql/prune_fences.sql"),
    include_str!("sql/prune_snapshots.sql"),
    include_str!("sql/put_command_off.sql"),
    include_str!("sql/put_timer_off.sql"),
    include_str!("sql/rebuilds_in_the_way.sql"),
    include_str!("sql/record_run.sql"),
    include_str!("sql/refresh_statement.sql"),
    include_str!("sql/register_projection.sql"),
    include_str!("sql/repeated_events.sql"),
    include_str!("sql/reset_projection.sql"),
    include_str!("sql/resolve.sql"),
    include_str!("sql/save_processes.sql"),
    include_str!("sql/save_snapshot.sql"),
    include_str!("sql/select_letters.sql"),
    include_str!("sql/shard_lag.sql"),
    include_str!("sql/stored_projection.sql"),
    include_str!("sql/stuck_tasks.sql"),
    include_str!("sql/tables_taken.sql"),
    include_str!("sql/take_timer.sql"),
    include_str!("sql/unsound_streams.sql"),
    include_str!("sql/void_command.sql"),
];

/// Whether everything is still there, as the server sees it.
///
/// # Errors
///
/// [`Error::SchemaAhead`] with what is gone, [`Error::Database`] if the server cannot be asked.
pub(crate) async fn check(
    connection: &mut PgConnection,
    found: i64,
    known: i64,
) -> Result<(), Error> {
    let gone = functions::missing(&mut *connection).await?;
    if !gone.is_empty() {
        return Err(Error::SchemaAhead { found, known, missing: gone.join(", ") });
    }
    for sql in STATEMENTS {
        let mut savepoint = connection.begin().await?;
        let prepared = (&mut *savepoint).prepare((*sql).into_sql_str()).await;
        savepoint.rollback().await?;
        match prepared {
            Err(sqlx::Error::Database(error)) if is_lack(error.code().as_deref()) => {
                let missing = error.message().to_owned();
                return Err(Error::SchemaAhead { found, known, missing });
            }
            // that the type of a parameter is not clear without a value says nothing
            Ok(_) | Err(sqlx::Error::Database(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// An unknown table, column, function, type or schema; a column of another type.
fn is_lack(code: Option<&str>) -> bool {
    matches!(code, Some("42P01" | "42703" | "42883" | "42704" | "3F000" | "42804"))
}

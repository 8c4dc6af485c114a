//! What is kept under command ids.

use aether_core::command::CommandFingerprint;
use aether_core::log::{Append, Appended, StreamId, Written};
use aether_core::{CommandId, Error, Position, Result};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use crate::database::{Database, Mode};
use crate::rows::version;

const FIND: &str = include_str!("../sql/find_command.sql");
const VOID: &str = include_str!("../sql/void_command.sql");

/// The first result of a command id. One that was used up without a result has none.
pub(crate) async fn find_command(
    database: &Database,
    id: CommandId,
    fingerprint: Option<CommandFingerprint>,
) -> Result<Option<Appended>> {
    first(FIND, database, id, fingerprint).await
}

/// Uses a command id up, unless it has a result, which is returned then.
pub(crate) async fn void_command(
    database: &Database,
    id: CommandId,
    fingerprint: Option<CommandFingerprint>,
) -> Result<Option<Appended>> {
    // a call whose answer is lost is made again: nothing depends on how often
    first(VOID, database, id, fingerprint).await
}

/// The first result itself, and not as a repetition gets it.
async fn first(
    sql: &'static str,
    database: &Database,
    id: CommandId,
    fingerprint: Option<CommandFingerprint>,
) -> Result<Option<Appended>> {
    let found =
        database.run(async |connection, mode| kept(sql, connection, mode, id, fingerprint).await);
    Ok(found.await??.map(|first| Appended { duplicate: false, ..first }))
}

/// What an append gets whose command id was used before.
pub(crate) async fn first_result(
    connection: &mut PgConnection,
    mode: Mode,
    append: &Append,
) -> sqlx::Result<Result<Appended>> {
    let Some(id) = append.command_id() else { return Ok(Ok(Appended::default())) };
    let first = kept(FIND, connection, mode, id, append.fingerprint()).await?;
    Ok(first.and_then(|first| first.ok_or(Error::CommandVoided { id })))
}

async fn kept(
    sql: &'static str,
    connection: &mut PgConnection,
    mode: Mode,
    id: CommandId,
    fingerprint: Option<CommandFingerprint>,
) -> sqlx::Result<Result<Option<Appended>>> {
    let query = mode.query(sql).bind(id.as_uuid());
    let query = query.bind(fingerprint.map(CommandFingerprint::as_uuid));
    let Some(row) = query.fetch_optional(connection).await? else { return Ok(Ok(None)) };
    let known = row.try_get::<Option<Uuid>, _>(5)?.map(CommandFingerprint::new);
    if CommandFingerprint::differ(known, fingerprint) {
        return Ok(Err(Error::CommandMismatch { id }));
    }
    result(&row).map(|first| Ok(Some(first)))
}

fn result(row: &PgRow) -> sqlx::Result<Appended> {
    let ids: Vec<Uuid> = row.try_get(0)?;
    let types: Vec<String> = row.try_get(1)?;
    let versions: Vec<i32> = row.try_get(2)?;
    let counts: Vec<i32> = row.try_get(3)?;
    let positions: Vec<i64> = row.try_get(4)?;
    let mut positions = positions.into_iter().map(|p| Position::new(p.cast_unsigned()));
    let writes = ids.into_iter().zip(types).zip(versions).zip(counts).map(
        |(((id, aggregate_type), number), count)| Written {
            stream: StreamId::new(aggregate_type, id),
            version: version(number),
            positions: positions.by_ref().take(usize::try_from(count).unwrap_or(0)).collect(),
        },
    );
    Ok(Appended { writes: writes.collect(), duplicate: true })
}

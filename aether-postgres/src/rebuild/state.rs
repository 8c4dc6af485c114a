//! Whose turn it is to rebuild: the rows of `aether_rebuilds`.

use std::time::Duration;

use aether_core::Position;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use crate::database::{Database, Terms};
use crate::error::Error;
use crate::tx::PgTx;

use super::shadow::Shadow;

/// One row.
struct Found {
    projection: String,
    shadow_schema: String,
    tables: Vec<String>,
    alive: bool,
}

/// Makes the shadow tables, or takes over those of a rebuild of the same projections that was interrupted.
/// The schema of `shadow` is then the one they are in. Returns the epoch under which it is ours.
pub(super) async fn claim(
    database: &Database,
    projections: &[&'static str],
    shadow: &mut Shadow,
    restart: bool,
    lease: Duration,
) -> Result<u64, Error> {
    let mut tx = begin(database).await?;
    let found = in_the_way(&mut tx, database, projections, shadow).await?;
    if let Some(running) = found.iter().find(|row| row.alive) {
        return Err(Error::RebuildRunning { projection: running.projection.clone() });
    }
    let epoch: i64 = database
        .mode
        .query("SELECT nextval('aether_epochs')")
        .fetch_one(&mut *tx)
        .await?
        .try_get(0)?;
    if found.is_empty() || restart {
        drop_all(&mut tx, database, &found).await?;
        shadow.create(&mut tx, database.mode).await.map_err(Error::of_rebuild)?;
        let insert =
            "INSERT INTO aether_rebuilds (projection, schema_name, tables, epoch, alive_until)
            SELECT p, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond'
            FROM unnest($1) AS p";
        database
            .mode
            .query(insert)
            .bind(projections)
            .bind(&shadow.schema)
            .bind(&shadow.tables)
            .bind(epoch)
            .bind(millis(lease))
            .execute(&mut *tx)
            .await?;
    } else {
        let mut wanted = projections.to_vec();
        wanted.sort_unstable();
        let same_schema = found.iter().all(|row| row.shadow_schema == found[0].shadow_schema);
        if !found.iter().map(|row| row.projection.as_str()).eq(wanted)
            || !same_schema
            || found[0].tables != shadow.tables
        {
            let names: Vec<_> = found.into_iter().map(|row| row.projection).collect();
            return Err(Error::RebuildInTheWay { projections: names.join(", ") });
        }
        shadow.schema.clone_from(&found[0].shadow_schema);
        shadow.compare(&mut tx, database.mode).await.map_err(Error::of_rebuild)?;
        let update = "UPDATE aether_rebuilds SET epoch = $2, phase = 'filling', updated_at = clock_timestamp(),
            alive_until = clock_timestamp() + $3 * interval '1 millisecond'
            WHERE projection = ANY ($1)";
        let query = database.mode.query(update).bind(projections).bind(epoch).bind(millis(lease));
        query.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(epoch.cast_unsigned())
}

/// For how long the longest of the rebuilds in the way of one of this projection counts as running.
pub(super) async fn counts_as_running(
    database: &Database,
    projection: &str,
) -> sqlx::Result<Option<Duration>> {
    let sql =
        "SELECT ceil(extract(epoch FROM max(r.alive_until) - clock_timestamp()) * 1000)::bigint
        FROM aether_rebuilds AS r
        WHERE r.alive_until > clock_timestamp() AND (r.projection = $1 OR EXISTS (
            SELECT FROM aether_rebuilds AS o
            WHERE o.projection = $1 AND (o.tables && r.tables OR o.schema_name = r.schema_name)))";
    let mut tx = database.begin().await?;
    let row = database.mode.query(sql).bind(projection).fetch_one(&mut *tx).await?;
    let left: Option<i64> = row.try_get(0)?;
    Ok(left.map(|millis| Duration::from_millis(millis.max(0).cast_unsigned())))
}

/// Drops what rebuilds of these projections have left, also if others were rebuilt with them. Whether
/// there was anything.
pub(super) async fn discard(database: &Database, projection: &str) -> Result<bool, Error> {
    let mut tx = begin(database).await?;
    let nothing = Shadow { schema: String::new(), tables: Vec::new() };
    let found = in_the_way(&mut tx, database, &[projection], &nothing).await?;
    drop_all(&mut tx, database, &found).await?;
    tx.commit().await?;
    Ok(!found.is_empty())
}

/// Clears the way for a rebuild in place: what interrupted ones have left is dropped.
pub(super) async fn clear(
    database: &Database,
    projections: &[&'static str],
    shadow: &Shadow,
) -> Result<(), Error> {
    let mut tx = begin(database).await?;
    let found = in_the_way(&mut tx, database, projections, shadow).await?;
    if let Some(running) = found.iter().find(|row| row.alive) {
        return Err(Error::RebuildRunning { projection: running.projection.clone() });
    }
    drop_all(&mut tx, database, &found).await?;
    tx.commit().await?;
    Ok(())
}

/// Says that we are still there, and what an operator wants to know.
pub(super) async fn keep_alive(
    database: &Database,
    schema: &str,
    epoch: u64,
    lease: Duration,
    progress: &super::RebuildProgress,
) -> sqlx::Result<()> {
    let sql = "UPDATE aether_rebuilds
        SET alive_until = clock_timestamp() + $3 * interval '1 millisecond', updated_at = clock_timestamp(),
            phase = $4, target = $5, events = $6
        WHERE schema_name = $1 AND epoch = $2";
    let mut tx = database.begin().await?;
    let query = database.mode.query(sql).bind(schema).bind(epoch.cast_signed()).bind(millis(lease));
    query
        .bind(progress.phase.as_str())
        .bind(progress.target.get().cast_signed())
        .bind(progress.events.cast_signed())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// Gives it up, for others to resume at once.
pub(super) async fn release(database: &Database, schema: &str, epoch: u64) -> sqlx::Result<()> {
    let sql = "UPDATE aether_rebuilds SET alive_until = '-infinity'
        WHERE schema_name = $1 AND epoch = $2";
    let mut tx = database.begin().await?;
    let query = database.mode.query(sql).bind(schema).bind(epoch.cast_signed());
    query.execute(&mut *tx).await?;
    tx.commit().await
}

/// Where our rebuild is: `None` if it is not ours any more, or over.
pub(super) async fn positions(
    on: &mut PgConnection,
    database: &Database,
    schema: &str,
    epoch: u64,
) -> sqlx::Result<Vec<(String, Position)>> {
    let sql = "SELECT projection, position FROM aether_rebuilds
        WHERE schema_name = $1 AND epoch = $2 ORDER BY projection FOR UPDATE";
    let query = database.mode.query(sql).bind(schema).bind(epoch.cast_signed());
    let rows = query.fetch_all(on).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, position(row, 1)?))).collect()
}

/// Where an unqualified new table would go.
pub(super) async fn current_schema(database: &Database) -> Result<String, Error> {
    let row = database
        .run(async |connection, mode| {
            mode.query("SELECT coalesce(current_schema()::text, 'public')")
                .fetch_one(connection)
                .await
        })
        .await
        .map_err(aether_core::Error::from)?;
    Ok(row.try_get(0)?)
}

pub(super) fn position(row: &PgRow, column: usize) -> sqlx::Result<Position> {
    Ok(Position::new(row.try_get::<i64, _>(column)?.cast_unsigned()))
}

/// Drops the tables that swaps have replaced. What cannot be dropped now waits for the next rebuild.
pub(super) async fn sweep(database: &Database) -> Result<(), Error> {
    begin(database).await?.commit().await?;
    Ok(())
}

/// One start, discard or swap at a time. Waits for no lock for long: others wait behind it. What a process has
/// left that ended after its swap is swept.
async fn begin(database: &Database) -> Result<PgTx, Error> {
    let terms = Terms::DURABLE
        .lock(Duration::from_secs(1))
        .then("SELECT pg_advisory_xact_lock(aether_lock_space() # 4, 0)");
    let mut tx = database.begin_with(terms).await?;
    let sweep = database.mode.query("SELECT aether_shadow_sweep()");
    for row in sweep.fetch_all(&mut *tx).await? {
        let reason: String = row.try_get(0)?;
        tracing::warn!(reason, "replaced tables cannot be dropped yet");
    }
    Ok(tx)
}

async fn in_the_way(
    tx: &mut PgTx,
    database: &Database,
    projections: &[&str],
    shadow: &Shadow,
) -> Result<Vec<Found>, Error> {
    let rows = database
        .mode
        .query(include_str!("../sql/rebuilds_in_the_way.sql"))
        .bind(projections)
        .bind(&shadow.tables)
        .fetch_all(&mut **tx)
        .await?;
    let found = |row: &PgRow| {
        Ok(Found {
            projection: row.try_get(0)?,
            shadow_schema: row.try_get(1)?,
            tables: row.try_get(2)?,
            alive: row.try_get(3)?,
        })
    };
    Ok(rows.iter().map(found).collect::<sqlx::Result<_>>()?)
}

async fn drop_all(tx: &mut PgTx, database: &Database, found: &[Found]) -> Result<(), Error> {
    for row in found {
        let sql = "SELECT aether_shadow_drop($1, $2)";
        let query = database.mode.query(sql).bind(&row.shadow_schema).bind(&row.tables);
        query.execute(&mut **tx).await.map_err(Error::of_rebuild)?;
        for sql in [
            "DELETE FROM aether_dead_letters WHERE projection = $1 AND rebuild",
            "DELETE FROM aether_rebuilds WHERE projection = $1",
        ] {
            database.mode.query(sql).bind(&row.projection).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

pub(super) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

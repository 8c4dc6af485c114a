//! Registers projections, and keeps those of other names away from their tables.

use std::time::Duration;

use aether_core::backend::Registration;
use aether_core::log::Name;
use aether_core::projection::Shard;
use aether_core::{Error, Result};
use sqlx::Row as _;

use crate::database::Terms;
use crate::error::{read_error, write_error};
use crate::read_models::{PgReadModels, begin_error};
use crate::tx::PgTx;

/// For how long its transaction waits for a lock, and may stand still.
const LIMIT: Duration = Duration::from_secs(5);

/// In one transaction. A second call after a lost answer finds what it did.
pub(crate) async fn register(
    models: &PgReadModels,
    registration: &Registration<'_>,
) -> Result<u16> {
    // one that stands still in the middle must not keep the others from theirs
    let terms = Terms::DURABLE.idle(LIMIT).lock(LIMIT);
    let mut tx = models.database.begin_with(terms).await.map_err(begin_error)?;
    // registrations go one after another: two of them must not miss each other's tables
    let lock = "LOCK TABLE aether_projections IN SHARE ROW EXCLUSIVE MODE";
    models.mode().query(lock).execute(&mut *tx).await.map_err(read_error)?;
    if let Some(old) = registration.formerly {
        rename(models, &mut tx, old, registration.projection).await.map_err(read_error)?;
    }
    refuse(models, &mut tx, registration).await?;
    let texts = |names: &[Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let row = models
        .mode()
        .query(include_str!("sql/register_projection.sql"))
        .bind(registration.projection.to_owned())
        .bind(i32::from(registration.shards.clamp(1, Shard::MAX)))
        .bind(texts(&registration.filter.event_types))
        .bind(texts(&registration.filter.aggregate_types))
        .bind(tables(registration))
        .fetch_one(&mut *tx)
        .await
        .map_err(read_error)?;
    let shards = row.try_get::<i32, _>(0).map_err(read_error)?.cast_unsigned() as u16;
    tx.commit().await.map_err(|error| match write_error(error) {
        // it can be called again
        Error::OutcomeUnknown { source } => Error::Unavailable { source },
        error => error,
    })?;
    Ok(shards)
}

/// What is kept under the old name goes over to the new one, unless that one is known. A runner under the old name finds
/// no checkpoint any more.
async fn rename(models: &PgReadModels, tx: &mut PgTx, old: &str, now: &str) -> sqlx::Result<()> {
    const RENAME: &str = "UPDATE aether_projections SET projection = $2 WHERE projection = $1 \
        AND NOT EXISTS (SELECT FROM aether_projections AS p WHERE p.projection = $2)";
    const THEN: [&str; 4] = [
        "UPDATE aether_checkpoints SET projection = $2 WHERE projection = $1",
        "UPDATE aether_dead_letters SET projection = $2 WHERE projection = $1 AND NOT rebuild",
        "DELETE FROM aether_projection_names WHERE old = $2 AND $1 <> $2",
        "INSERT INTO aether_projection_names (old, now) VALUES ($1, $2) \
         ON CONFLICT (old) DO UPDATE SET now = $2, changed = clock_timestamp()",
    ];
    let query = |sql| models.mode().query(sql).bind(old.to_owned()).bind(now.to_owned());
    if query(RENAME).execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    for sql in THEN {
        query(sql).execute(&mut **tx).await?;
    }
    tracing::info!(projection = now, formerly = old, "projection renamed");
    Ok(())
}

/// Fails if the projection has another name now, or fills a table of another one.
async fn refuse(
    models: &PgReadModels,
    tx: &mut PgTx,
    registration: &Registration<'_>,
) -> Result<()> {
    let projection = registration.projection.to_owned();
    let named = "SELECT now FROM aether_projection_names WHERE old = $1";
    let named = models.mode().query(named).bind(projection.clone()).fetch_optional(&mut **tx);
    if let Some(row) = named.await.map_err(read_error)? {
        let now = row.try_get(0).map_err(read_error)?;
        return Err(Error::Renamed { projection, now });
    }
    let taken = models
        .mode()
        .query(include_str!("sql/tables_taken.sql"))
        .bind(projection.clone())
        .bind(tables(registration))
        .fetch_optional(&mut **tx);
    if let Some(row) = taken.await.map_err(read_error)? {
        let owner = row.try_get(0).map_err(read_error)?;
        let table = row.try_get(1).map_err(read_error)?;
        return Err(Error::TablesTaken { projection, table, owner });
    }
    Ok(())
}

fn tables(registration: &Registration<'_>) -> Vec<String> {
    registration.tables.iter().map(ToString::to_string).collect()
}

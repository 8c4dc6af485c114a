//! The small way: delete and fill again in one transaction.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use aether_core::backend::{ProjectionProgress, RebuildReport};
use aether_core::log::Read;
use aether_core::{Error as CoreError, Position};
use sqlx::Row as _;

use crate::database::Terms;
use crate::error::{Error, Failure};
use crate::tx::PgTx;

use super::job::{Job, wanted};
use super::overtaken::is_overtaken;
use super::shadow::quoted;
use super::state;
use super::within::project_within;

/// # Errors
///
/// As [`super::Rebuild::in_place`].
pub(super) async fn rebuild(job: &Job) -> Result<RebuildReport, Error> {
    let begun = Instant::now();
    let deadline = begun + job.patience();
    loop {
        let error = match rebuild_once(job, begun).await {
            Ok(Some(report)) => return Ok(report),
            Ok(None) => overtaken(),
            Err(Error::Database(error)) => {
                match Failure::of(&error) {
                    Failure::LockTimeout | Failure::RolledBack => {}
                    _ => return Err(error.into()),
                }
                error.into()
            }
            Err(error) => return Err(error),
        };
        if Instant::now() > deadline {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Nothing was changed: rows of events that cannot be read yet would have been lost.
fn overtaken() -> Error {
    let source =
        "an append that is still running keeps events of an inline projection from being read";
    CoreError::Timeout { source: source.into() }.into()
}

/// `None`: not now.
async fn rebuild_once(job: &Job, begun: Instant) -> Result<Option<RebuildReport>, Error> {
    let (mode, names) = (job.database.mode, job.names());
    state::clear(&job.database, &names, &job.shadow).await?;
    let terms = Terms::DURABLE.lock(Duration::from_secs(1));
    let mut tx = job.database.begin_with(terms).await?;
    check(&mut tx, job).await?;

    // readers go on; writers wait until the end
    let tables: Vec<_> = job.shadow.tables.iter().map(|name| quoted(name)).collect();
    let lock = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", tables.join(", "));
    mode.assembled(lock).execute(&mut *tx).await?;
    let live = mode
        .query(
            "SELECT coalesce(max(position), 0) FROM aether_checkpoints WHERE projection = ANY ($1)",
        )
        .bind(&names)
        .fetch_one(&mut *tx)
        .await?;
    let live = state::position(&live, 0)?;
    // in one statement: foreign keys among them are looked at after it
    let deletes: Vec<_> = tables
        .iter()
        .enumerate()
        .map(|(place, table)| format!("d{place} AS (DELETE FROM {table})"))
        .collect();
    mode.assembled(format!("WITH {} SELECT", deletes.join(", "))).execute(&mut *tx).await?;

    // no further: what is appended from now on is for the live projection, which waits for the locks
    let end = job.log.end_within(&mut tx, &job.database).await?;
    if live > end {
        return Err(CoreError::PositionAhead { requested: live, last: end }.into());
    }
    if is_overtaken(&mut tx, job, end).await? {
        return Ok(None);
    }
    let (position, projections, events) = fill(&mut tx, job, end).await?;
    let finish = mode.query("SELECT aether_rebuild_finish($1, $2, 0)").bind(&names);
    let letters: i64 =
        finish.bind(position.get().cast_signed()).fetch_one(&mut *tx).await?.try_get(0)?;
    tx.commit().await?;
    let mut report = RebuildReport::new(position, events, begun.elapsed());
    report.dead_letters = letters.cast_unsigned();
    report.projections = projections;
    Ok(Some(report))
}

/// The log up to `end` into the tables.
async fn fill(
    tx: &mut PgTx,
    job: &Job,
    end: Position,
) -> Result<(Position, Vec<ProjectionProgress>, u64), Error> {
    let mut blocked: HashMap<&str, HashSet<_>> = HashMap::new();
    let mut projections: Vec<_> = job
        .names()
        .into_iter()
        .map(|projection| ProjectionProgress::new(projection, Position::START))
        .collect();
    let mut read = Read::all().until(end).filter(job.filter()).limit(job.batch_size());
    let mut count = 0;
    loop {
        let page = job.log.read_within(tx, &job.database, &read).await?;
        count += page.events.len() as u64;
        for (projection, progress) in job.projections.iter().zip(&mut projections) {
            let events = wanted(&page.events, &projection.handler, Position::START);
            progress.events += events.len() as u64;
            progress.position = page.position;
            if events.is_empty() {
                continue;
            }
            let blocked = blocked.entry(projection.handler.name()).or_default();
            let mode = job.database.mode;
            let settings = projection.handler.settings();
            project_within(tx, mode, &projection.handler, &events, blocked, &settings).await?;
        }
        read = read.after(page.position);
        if page.caught_up {
            return Ok((page.position, projections, count));
        }
    }
}

/// Rows of other tables that refer to these would be deleted with them, or keep them from being deleted.
async fn check(tx: &mut PgTx, job: &Job) -> Result<(), Error> {
    let sql = "SELECT format('%s refers to %s', k.conrelid::regclass, k.confrelid::regclass)
        FROM pg_constraint AS k, aether_shadow_tables($1) AS t(oids)
        WHERE k.contype = 'f' AND k.confrelid = ANY (t.oids) AND NOT k.conrelid = ANY (t.oids)
        ORDER BY 1";
    let rows = job.database.mode.query(sql).bind(&job.shadow.tables).fetch_all(&mut **tx).await?;
    let reasons: Vec<String> =
        rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(Error::NotRebuildable { reason: reasons.join("; ") }),
    }
}

//! Rows of inline projections whose events cannot be read yet: they are in the live tables, and nowhere else.

use aether_core::Position;
use sqlx::Row as _;

use crate::error::Error;
use crate::rows::{COLUMNS, RowReader};
use crate::tx::PgTx;

use super::job::Job;

/// More positions than this are not looked into: the rebuild comes again.
const MOST: i64 = 10_000;

/// Whether an append has shown a projection an event past `position` inside of its own transaction. Readers see it only
/// when older appends have ended: the old rows must not go before. Asked under the locks of the tables, which no such append
/// passes.
pub(super) async fn is_overtaken(
    tx: &mut PgTx,
    job: &Job,
    position: Position,
) -> Result<bool, Error> {
    let mode = job.database.mode;
    if !job.log.is_here {
        return Ok(false);
    }
    let inline = "SELECT projection FROM aether_inline_projections WHERE projection = ANY ($1)";
    let inline = mode.query(inline).bind(job.names()).fetch_all(&mut **tx).await?;
    let inline = inline.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<String>>>()?;
    if inline.is_empty() {
        return Ok(false);
    }
    let newest = "SELECT coalesce(event_sequence, 0) FROM aether_newest(9223372036854775807)";
    let newest: i64 = mode.query(newest).fetch_one(&mut **tx).await?.try_get(0)?;
    let first = position.get().cast_signed() + 1;
    if newest - first >= MOST {
        return Ok(true);
    }
    let positions: Vec<i64> = (first..=newest).collect();
    let sql = format!("SELECT {COLUMNS} FROM aether_events_at($1) AS e ORDER BY 1");
    let rows = mode.assembled(sql).bind(positions).fetch_all(&mut **tx).await?;
    let events = RowReader::events(&rows)?;
    Ok(job.projections.iter().map(|it| &it.handler).any(|projection| {
        let filter = projection.filter();
        inline.iter().any(|name| name == projection.name())
            && events.iter().any(|event| filter.matches(event))
    }))
}

//! Events that know their versions: which of them are there already, and which do not fit.

use std::collections::{BTreeMap, HashMap};

use aether_core::EventId;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::{Head, ImportEvent, Item};
use crate::database::Mode;
use crate::error::Error;

/// The events of a chunk that are to be stored, under the locks of their streams' heads, which count only
/// those from here on.
pub(super) async fn fresh<'a>(
    connection: &mut PgConnection,
    mode: Mode,
    chunk: &'a [Item],
    streams: &mut BTreeMap<Uuid, Head<'_>>,
) -> Result<Vec<&'a ImportEvent>, Error> {
    let stored = stored(connection, mode, chunk, streams).await?;
    let mut next: HashMap<Uuid, i32> =
        streams.iter().map(|(id, head)| (*id, head.version + 1)).collect();
    let mut fresh = Vec::with_capacity(chunk.len());
    for (item, version) in chunk {
        let id = item.stream.aggregate_id.as_uuid();
        let Some(next) = next.get_mut(&id) else { continue };
        match version.map(|version| version.get().cast_signed()) {
            Some(version) if version < *next => {
                match stored.get(&(id, version)) {
                    Some(found) if *found == item.event.event_id() => {}
                    Some(other) => {
                        let why = format!("has another event there: {other}");
                        return Err(misfit(item, version, &why));
                    }
                    None => return Err(misfit(item, version, "gets another event there before")),
                }
                if let Some(head) = streams.get_mut(&id) {
                    head.events -= 1;
                }
            }
            Some(version) if version > *next => {
                let why = format!("is at version {}: what lies between is missing", *next - 1);
                return Err(misfit(item, version, &why));
            }
            _ => {
                *next += 1;
                fresh.push(item);
            }
        }
    }
    streams.retain(|_, head| head.events > 0);
    Ok(fresh)
}

/// The ids of the stored events that events of the chunk claim to be. Asks only if there are any.
async fn stored(
    connection: &mut PgConnection,
    mode: Mode,
    chunk: &[Item],
    streams: &BTreeMap<Uuid, Head<'_>>,
) -> Result<HashMap<(Uuid, i32), EventId>, Error> {
    let (mut ids, mut versions) = (Vec::new(), Vec::new());
    for (item, version) in chunk {
        let (id, version) = (
            item.stream.aggregate_id.as_uuid(),
            version.map_or(i32::MAX, |v| v.get().cast_signed()),
        );
        if streams.get(&id).is_some_and(|head| version <= head.version) {
            ids.push(id);
            versions.push(version);
        }
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = mode
        .query(
            "SELECT e.aggregate_id, e.aggregate_version, e.event_id
             FROM unnest($1::uuid[], $2::int[]) AS u(id, version)
             JOIN aether_log AS e ON e.aggregate_id = u.id AND e.aggregate_version = u.version",
        )
        .bind(ids)
        .bind(versions)
        .fetch_all(connection)
        .await?;
    let entry = |row: &sqlx::postgres::PgRow| {
        Ok(((row.try_get(0)?, row.try_get(1)?), EventId::new(row.try_get(2)?)))
    };
    Ok(rows.iter().map(entry).collect::<sqlx::Result<_>>()?)
}

fn misfit(item: &ImportEvent, version: i32, why: &str) -> Error {
    let (stream, event) = (&item.stream, item.event.event_id());
    let reason = format!("event {event} is version {version} of {stream}, which {why}");
    Error::Store(aether_core::Error::InvalidAppend { reason })
}

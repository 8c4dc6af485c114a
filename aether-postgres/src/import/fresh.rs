//! Which events of a chunk are there already, and which do not fit.

use std::collections::{BTreeMap, HashMap};

use aether_core::log::StreamId;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::ids::Taken;
use super::{Head, ImportEvent, Item};
use crate::database::Mode;
use crate::error::Error;
use crate::rows::version;

/// The events of a chunk that are to be stored, under the locks of their streams' heads, which count only
/// those from here on.
///
/// `taken` has the ids of the chunk that the log has already. An event id is stored once. The same event of the same stream, at the version that its line says, is passed over,
/// whether it is in the log or earlier in the chunk. Anywhere else the id is refused.
pub(super) async fn fresh<'a>(
    connection: &mut PgConnection,
    mode: Mode,
    chunk: &'a [Item],
    streams: &mut BTreeMap<Uuid, Head<'_>>,
    mut taken: Taken,
) -> Result<Vec<&'a ImportEvent>, Error> {
    let mut next: HashMap<Uuid, i32> =
        streams.iter().map(|(id, head)| (*id, head.version + 1)).collect();
    let mut fresh = Vec::with_capacity(chunk.len());
    for (item, version) in chunk {
        let stream = &item.stream;
        let event_id = item.event.event_id();
        let id = stream.aggregate_id.as_uuid();
        let Some(next) = next.get_mut(&id) else { continue };
        let wanted = version.map_or(*next, |version| version.get().cast_signed());
        if wanted > *next {
            let why = format!("is at version {}: what lies between is missing", *next - 1);
            return Err(misfit(item, wanted, &why));
        }
        if let Some((of, at)) = taken.get(&event_id) {
            if of != stream || version.is_some_and(|version| version != *at) {
                let (stream, stored_in, version) = (stream.clone(), of.clone(), *at);
                return Err(Error::EventStored { event_id, stream, stored_in, version });
            }
            if let Some(head) = streams.get_mut(&id) {
                head.events -= 1;
            }
            continue;
        }
        if wanted < *next {
            let before = streams.get(&id).map_or(0, |head| head.version);
            if wanted > before {
                return Err(misfit(item, wanted, "gets another event there before"));
            }
            let other = event_at(connection, mode, stream, wanted).await?;
            let why = format!("has another event there: {other}");
            return Err(misfit(item, wanted, &why));
        }
        taken.insert(event_id, (stream.clone(), self::version(*next)));
        *next += 1;
        fresh.push(item);
    }
    streams.retain(|_, head| head.events > 0);
    Ok(fresh)
}

/// The event that a stream has at a version.
async fn event_at(
    connection: &mut PgConnection,
    mode: Mode,
    stream: &StreamId,
    version: i32,
) -> Result<Uuid, Error> {
    let row = mode
        .query(include_str!("../sql/event_of_version.sql"))
        .bind(stream.aggregate_id.as_uuid())
        .bind(version)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

fn misfit(item: &ImportEvent, version: i32, why: &str) -> Error {
    let stream = &item.stream;
    let event = item.event.event_id();
    let reason = format!("event {event} is version {version} of {stream}, which {why}");
    Error::Store(aether_core::Error::InvalidAppend { reason })
}

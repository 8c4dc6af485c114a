//! Loading aggregates: like appends, those that wait are answered by one call.

use std::sync::Arc;

use aether_core::{
    Error, EventId, Fingerprint, History, Json, Load, Result, Snapshot, StreamId, Until, Version,
};
use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Uuid;

use crate::database::{CallError, Database, KeptConnection, Mode};
use crate::error::Words;
use crate::rows::{RowReader, json_text, version};

/// At most this many aggregates in one call: their histories are in memory together.
const MAX_BATCH: usize = 64;

/// The queue of loads. Whichever loader is free takes what waits; none waits for more to come.
///
/// They outlive [`close`](aether_core::EventStore::close), after which what is stored can still be read,
/// and end when the store is dropped.
#[derive(Debug)]
pub(crate) struct Loaders {
    queue: mpsc::Sender<Request>,
}

#[derive(Debug)]
struct Request {
    load: Load,
    reply: oneshot::Sender<Result<History>>,
}

impl Loaders {
    pub(crate) fn start(database: &Database, loaders: usize) -> Self {
        let (queue, requests) = mpsc::channel(1024);
        let requests = Arc::new(Mutex::new(requests));
        for _ in 0..loaders {
            tokio::spawn(run(database.clone(), requests.clone()));
        }
        Self { queue }
    }

    /// Queues a load and waits for the history.
    pub(crate) async fn load(&self, load: Load) -> Result<History> {
        let (reply, history) = oneshot::channel();
        self.queue.send(Request { load, reply }).await.map_err(|_| Error::Closed)?;
        history.await.map_err(|_| Error::Closed)?
    }
}

async fn run(database: Database, requests: Arc<Mutex<mpsc::Receiver<Request>>>) {
    let mut connection = KeptConnection::default();
    let mut batch = Vec::new();
    loop {
        // one loader waits for requests, the others for their turn to
        let taken = tokio::time::timeout(KeptConnection::LINGER, async {
            requests.lock().await.recv_many(&mut batch, MAX_BATCH).await
        });
        let taken = match taken.await {
            Ok(taken) => taken,
            Err(_) => {
                connection.give_back();
                requests.lock().await.recv_many(&mut batch, MAX_BATCH).await
            }
        };
        if taken == 0 {
            return;
        }
        answer(&database, &mut connection, std::mem::take(&mut batch)).await;
    }
}

async fn answer(database: &Database, connection: &mut KeptConnection, batch: Vec<Request>) {
    let loads: Vec<&Load> = batch.iter().map(|request| &request.load).collect();
    let loaded = database
        .run_on(connection, async |connection, mode| load(connection, mode, &loads).await)
        .await;
    match loaded.and_then(|rows| histories(&loads, &rows).map_err(CallError::Sent)) {
        Ok(histories) => {
            for (request, history) in batch.into_iter().zip(histories) {
                // a caller that has gone away does not need it
                drop(request.reply.send(history));
            }
        }
        Err(CallError::Sent(error)) if batch.len() > 1 => {
            let error = Words(&error);
            tracing::debug!(%error, loads = batch.len(), "loads failed together; each on its own");
            for request in batch {
                Box::pin(answer(database, connection, vec![request])).await;
            }
        }
        Err(error) => {
            let refusals = error.shared();
            for request in batch {
                drop(request.reply.send(Err(refusals())));
            }
        }
    }
}

async fn load(
    connection: &mut PgConnection,
    mode: Mode,
    loads: &[&Load],
) -> sqlx::Result<Vec<PgRow>> {
    let until_version = |load: &&Load| match load.until {
        Until::Version(version) => Some(version.get().cast_signed()),
        _ => None,
    };
    let until_time = |load: &&Load| match load.until {
        Until::Time(time) => Some(time),
        _ => None,
    };
    let ids: Vec<Uuid> = loads.iter().map(|load| load.stream.aggregate_id.as_uuid()).collect();
    let after: Vec<i32> = loads.iter().map(|load| load.after.get().cast_signed()).collect();
    let versions: Vec<Option<i32>> = loads.iter().map(until_version).collect();
    let times: Vec<Option<DateTime<Utc>>> = loads.iter().map(until_time).collect();
    let fingerprints: Vec<Option<i64>> =
        loads.iter().map(|load| load.snapshot.map(Fingerprint::get)).collect();
    mode.query(include_str!("sql/load.sql"))
        .bind(ids)
        .bind(after)
        .bind(versions)
        .bind(times)
        .bind(fingerprints)
        .fetch_all(connection)
        .await
}

/// The rows of an answer as one history per load.
fn histories(loads: &[&Load], rows: &[PgRow]) -> sqlx::Result<Vec<Result<History>>> {
    let mut reader = RowReader::default();
    let mut rows = rows.iter().peekable();
    let mut histories = Vec::with_capacity(loads.len());
    for (index, load) in loads.iter().enumerate() {
        let request = index as i32 + 1;
        let mut history = History::default();
        let mut head: Option<(String, Version)> = None;
        while let Some(row) = rows.peek()
            && row.try_get::<i32, _>(0)? == request
        {
            if head.is_none() {
                head = Some((row.try_get(1)?, version(row.try_get(2)?)));
            }
            if row.try_get::<Option<i64>, _>(3)?.is_some() {
                history.events.push(reader.event_of(&load.stream, row, 3)?);
            } else if let Some(fingerprint) = load.snapshot
                && row.try_get::<Option<Uuid>, _>(4)?.is_some()
            {
                history.snapshot = Some(snapshot(&load.stream, fingerprint, row)?);
            }
            rows.next();
        }
        histories.push(checked(load, head, history));
    }
    Ok(histories)
}

fn snapshot(stream: &StreamId, fingerprint: Fingerprint, row: &PgRow) -> sqlx::Result<Snapshot> {
    Ok(Snapshot {
        stream: stream.clone(),
        version: version(row.try_get(6)?),
        // a snapshot's row has it in the place of the type
        last_event: row.try_get::<&str, _>(5)?.parse().ok().map(EventId::new),
        fingerprint,
        state: Json::from_stored(json_text(row, 7)?),
        created_at: row.try_get(9)?,
    })
}

/// The history, if it is that of the aggregate that was asked for, and reaches as far as asked.
fn checked(load: &Load, head: Option<(String, Version)>, history: History) -> Result<History> {
    let actual = head.as_ref().map_or(Version::ZERO, |(_, version)| *version);
    match head {
        Some((found, _)) if load.stream.aggregate_type != *found => Err(Error::TypeMismatch {
            aggregate_id: load.stream.aggregate_id,
            requested: load.stream.aggregate_type.clone(),
            actual: found.into(),
        }),
        _ => match load.until {
            Until::Version(requested) if requested > actual => {
                Err(Error::VersionAhead { stream: load.stream.clone(), requested, actual })
            }
            _ => Ok(history),
        },
    }
}

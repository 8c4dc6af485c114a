//! The work `replay`: the whole log, decoded into typed events.

use std::time::Instant;

use aether_core::log::{NewEvent, StreamId};
use aether_core::{Json, Position, RecordedEvent, Subscription};
use aether_game::combat::CombatEvent;
use aether_postgres::ImportEvent;
use anyhow::{Result, ensure};
use chrono::Utc;
use std::hint::black_box;
use std::sync::Arc;
use uuid::Uuid;

use super::Bench;
use super::handwritten::Columns;
use super::load::Figures;
use super::row::Row;
use crate::fights::{fights, metadata};
use crate::server::checkpoint;

/// How many events a stream of the log has.
pub(super) const STREAM: usize = 100;

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    let events = history(bench.options.events)?;
    let count = events.len();
    for events in events.chunks(1000) {
        bench.handwritten.append(&by_hand(events)?).await?;
    }
    bench.store.import(futures::stream::iter(events), 50_000).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(bench.pool()).await?;
    checkpoint(bench.pool()).await?;
    // once each before anything counts
    aether(bench, count).await?;
    handwritten(bench, count).await?;
    for _ in bench.rounds() {
        row.push(aether(bench, count).await?, handwritten(bench, count).await?);
    }
    Ok(())
}

/// Combats side by side, as they are in a log: events of many streams take turns.
pub(super) fn history(count: usize) -> Result<Vec<ImportEvent>> {
    let streams = count.div_ceil(STREAM).max(1);
    let samples: Vec<Vec<CombatEvent>> = fights(3, STREAM).take(100).collect();
    let ids: Vec<Uuid> = (0..streams).map(|_| Uuid::new_v4()).collect();
    let mut events = Vec::with_capacity(count);
    for index in 0..count {
        let (stream, place) = (index % streams, index / streams);
        let event = &samples[stream % samples.len()][place];
        let event = NewEvent::encode(event, Uuid::now_v7().into(), Utc::now())?;
        let event = event.with_metadata(Json::encode(&metadata())?);
        events.push(ImportEvent::new(StreamId::new("Combat", ids[stream]), event));
    }
    Ok(events)
}

fn by_hand(events: &[ImportEvent]) -> Result<Columns> {
    let mut columns = Columns::default();
    for ImportEvent { stream, event, .. } in events {
        let typed: CombatEvent = aether_core::Event::decode(
            event.event_type(),
            event.schema_version(),
            event.payload(),
        )?;
        // versions only have to be unique here: nobody loads these streams
        let version = columns.versions.len() as i32 + 1;
        let version = version + next_base();
        columns.push(stream.aggregate_id.as_uuid(), version, &typed, event.metadata().as_str())?;
    }
    Ok(columns)
}

fn next_base() -> i32 {
    use std::sync::atomic::{AtomicI32, Ordering};
    static NEXT: AtomicI32 = AtomicI32::new(0);
    NEXT.fetch_add(1000, Ordering::Relaxed)
}

async fn aether(bench: &Bench, count: usize) -> Result<Figures> {
    let started = Instant::now();
    let store = Arc::new(bench.store.clone());
    let mut log = Subscription::builder(store).after(Position::START).start();
    let mut seen = 0;
    while seen < count {
        let batch = log.next_batch().await?;
        seen += batch.events.len();
        for event in &batch.events {
            black_box(RecordedEvent::decode::<CombatEvent>(event)?);
        }
    }
    figures(count, seen, started)
}

async fn handwritten(bench: &Bench, count: usize) -> Result<Figures> {
    let started = Instant::now();
    let (mut seen, mut after) = (0, 0);
    loop {
        let page = bench.handwritten.page(after).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        seen += page.len();
        for entry in &page {
            black_box(&entry.event);
        }
    }
    figures(count, seen, started)
}

fn figures(count: usize, seen: usize, started: Instant) -> Result<Figures> {
    ensure!(seen == count, "{seen} events were read, {count} were stored");
    Ok(Figures { rate: count as f64 / started.elapsed().as_secs_f64(), ..Figures::default() })
}

//! The works `command` and `command-cold`: load a combat of 20 events, decide, append one more.

use std::sync::Arc;

use aether_core::log::{NewEvent, StreamId};
use aether_core::{Aggregate as _, AggregateId, Context, Engine, EngineSettings, Facts, Json};
use aether_game::combat::CombatEvent;
use aether_postgres::ImportEvent;
use anyhow::Result;
use chrono::Utc;
use uuid::Uuid;

use super::Bench;
use super::handwritten::{Columns, Handwritten};
use super::load::Client;
use super::row::Row;
use crate::fights::{Brawl, Strike, fights, metadata};
use crate::server::checkpoint;

/// How many combats each task has. Enough that they do not grow much while they are measured.
const COMBATS: usize = 128;
/// How many events each has before.
const EVENTS: usize = 20;

pub(super) async fn measure(bench: &Bench, row: &mut Row, cached: bool) -> Result<()> {
    let ids: Vec<Uuid> = (0..bench.concurrency * COMBATS).map(|_| Uuid::new_v4()).collect();
    prepare(bench, &ids).await?;
    let settings = match cached {
        true => EngineSettings::default(),
        false => EngineSettings::default().cache_bytes(0),
    };
    let engine = Engine::builder(bench.store.clone()).settings(settings).build();
    if cached {
        for id in &ids {
            engine.load::<Brawl>(AggregateId::new(*id)).await?;
        }
    }
    let combats: Vec<Arc<[Uuid]>> = ids.chunks(COMBATS).map(Into::into).collect();
    let aether: Vec<_> = combats
        .iter()
        .map(|ids| Aether { engine: engine.clone(), ids: ids.clone(), next: 0 })
        .collect();
    let by_hand: Vec<_> = combats
        .iter()
        .map(|ids| ByHand { table: bench.handwritten.clone(), ids: ids.clone(), next: 0 })
        .collect();
    checkpoint(bench.pool()).await?;
    bench.in_turns(row, aether, by_hand).await
}

/// Gives every combat its events, on both sides.
async fn prepare(bench: &Bench, ids: &[Uuid]) -> Result<()> {
    let samples: Vec<Vec<CombatEvent>> = fights(2, EVENTS).take(100).collect();
    let histories = ids.iter().zip(samples.iter().cycle());
    let mut events = Vec::with_capacity(ids.len() * EVENTS);
    for (id, history) in histories {
        let (metadata, mut columns) = (serde_json::to_string(&metadata())?, Columns::default());
        for (index, event) in history.iter().enumerate() {
            columns.push(*id, index as i32 + 1, event, &metadata)?;
            let event = NewEvent::encode(event, Uuid::now_v7().into(), Utc::now())?;
            let event = event.with_metadata(Json::parse(&metadata)?);
            events.push(ImportEvent::new(StreamId::new("Combat", *id), event));
        }
        bench.handwritten.append(&columns).await?;
    }
    bench.store.import(futures::stream::iter(events), 50_000).await?;
    sqlx::raw_sql("ANALYZE").execute(bench.pool()).await?;
    Ok(())
}

struct Aether {
    engine: Engine,
    ids: Arc<[Uuid]>,
    next: usize,
}

impl Client for Aether {
    async fn step(&mut self) -> Result<u64> {
        self.next += 1;
        let id = AggregateId::new(self.ids[self.next % self.ids.len()]);
        let context = Context::new().metadata(metadata());
        let executed =
            self.engine.execute::<Brawl>(id, Strike { damage: 3 }).with(&context).await?;
        Ok(executed.events.len() as u64)
    }
}

struct ByHand {
    table: Handwritten,
    ids: Arc<[Uuid]>,
    next: usize,
}

impl Client for ByHand {
    async fn step(&mut self) -> Result<u64> {
        self.next += 1;
        let id = self.ids[self.next % self.ids.len()];
        let entries = self.table.load(id).await?;
        let mut brawl = Brawl::default();
        entries.iter().for_each(|entry| brawl.apply(&entry.event));
        let mut version = entries.last().map_or(0, |entry| entry.version);
        let (metadata, mut columns) = (serde_json::to_string(&metadata())?, Columns::default());
        let facts = Facts::at(Utc::now());
        for event in brawl.decide(&Strike { damage: 3 }, &facts)? {
            version += 1;
            columns.push(id, version, &event, &metadata)?;
        }
        Ok(self.table.append(&columns).await?.len() as u64)
    }
}

//! The works `append` and `append-batch`: each task appends to streams of its own, exact versions.

use std::sync::Arc;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::{Json, Version};
use aether_game::combat::CombatEvent;
use aether_postgres::PgStore;
use anyhow::{Result, ensure};
use chrono::Utc;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;

use super::Bench;
use super::handwritten::{Columns, Handwritten};
use super::load::Client;
use super::row::Row;
use crate::fights::{metadata, middling_events};
use crate::server::checkpoint;

/// How many streams a task keeps going.
const STREAMS: usize = 32;
/// One append in this many begins a new stream in the place of an old one.
const NEW_STREAM: u64 = 10;

pub(super) async fn measure(bench: &Bench, row: &mut Row, events: usize) -> Result<()> {
    let samples: Arc<[CombatEvent]> = middling_events(500).into();
    let streams = |task: usize| Streams::new(task as u64, samples.clone(), events);
    let aether: Vec<_> = (0..bench.concurrency)
        .map(|task| Aether { store: bench.store.clone(), streams: streams(task) })
        .collect();
    let by_hand: Vec<_> = (0..bench.concurrency)
        .map(|task| ByHand { table: bench.handwritten.clone(), streams: streams(task) })
        .collect();
    checkpoint(bench.pool()).await?;
    bench.in_turns(row, aether, by_hand).await
}

/// What a task appends, and where: the same on both sides.
struct Streams {
    heads: Vec<(Uuid, u32)>,
    samples: Arc<[CombatEvent]>,
    random: StdRng,
    events: usize,
}

impl Streams {
    fn new(seed: u64, samples: Arc<[CombatEvent]>, events: usize) -> Self {
        let heads = (0..STREAMS).map(|_| (Uuid::new_v4(), 0)).collect();
        Self { heads, samples, random: StdRng::seed_from_u64(seed), events }
    }

    /// The head to append after.
    fn pick(&mut self) -> usize {
        let index = (self.random.next_u64() % STREAMS as u64) as usize;
        if self.random.next_u64().is_multiple_of(NEW_STREAM) {
            self.heads[index] = (Uuid::new_v4(), 0);
        }
        index
    }

    fn sample(&mut self) -> usize {
        (self.random.next_u64() % self.samples.len() as u64) as usize
    }
}

struct Aether {
    store: PgStore,
    streams: Streams,
}

impl Client for Aether {
    async fn step(&mut self) -> Result<u64> {
        let head = self.streams.pick();
        let (id, version) = self.streams.heads[head];
        let metadata = Json::encode(&metadata())?;
        let mut events = Vec::with_capacity(self.streams.events);
        for _ in 0..self.streams.events {
            let sample = self.streams.sample();
            let event = &self.streams.samples[sample];
            let event = NewEvent::encode(event, Uuid::now_v7().into(), Utc::now())?;
            events.push(event.with_metadata(metadata.clone()));
        }
        let stream = StreamId::new("Combat", id);
        let expected = ExpectedVersion::Exact(Version::new(version));
        let appended = self.store.append(Append::to(stream, expected, events)).await?;
        ensure!(appended.writes[0].positions.len() == self.streams.events);
        self.streams.heads[head].1 += self.streams.events as u32;
        Ok(self.streams.events as u64)
    }
}

struct ByHand {
    table: Handwritten,
    streams: Streams,
}

impl Client for ByHand {
    async fn step(&mut self) -> Result<u64> {
        let head = self.streams.pick();
        let (id, version) = self.streams.heads[head];
        let metadata = serde_json::to_string(&metadata())?;
        let mut columns = Columns::default();
        for offset in 0..self.streams.events {
            let sample = self.streams.sample();
            let version = version.cast_signed() + 1 + offset as i32;
            columns.push(id, version, &self.streams.samples[sample], &metadata)?;
        }
        let positions = self.table.append(&columns).await?;
        ensure!(positions.len() == self.streams.events);
        self.streams.heads[head].1 += self.streams.events as u32;
        Ok(self.streams.events as u64)
    }
}

//! Appends the events, evenly over the time there is, each exactly once whatever happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::{CommandId, Json};
use aether_postgres::PgStore;
use anyhow::{Context as _, Result};
use chrono::Utc;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::Instant;
use uuid::Uuid;

use super::models::{AGGREGATES, Amount, EVENTS};

/// How many tasks append at the same time.
const TASKS: u64 = 16;
/// How many aggregates there are of each type.
const EACH: u64 = 16;
/// For how long one append is tried.
const PATIENCE: Duration = Duration::from_secs(30);

/// Stores `events` events within `span`; counts them in `written`.
pub(super) async fn write(
    store: PgStore,
    seed: u64,
    events: u64,
    span: Duration,
    written: Arc<AtomicU64>,
) -> Result<()> {
    let started = Instant::now();
    let tasks = (0..TASKS).map(|task| {
        let share = events / TASKS + u64::from(task < events % TASKS);
        let random = StdRng::seed_from_u64(seed.wrapping_add(task));
        let writer = Writer { store: store.clone(), random };
        tokio::spawn(writer.run(share, started, span, written.clone()))
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    store.close().await;
    Ok(())
}

struct Writer {
    store: PgStore,
    random: StdRng,
}

impl Writer {
    async fn run(
        mut self,
        share: u64,
        started: Instant,
        span: Duration,
        written: Arc<AtomicU64>,
    ) -> Result<()> {
        let mut done = 0;
        while done < share {
            tokio::time::sleep_until(started + span.mul_f64(done as f64 / share as f64)).await;
            let count = (1 + self.below(8)).min(share - done);
            let append = self.compose(count)?;
            self.store(append).await?;
            written.fetch_add(count, Ordering::Relaxed);
            done += count;
        }
        Ok(())
    }

    fn compose(&mut self, count: u64) -> Result<Append> {
        let kind = self.below(AGGREGATES.len() as u64);
        let id = Uuid::from_u128(u128::from((kind * EACH + self.below(EACH)) << 32) | 0xa7 << 100);
        let mut events = Vec::new();
        for _ in 0..count {
            let event_type = EVENTS[self.below(EVENTS.len() as u64) as usize];
            let payload = Json::encode(&Amount { amount: self.below(1000).cast_signed() - 300 })?;
            let id = Uuid::now_v7().into();
            events.push(NewEvent::from_json(event_type, payload, id, Utc::now()));
        }
        let stream = StreamId::new(AGGREGATES[kind as usize], id);
        let append = Append::to(stream, ExpectedVersion::Any, events);
        Ok(append.with_command_id(CommandId::new(Uuid::now_v7())))
    }

    /// The command id stays the same, so that an append whose answer is lost is stored once.
    async fn store(&self, append: Append) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = self.store.append(append.clone()).await {
            if Instant::now() > deadline {
                return Err(error).context("an append could not be brought home");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }
}

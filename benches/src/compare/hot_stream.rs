//! The work `hot-stream`: every task appends to one and the same stream, after whatever is there.

use std::sync::Arc;

use aether_core::Json;
use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_game::combat::CombatEvent;
use aether_postgres::PgStore;
use anyhow::Result;
use chrono::Utc;
use uuid::Uuid;

use super::Bench;
use super::handwritten::{Columns, Handwritten};
use super::load::Client;
use super::row::Row;
use crate::fights::{metadata, middling_events};
use crate::server::checkpoint;

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    let samples: Arc<[CombatEvent]> = middling_events(500).into();
    let id = Uuid::new_v4();
    let hot = |task| Hot { id, samples: samples.clone(), next: task };
    let aether: Vec<_> = (0..bench.concurrency)
        .map(|task| Aether { store: bench.store.clone(), hot: hot(task) })
        .collect();
    let by_hand: Vec<_> = (0..bench.concurrency)
        .map(|task| ByHand { table: bench.handwritten.clone(), hot: hot(task) })
        .collect();
    checkpoint(bench.pool()).await?;
    bench.in_turns(row, aether, by_hand).await
}

struct Hot {
    id: Uuid,
    samples: Arc<[CombatEvent]>,
    next: usize,
}

impl Hot {
    fn event(&mut self) -> &CombatEvent {
        self.next += 1;
        &self.samples[self.next % self.samples.len()]
    }
}

struct Aether {
    store: PgStore,
    hot: Hot,
}

impl Client for Aether {
    async fn step(&mut self) -> Result<u64> {
        let stream = StreamId::new("Combat", self.hot.id);
        let event = NewEvent::encode(self.hot.event(), Uuid::now_v7().into(), Utc::now())?;
        let event = event.with_metadata(Json::encode(&metadata())?);
        self.store.append(Append::to(stream, ExpectedVersion::Any, vec![event])).await?;
        Ok(1)
    }
}

struct ByHand {
    table: Handwritten,
    hot: Hot,
}

impl Client for ByHand {
    async fn step(&mut self) -> Result<u64> {
        let (id, metadata) = (self.hot.id, serde_json::to_string(&metadata())?);
        let mut columns = Columns::default();
        columns.push(id, 0, self.hot.event(), &metadata)?;
        loop {
            match self.table.append_behind(&columns).await {
                Ok(_) => return Ok(1),
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

//! Where the suite's ids and events come from: a seeded generator.

use std::sync::atomic::{AtomicU32, Ordering};

use aether_core::chrono::{DateTime, TimeDelta, Utc};
use aether_core::log::{Metadata, NewEvent, StreamId};
use aether_core::time::{Random, SeededRandom};
use aether_core::{AggregateId, CommandId, EventId, Json};
use serde_json::{Value, json};
use uuid::Uuid;

/// The aggregate type of streams whose type does not matter.
pub(crate) const CHEST: &str = "Chest";
/// The type of events whose type does not matter.
pub(crate) const OPENED: &str = "ChestOpened";

/// Makes streams, events and ids: the same ones on every run with the same seed.
pub(crate) struct Source {
    random: SeededRandom,
    count: AtomicU32,
}

impl Source {
    /// A generator with the seed in `AETHER_CONTRACT_SEED`, or 1.
    pub(crate) fn new() -> Self {
        let seed = std::env::var("AETHER_CONTRACT_SEED").ok().and_then(|seed| seed.parse().ok());
        Self { random: SeededRandom::new(seed.unwrap_or(1)), count: AtomicU32::new(0) }
    }

    pub(crate) fn bits(&self) -> u128 {
        self.random.next()
    }

    pub(crate) fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random.next().to_be_bytes()).into_uuid()
    }

    pub(crate) fn stream(&self) -> StreamId {
        self.stream_of(CHEST)
    }

    pub(crate) fn stream_of(&self, aggregate_type: &'static str) -> StreamId {
        StreamId::new(aggregate_type, AggregateId::new(self.uuid()))
    }

    pub(crate) fn streams(&self, count: usize) -> Vec<StreamId> {
        (0..count).map(|_| self.stream()).collect()
    }

    pub(crate) fn command(&self) -> CommandId {
        CommandId::new(self.uuid())
    }

    pub(crate) fn event(&self) -> NewEvent {
        self.event_of(OPENED)
    }

    pub(crate) fn event_of(&self, event_type: impl Into<aether_core::log::Name>) -> NewEvent {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let payload = json!({ "number": count, "key": format!("key {count}"), "weight": 0.5 });
        self.event_with(event_type, &payload, moment(count))
    }

    pub(crate) fn event_with(
        &self,
        event_type: impl Into<aether_core::log::Name>,
        payload: &Value,
        timestamp: DateTime<Utc>,
    ) -> NewEvent {
        let payload = Json::encode(payload).expect("the suite's payloads are storable");
        NewEvent::from_json(event_type, payload, EventId::new(self.uuid()), timestamp)
    }

    pub(crate) fn events(&self, count: usize) -> Vec<NewEvent> {
        (0..count).map(|_| self.event()).collect()
    }
}

/// The `n`-th second (and a few microseconds) of 2026.
pub(crate) fn moment(n: u32) -> DateTime<Utc> {
    let micros = i64::from(n) * 1_000_000 + i64::from(n % 1_000) * 7;
    DateTime::from_timestamp(1_767_225_600, 0).expect("a time in range")
        + TimeDelta::microseconds(micros)
}

/// Encoded metadata with a correlation id, a user, and a free key.
pub(crate) fn metadata(correlation_id: Uuid) -> Json {
    let metadata = Metadata {
        correlation_id: Some(correlation_id),
        user_id: Some("player-7".into()),
        extra: serde_json::Map::from_iter([("saison".to_owned(), json!({ "numéro": 3 }))]),
        ..Metadata::default()
    };
    Json::encode(&metadata).expect("the suite's metadata is storable")
}

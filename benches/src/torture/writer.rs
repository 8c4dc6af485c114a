//! Writers: single appends, batches, idempotent ones, slow transactions, rollbacks.

use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, Appended, ExpectedVersion, Load, NewEvent, StreamId};
use aether_core::{CommandId, Error, Json, Version};
use aether_postgres::PgStore;
use chrono::Utc;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::Instant;
use uuid::Uuid;

use super::child::Say;
use crate::history::{Line, WriteInDoubt};

/// The event types.
pub(super) const TYPES: [&str; 4] = ["Alpha", "Bravo", "Charlie", "Delta"];
/// The type of streams that one writer has to itself.
pub(super) const OWN: &str = "Own";
/// The type of streams that all writers of all processes append to.
pub(super) const SHARED: &str = "Shared";

/// How many streams a writer has to itself.
const OWN_STREAMS: usize = 16;
/// How many streams all share.
const SHARED_STREAMS: u64 = 8;
/// Every how many steps a writer holds a transaction open for [`VERY_SLOW`].
const VERY_SLOW_EVERY: u64 = 1500;
const VERY_SLOW: Duration = Duration::from_secs(2);
const SLOW: Duration = Duration::from_millis(20);

pub(super) fn shared_stream(number: u64) -> StreamId {
    StreamId::new(SHARED, Uuid::from_u128(0x5a5a_0000_0000_0000 + u128::from(number)))
}

pub(super) struct Writer {
    store: PgStore,
    say: Say,
    random: StdRng,
    /// Streams of its own, with their versions; `None` after an append whose outcome is not known.
    own: Vec<(StreamId, Option<Version>)>,
}

/// Where an append goes: a stream of its own, or one that is shared.
#[derive(Clone, Copy)]
enum Target {
    Own(usize),
    Shared(u64),
}

impl Writer {
    pub(super) fn new(number: usize, store: PgStore, say: Say) -> Self {
        let own = (0..OWN_STREAMS)
            .map(|_| (StreamId::new(OWN, Uuid::new_v4()), Some(Version::ZERO)))
            .collect();
        Self { store, say, random: StdRng::seed_from_u64(number as u64), own }
    }

    pub(super) async fn run(mut self, until: Instant) {
        while Instant::now() < until {
            self.step(until).await;
            tokio::time::sleep(Duration::from_micros(self.below(8000))).await;
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }

    async fn step(&mut self, until: Instant) {
        if self.below(VERY_SLOW_EVERY) == 0 && Instant::now() + VERY_SLOW < until {
            let target = Target::Own(self.below(OWN_STREAMS as u64) as usize);
            return self.in_transaction(target, VERY_SLOW).await;
        }
        let target = match self.below(4) {
            0 => Target::Shared(self.below(SHARED_STREAMS)),
            _ => Target::Own(self.below(OWN_STREAMS as u64) as usize),
        };
        match self.below(100) {
            0..=3 => self.in_transaction(target, SLOW).await,
            4..=59 => self.append(vec![(target, 1)], false).await,
            60..=79 => {
                let events = 2 + self.below(20);
                self.append(vec![(target, events)], false).await;
            }
            80..=89 => {
                let other = Target::Shared(self.below(SHARED_STREAMS));
                self.append(vec![(target, 2), (other, 1)], false).await;
            }
            _ => self.append(vec![(target, 1)], true).await,
        }
    }

    async fn append(&mut self, targets: Vec<(Target, u64)>, idempotent: bool) {
        let Some(mut append) = self.compose(&targets).await else { return };
        if idempotent {
            append = append.with_command_id(CommandId::new(Uuid::now_v7()));
        }
        let mut in_doubt = false;
        for _ in 0..10 {
            match self.store.append(append.clone()).await {
                Ok(appended) => return self.acknowledged(&append, &targets, &appended).await,
                Err(Error::OutcomeUnknown { .. }) => in_doubt = true,
                Err(_) if in_doubt => {}
                Err(error) => return self.refused(&append, &targets, error).await,
            }
            if !idempotent {
                break;
            }
            // the same command id again: it must not be stored twice
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.forget_versions(&targets);
        self.tell(unknown_append(&append)).await;
    }

    /// An append in a transaction of this writer's own, open for a while, sometimes rolled back.
    async fn in_transaction(&mut self, target: Target, open: Duration) {
        let targets = vec![(target, 1 + self.below(3))];
        let Some(append) = self.compose(&targets).await else { return };
        let rolls_back = self.below(3) == 0;
        let not_stored = Line::NotStored(event_ids(&append));
        let Ok(mut transaction) = self.store.pool().begin().await else {
            return self.tell(not_stored).await;
        };
        let appended = match self.store.append_in(&mut transaction, append.clone()).await {
            Ok(appended) => appended,
            // what is not committed is not stored, whatever the answer was
            Err(Error::OutcomeUnknown { .. }) => return self.tell(not_stored).await,
            Err(error) => return self.refused(&append, &targets, error).await,
        };
        tokio::time::sleep(open).await;
        if rolls_back {
            let _ = transaction.rollback().await;
            return self.tell(not_stored).await;
        }
        match transaction.commit().await {
            Ok(()) => self.acknowledged(&append, &targets, &appended).await,
            Err(_) => {
                self.forget_versions(&targets);
                self.tell(unknown_append(&append)).await;
            }
        }
    }

    /// Makes the events. `None` if a version it needs cannot be had now.
    async fn compose(&mut self, targets: &[(Target, u64)]) -> Option<Append> {
        let mut append = Append::default();
        for &(target, count) in targets {
            let events = (0..count).map(|_| self.event()).collect();
            append = match target {
                Target::Shared(number) => {
                    append.and(shared_stream(number), ExpectedVersion::Any, events)
                }
                Target::Own(index) => {
                    let expected = ExpectedVersion::Exact(self.version(index).await?);
                    append.and(self.own[index].0.clone(), expected, events)
                }
            };
        }
        Some(append)
    }

    fn event(&mut self) -> NewEvent {
        let event_type = TYPES[self.below(TYPES.len() as u64) as usize];
        let text = format!(r#"{{"number":{},"text":"{:0>120}"}}"#, self.below(1 << 40), "");
        NewEvent::from_json(event_type, Json::from_stored(&text), Uuid::now_v7().into(), Utc::now())
    }

    /// The version of an own stream: remembered, or looked up after an unknown outcome.
    async fn version(&mut self, index: usize) -> Option<Version> {
        let (stream, known) = &self.own[index];
        if known.is_some() {
            return *known;
        }
        let history = self.store.load(Load::stream(stream.clone())).await.ok()?;
        let version = history.events.last().map_or(Version::ZERO, |event| event.version);
        self.own[index].1 = Some(version);
        Some(version)
    }

    fn forget_versions(&mut self, targets: &[(Target, u64)]) {
        for (target, _) in targets {
            if let Target::Own(index) = target {
                self.own[*index].1 = None;
            }
        }
    }

    async fn acknowledged(
        &mut self,
        append: &Append,
        targets: &[(Target, u64)],
        appended: &Appended,
    ) {
        if appended.writes.len() != append.writes().len() {
            return self.tell(Line::Finding(format!("{appended:?} answers {append:?}"))).await;
        }
        for ((write, written), (target, _)) in
            append.writes().iter().zip(&appended.writes).zip(targets)
        {
            if let Target::Own(index) = target {
                self.own[*index].1 = Some(written.version);
            }
            if written.positions.len() != write.events.len() || written.stream != write.stream {
                self.tell(Line::Finding(format!("{written:?} answers {write:?}"))).await;
            }
            let ids = write.events.iter().map(|event| event.event_id().as_uuid());
            let positions = written.positions.iter().map(|position| position.get());
            let line = Line::Acknowledged {
                stream: written.stream.aggregate_id.as_uuid(),
                expected: write.expected.into(),
                version: written.version.get(),
                events: ids.zip(positions).collect(),
            };
            self.tell(line).await;
        }
    }

    /// Nothing was stored, says the store. Nobody else writes to own streams, so a conflict is wrong.
    async fn refused(&mut self, append: &Append, targets: &[(Target, u64)], error: Error) {
        self.forget_versions(targets);
        self.tell(Line::NotStored(event_ids(append))).await;
        if !error.is_transient() {
            self.tell(Line::Finding(format!("an append was refused: {error:?}"))).await;
        }
    }

    async fn tell(&self, line: Line) {
        // a parent that is gone needs no answer
        let _ = self.say.send(line).await;
    }
}

fn unknown_append(append: &Append) -> Line {
    let writes = append.writes().iter().map(|write| WriteInDoubt {
        stream: write.stream.aggregate_id.as_uuid(),
        expected: write.expected.into(),
        events: write.events.iter().map(|event| event.event_id().as_uuid()).collect(),
    });
    Line::Unknown(writes.collect())
}

fn event_ids(append: &Append) -> Vec<Uuid> {
    let events = append.writes().iter().flat_map(|write| &write.events);
    events.map(|event| event.event_id().as_uuid()).collect()
}

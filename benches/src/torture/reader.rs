//! Readers that follow the log live, and say what they saw in which order.

use std::sync::Arc;

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::{AggregateId, Filter, Position, RecordedEvent, Subscription};
use aether_postgres::PgStore;
use rand::Rng as _;
use tokio::sync::watch;
use tokio::time::Instant;

use super::child::{Role, Say};
use super::writer::{OWN, SHARED, TYPES, shared_stream};
use crate::history::{self, Line, checksum};

/// What a reader does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Duty {
    pub(super) number: usize,
    pub(super) name: &'static str,
    pub(super) wants: Wants,
    how: How,
    /// Is told of nothing by other processes.
    pub(super) polls: bool,
    /// Begins at half-time, from the first event.
    pub(super) late: bool,
}

/// Which events it wants.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wants {
    All,
    EventType(&'static str),
    AggregateType(&'static str),
    Aggregate(AggregateId),
}

#[derive(Debug, Clone, Copy)]
enum How {
    /// `read` and `wait`, page by page.
    Pages,
    Subscription,
    /// A subscription that is dropped now and then, and started again where it was.
    Restarted,
}

/// All readers: one beside the writers of each process, and those in processes of their own.
pub(super) fn duty(number: usize) -> Duty {
    let duty = Duty {
        number,
        name: "pages beside writers",
        wants: Wants::All,
        how: How::Pages,
        polls: false,
        late: false,
    };
    match number {
        100 => Duty { name: "restarted subscription", how: How::Restarted, ..duty },
        101 => {
            Duty { name: "subscription that polls", how: How::Subscription, polls: true, ..duty }
        }
        102 => Duty {
            name: "subscription to a type",
            how: How::Subscription,
            wants: Wants::EventType(TYPES[1]),
            ..duty
        },
        110 => {
            Duty { name: "pages of shared streams", wants: Wants::AggregateType(SHARED), ..duty }
        }
        111 => Duty { name: "restarted late-comer", how: How::Restarted, late: true, ..duty },
        112 => Duty {
            name: "pages of one stream, polling",
            wants: Wants::Aggregate(shared_stream(0).aggregate_id),
            polls: true,
            ..duty
        },
        _ => match number % 4 {
            0 => duty,
            1 => Duty {
                name: "subscription beside writers",
                how: How::Subscription,
                wants: Wants::AggregateType(OWN),
                ..duty
            },
            2 => Duty { name: "restarted beside writers", how: How::Restarted, ..duty },
            _ => Duty {
                name: "pages of a type beside writers",
                wants: Wants::EventType(TYPES[2]),
                ..duty
            },
        },
    }
}

pub(super) fn readers_of(role: Role, index: usize) -> Vec<Duty> {
    match role {
        Role::Writers => vec![duty(index)],
        Role::Readers => (0..3).map(|place| duty(100 + index * 10 + place)).collect(),
    }
}

impl Wants {
    fn filter(self) -> Filter {
        match self {
            Self::All => Filter::all(),
            Self::EventType(name) => Filter::all().event_types([name]),
            Self::AggregateType(name) => Filter::all().aggregate_types([name]),
            Self::Aggregate(id) => Filter::all().aggregates([id]),
        }
    }

    fn written_down(self) -> history::Wants {
        match self {
            Self::All => history::Wants::All,
            Self::EventType(name) => history::Wants::EventType(name.to_owned()),
            Self::AggregateType(name) => history::Wants::AggregateType(name.to_owned()),
            Self::Aggregate(id) => history::Wants::Aggregate(id.as_uuid()),
        }
    }
}

pub(super) struct Reader {
    duty: Duty,
    store: PgStore,
    say: Say,
    /// The last position there is, once the writers are done.
    end: watch::Receiver<Option<Position>>,
    position: Position,
    /// The last event's.
    seen: u64,
    checksum: u64,
}

impl Reader {
    pub(super) fn new(
        duty: Duty,
        store: PgStore,
        say: Say,
        end: watch::Receiver<Option<Position>>,
    ) -> Self {
        Self { duty, store, say, end, position: Position::START, seen: 0, checksum: 0 }
    }

    pub(super) async fn run(mut self, begin: Instant) {
        let Duty { number, name, wants, .. } = self.duty;
        let begins =
            Line::Reader { reader: number, wants: wants.written_down(), name: name.to_owned() };
        // a parent that is gone needs no answer
        let _ = self.say.send(begins).await;
        tokio::time::sleep_until(begin).await;
        let mut end = self.end.clone();
        while !self.is_at_end() {
            let some = rand::rng().next_u32() % 100;
            let round = async {
                match self.duty.how {
                    How::Pages => self.pages().await,
                    How::Subscription => self.subscription(u32::MAX).await,
                    How::Restarted => self.subscription(some).await,
                }
            };
            tokio::select! {
                result = round => if let Err(error) = result
                    && !error.is_transient()
                {
                    let text = format!("reader {}: {error:?}", self.duty.name);
                    let _ = self.say.send(Line::Finding(text)).await;
                    return;
                },
                // to look again whether this is the end
                _ = end.changed() => {}
            }
        }
        let (reader, checksum) = (self.duty.number, self.checksum);
        let _ = self.say.send(Line::End { reader, checksum }).await;
    }

    fn is_at_end(&self) -> bool {
        self.end.borrow().is_some_and(|end| self.position >= end)
    }

    /// One page, and a wait at the end of the log.
    async fn pages(&mut self) -> aether_core::Result<()> {
        let read = Read::all().after(self.position).limit(700).filter(self.duty.wants.filter());
        let page = self.store.read(read).await?;
        self.saw(&page.events, page.position).await;
        if page.caught_up && !self.is_at_end() {
            self.store.wait(self.position).await?;
        }
        Ok(())
    }

    /// This many batches, or until the end is known.
    async fn subscription(&mut self, batches: u32) -> aether_core::Result<()> {
        let store = Arc::new(self.store.clone());
        let mut log = Subscription::builder(store)
            .after(self.position)
            .filter(self.duty.wants.filter())
            .batch_size(500)
            .start();
        for _ in 0..=batches {
            let batch = log.next_batch().await?;
            self.saw(&batch.events, batch.position).await;
            if self.is_at_end() {
                break;
            }
        }
        Ok(())
    }

    /// Writes down what it saw, and where it goes on. Nothing waits in between: a round that is dropped
    /// has written down both or nothing.
    async fn saw(&mut self, events: &[RecordedEvent], position: Position) {
        let permit = match self.say.clone().reserve_owned().await {
            Ok(permit) => permit,
            Err(_) => return,
        };
        self.position = position;
        if events.is_empty() {
            return;
        }
        let steps = events.iter().map(|event| {
            let at = event.position.get();
            let step = at.wrapping_sub(self.seen).cast_signed();
            self.seen = at;
            self.checksum = self.checksum.wrapping_add(checksum(at, event.event_id.as_uuid()));
            step
        });
        let steps = steps.collect();
        permit.send(Line::Seen { reader: self.duty.number, steps });
    }
}

//! Customers: commands with a rule, on aggregates that all processes share. No purse may ever be below zero, and every
//! answer has to be what its history comes to.

use aether_core::{Aggregate, AggregateId, Context, Engine, Event, ExecuteError, Facts, Shape};
use aether_postgres::PgStore;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use super::child::Say;
use crate::history::{Expected, Line, WriteInDoubt, fold};

/// How many customers each process has.
const CUSTOMERS: u64 = 4;
/// How many purses all processes share.
const PURSES: u64 = 12;
/// Every how many commands a customer pays something in.
const PAYS_IN_EVERY: u64 = 3;

/// How much gold there is, and what its history comes to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub(super) struct Purse {
    gold: i64,
    fold: u64,
}

/// Puts an amount in, or takes it out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    mark: Uuid,
    amount: i64,
}

/// The gold has changed.
#[derive(Debug, Clone, Serialize, Deserialize, Event)]
pub(super) enum PurseEvent {
    /// By an amount; the mark tells the command.
    Moved {
        /// Which command.
        mark: Uuid,
        /// By how much.
        amount: i64,
    },
}

/// There is not that much.
#[derive(Debug, thiserror::Error)]
#[error("the purse holds {gold}, and {asked} were asked for")]
pub(super) struct TooLittle {
    gold: i64,
    asked: i64,
}

impl Aggregate for Purse {
    const TYPE: &'static str = "Purse";
    type Command = Move;
    type Event = PurseEvent;
    type Error = TooLittle;

    fn decide(&self, command: &Move, _: &Facts) -> Result<Vec<PurseEvent>, TooLittle> {
        if self.gold + command.amount < 0 {
            return Err(TooLittle { gold: self.gold, asked: -command.amount });
        }
        Ok(vec![PurseEvent::Moved { mark: command.mark, amount: command.amount }])
    }

    fn apply(&mut self, PurseEvent::Moved { mark, amount }: &PurseEvent) {
        self.gold += amount;
        self.fold = fold(self.fold, *mark, *amount);
    }
}

/// Lets the customers of a process trade until a time.
pub(super) async fn trade(store: PgStore, process: usize, say: Say, until: Instant) {
    let engine = Engine::new(store);
    let customers = (0..CUSTOMERS).map(|number| {
        let random = StdRng::seed_from_u64(1_000_000 + process as u64 * CUSTOMERS + number);
        tokio::spawn(Customer { engine: engine.clone(), say: say.clone(), random }.run(until))
    });
    for customer in customers.collect::<Vec<_>>() {
        if let Err(gone) = customer.await {
            let _ = say.send(Line::Finding(format!("a customer is gone: {gone}"))).await;
        }
    }
}

struct Customer {
    engine: Engine,
    say: Say,
    random: StdRng,
}

impl Customer {
    async fn run(mut self, until: Instant) {
        while Instant::now() < until {
            let line = self.step().await;
            for line in line {
                // a parent that is gone needs no answer
                let _ = self.say.send(line).await;
            }
            tokio::time::sleep(std::time::Duration::from_micros(self.below(8000))).await;
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }

    /// One command, and what there is to say of it.
    async fn step(&mut self) -> Vec<Line> {
        let purse = Uuid::from_u128(0x9a9a_0000_0000_0000 + u128::from(self.below(PURSES)));
        let size = (1 + self.below(100)).cast_signed();
        let amount = if self.below(PAYS_IN_EVERY) == 0 { size * 2 } else { -size };
        let mark = Uuid::now_v7();
        let command = Move { mark, amount };
        let mut context = Context::new();
        if self.below(2) == 0 {
            context = context.command_id(mark);
        }
        let id = AggregateId::new(purse);
        match self.engine.execute::<Purse>(id, command).with(&context).await {
            Ok(executed) => {
                let version = executed.version().get();
                let Some(position) = executed.position().map(aether_core::Position::get) else {
                    return vec![Line::Finding(format!(
                        "{command:?} was answered without an event"
                    ))];
                };
                let before = version.saturating_sub(1);
                let fold = executed.state().fold;
                vec![
                    Line::Acknowledged {
                        stream: purse,
                        expected: Expected::Version(before),
                        version,
                        events: vec![(mark, position)],
                    },
                    Line::State { stream: purse, version, position, fold },
                ]
            }
            Err(ExecuteError::Store(error)) if error.is_outcome_unknown() => {
                let events = vec![mark];
                let write = WriteInDoubt { stream: purse, expected: Expected::Any, events };
                vec![Line::Unknown(vec![write])]
            }
            Err(ExecuteError::Store(error)) if !error.is_transient() && !error.is_conflict() => {
                vec![Line::Finding(format!("a command failed: {error:?}"))]
            }
            Err(_) => vec![Line::NotStored(vec![mark])],
        }
    }
}

//! The aggregate of these tests: a purse that cannot owe anything.

use aether_core::{Aggregate, AggregateId, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub(crate) struct Purse {
    pub(crate) gold: u32,
}

pub(crate) enum PurseCommand {
    Earn(u32),
    Pay(u32),
    /// Pays whatever there is: nothing to do when it is empty.
    Empty,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(crate) enum PurseEvent {
    GoldEarned { amount: u32 },
    GoldPaid { amount: u32 },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are {has} gold pieces, {needs} are asked for; earn more")]
pub(crate) struct NotEnough {
    pub(crate) has: u32,
    pub(crate) needs: u32,
}

impl Aggregate for Purse {
    const TYPE: &'static str = "Purse";
    type Command = PurseCommand;
    type Event = PurseEvent;
    type Error = NotEnough;

    fn decide(&self, wanted: &PurseCommand, _: &Facts) -> Result<Vec<PurseEvent>, NotEnough> {
        match *wanted {
            PurseCommand::Earn(amount) => Ok(vec![PurseEvent::GoldEarned { amount }]),
            PurseCommand::Pay(needs) if needs > self.gold => {
                Err(NotEnough { has: self.gold, needs })
            }
            PurseCommand::Pay(amount) => Ok(vec![PurseEvent::GoldPaid { amount }]),
            PurseCommand::Empty if self.gold == 0 => Ok(vec![]),
            PurseCommand::Empty => Ok(vec![PurseEvent::GoldPaid { amount: self.gold }]),
        }
    }

    fn apply(&mut self, event: &PurseEvent) {
        match event {
            PurseEvent::GoldEarned { amount } => self.gold += amount,
            PurseEvent::GoldPaid { amount } => self.gold -= amount,
        }
    }
}

/// An id that nobody has used.
pub(crate) fn purse() -> AggregateId {
    AggregateId::new(Uuid::now_v7())
}

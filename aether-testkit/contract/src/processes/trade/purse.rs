//! A purse: gold that is free, and gold that is set aside.

use aether_core::{Aggregate, Event, Facts, Shape};
use serde::{Deserialize, Serialize};

/// A purse.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Purse {
    /// Gold that can be spent.
    pub free: u32,
    /// Gold that is set aside.
    pub reserved: u32,
    /// It takes no more than this in all, if it is limited.
    pub limit: Option<u32>,
}

/// What can be asked of a purse.
#[derive(Debug, Clone)]
pub enum PurseCommand {
    /// Gold from nowhere: how tests begin.
    Deposit(u32),
    /// Limits it.
    Limit(u32),
    /// Sets gold aside.
    Reserve(u32),
    /// Frees gold that was set aside.
    Return(u32),
    /// Pays from what was set aside.
    Pay(u32),
    /// Takes in gold.
    Receive(u32),
}

/// What happens to a purse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "as the commands")]
pub enum PurseEvent {
    GoldDeposited { amount: u32 },
    LimitSet { limit: u32 },
    GoldReserved { amount: u32 },
    GoldReturned { amount: u32 },
    GoldPaid { amount: u32 },
    GoldReceived { amount: u32 },
}

/// Why a purse refuses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurseRefusal {
    /// There is not enough gold.
    #[error("there are {has} gold pieces, {needs} are asked for")]
    NotEnough {
        /// What there is.
        has: u32,
        /// What is asked for.
        needs: u32,
    },
    /// It takes no more.
    #[error("the purse takes no more than {limit} gold pieces")]
    Full {
        /// The limit.
        limit: u32,
    },
}

impl Aggregate for Purse {
    const TYPE: &'static str = "Purse";
    type Command = PurseCommand;
    type Event = PurseEvent;
    type Error = PurseRefusal;

    fn decide(&self, command: &PurseCommand, _: &Facts) -> Result<Vec<PurseEvent>, PurseRefusal> {
        let available = |has: u32, needs: u32| {
            if needs > has { Err(PurseRefusal::NotEnough { has, needs }) } else { Ok(needs) }
        };
        Ok(vec![match *command {
            PurseCommand::Deposit(amount) => PurseEvent::GoldDeposited { amount },
            PurseCommand::Limit(limit) => PurseEvent::LimitSet { limit },
            PurseCommand::Reserve(needs) => {
                PurseEvent::GoldReserved { amount: available(self.free, needs)? }
            }
            PurseCommand::Return(needs) => {
                PurseEvent::GoldReturned { amount: available(self.reserved, needs)? }
            }
            PurseCommand::Pay(needs) => {
                PurseEvent::GoldPaid { amount: available(self.reserved, needs)? }
            }
            PurseCommand::Receive(amount) => match self.limit {
                Some(limit) if self.free + self.reserved + amount > limit => {
                    return Err(PurseRefusal::Full { limit });
                }
                _ => PurseEvent::GoldReceived { amount },
            },
        }])
    }

    fn apply(&mut self, event: &PurseEvent) {
        match event {
            PurseEvent::GoldDeposited { amount } | PurseEvent::GoldReceived { amount } => {
                self.free += amount;
            }
            PurseEvent::LimitSet { limit } => self.limit = Some(*limit),
            PurseEvent::GoldReserved { amount } => {
                self.free -= amount;
                self.reserved += amount;
            }
            PurseEvent::GoldReturned { amount } => {
                self.reserved -= amount;
                self.free += amount;
            }
            PurseEvent::GoldPaid { amount } => self.reserved -= amount,
        }
    }
}

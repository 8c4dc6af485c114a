//! The aggregate of these tests: a chest that gold is put into.

use std::convert::Infallible;

use aether_core::{Aggregate, Event, Facts, Shape};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub(crate) struct Chest {
    gold: u32,
}

pub(crate) struct Deposit(pub(crate) u32);

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
pub(crate) enum ChestEvent {
    Deposited { gold: u32 },
}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = Deposit;
    type Event = ChestEvent;
    type Error = Infallible;

    fn decide(&self, Deposit(gold): &Deposit, _: &Facts) -> Result<Vec<ChestEvent>, Infallible> {
        Ok(vec![ChestEvent::Deposited { gold: *gold }])
    }

    fn apply(&mut self, ChestEvent::Deposited { gold }: &ChestEvent) {
        self.gold += gold;
    }
}

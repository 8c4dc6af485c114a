//! What the writers write: purses that must never owe anything.

use aether_core::{Aggregate, AggregateId, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Gold that is never spent twice.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub(super) struct Purse {
    pub(super) gold: i64,
}

/// An order to a purse, and a mark by which its event is found again.
pub(super) enum Order {
    Earn(i64, Uuid),
    Pay(i64, Uuid),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) enum PurseEvent {
    GoldEarned { amount: i64, mark: Uuid },
    GoldPaid { amount: i64, mark: Uuid },
}

#[derive(Debug, thiserror::Error)]
#[error("there is not enough gold")]
pub(super) struct TooPoor;

impl Aggregate for Purse {
    const TYPE: &'static str = "Purse";
    type Command = Order;
    type Event = PurseEvent;
    type Error = TooPoor;

    fn decide(&self, order: &Order, _: &Facts) -> Result<Vec<PurseEvent>, TooPoor> {
        match *order {
            Order::Earn(amount, mark) => Ok(vec![PurseEvent::GoldEarned { amount, mark }]),
            Order::Pay(amount, mark) if amount <= self.gold => {
                Ok(vec![PurseEvent::GoldPaid { amount, mark }])
            }
            Order::Pay(..) => Err(TooPoor),
        }
    }

    fn apply(&mut self, event: &PurseEvent) {
        match event {
            PurseEvent::GoldEarned { amount, .. } => self.gold += amount,
            PurseEvent::GoldPaid { amount, .. } => self.gold -= amount,
        }
    }
}

/// The purses that all writers share.
pub(super) fn purses() -> impl Iterator<Item = AggregateId> {
    (0..24).map(|number| AggregateId::new(Uuid::from_u128(0xfa11_0000 + number)))
}

//! The aggregate that many call at once: each of its events says what it was decided on.

use aether_core::backend::EventStore;
use aether_core::log::Load;
use aether_core::{Aggregate, AggregateId, Event, Facts, Shape};
use serde::{Deserialize, Serialize};

/// A vault with coins.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub(crate) struct Vault {
    pub(crate) coins: u32,
}

pub(crate) enum Order {
    Add,
    Take(u32),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(crate) enum VaultEvent {
    CoinAdded {
        number: u32,
    },
    CoinsTaken {
        count: u32,
        left: u32,
    },
    /// By somebody who does not ask.
    CoinsFound {
        count: u32,
    },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are {has} coins, {wanted} are asked for")]
pub(crate) struct TooFew {
    pub(crate) has: u32,
    pub(crate) wanted: u32,
}

impl Aggregate for Vault {
    const TYPE: &'static str = "Vault";
    type Command = Order;
    type Event = VaultEvent;
    type Error = TooFew;

    fn decide(&self, order: &Order, _: &Facts) -> Result<Vec<VaultEvent>, TooFew> {
        match *order {
            Order::Add => Ok(vec![VaultEvent::CoinAdded { number: self.coins + 1 }]),
            Order::Take(0) => Ok(vec![]),
            Order::Take(count) => match self.coins.checked_sub(count) {
                Some(left) => Ok(vec![VaultEvent::CoinsTaken { count, left }]),
                None => Err(TooFew { has: self.coins, wanted: count }),
            },
        }
    }

    fn apply(&mut self, event: &VaultEvent) {
        match event {
            VaultEvent::CoinAdded { .. } => self.coins += 1,
            VaultEvent::CoinsTaken { count, .. } => self.coins -= count,
            VaultEvent::CoinsFound { count } => self.coins += count,
        }
    }
}

/// The vault as the log has it; each of its events was decided on those before it.
pub(crate) async fn told(store: &dyn EventStore, id: AggregateId) -> (Vault, usize) {
    let events = store.load(Load::stream(Vault::stream(id))).await.expect("it can load").events;
    let mut vault = Vault::default();
    for event in &events {
        let event: VaultEvent = event.decode().expect("it can be decoded");
        match event {
            VaultEvent::CoinAdded { number } => assert_eq!(number, vault.coins + 1, "{event:?}"),
            VaultEvent::CoinsTaken { count, left } => assert_eq!(left, vault.coins - count),
            VaultEvent::CoinsFound { .. } => {}
        }
        vault.apply(&event);
    }
    (vault, events.len())
}

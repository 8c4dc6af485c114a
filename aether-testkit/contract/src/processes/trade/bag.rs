//! A bag: items that can be used, and items that are set aside.

use std::collections::BTreeMap;

use aether_core::{Aggregate, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A bag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Bag {
    /// How many there are of each item.
    pub free: BTreeMap<Uuid, u32>,
    /// How many of each are set aside.
    pub reserved: BTreeMap<Uuid, u32>,
    /// It takes no more items than this in all, if it is limited.
    pub places: Option<u32>,
}

/// What can be asked of a bag.
#[derive(Debug, Clone)]
pub enum BagCommand {
    /// An item from nowhere: how tests begin.
    Add(Uuid),
    /// Limits it.
    Limit(u32),
    /// Sets an item aside.
    Reserve(Uuid),
    /// Frees an item that was set aside.
    Return(Uuid),
    /// Hands over an item that was set aside.
    HandOver(Uuid),
    /// Hands over an item.
    Give(Uuid),
    /// Takes in an item.
    Receive(Uuid),
}

/// What happens to a bag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "as the commands")]
pub enum BagEvent {
    ItemAdded { item: Uuid },
    PlacesLimited { places: u32 },
    ItemReserved { item: Uuid },
    ItemReturned { item: Uuid },
    ItemHandedOver { item: Uuid },
    ItemGiven { item: Uuid },
    ItemReceived { item: Uuid },
}

/// Why a bag refuses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BagRefusal {
    /// It is not in there.
    #[error("the item {0} is not in the bag")]
    Absent(Uuid),
    /// It takes no more.
    #[error("the bag takes no more than {0} items")]
    Full(u32),
}

impl Aggregate for Bag {
    const TYPE: &'static str = "Bag";
    type Command = BagCommand;
    type Event = BagEvent;
    type Error = BagRefusal;

    fn decide(&self, command: &BagCommand, _: &Facts) -> Result<Vec<BagEvent>, BagRefusal> {
        let present = |items: &BTreeMap<Uuid, u32>, item: Uuid| {
            if items.contains_key(&item) { Ok(item) } else { Err(BagRefusal::Absent(item)) }
        };
        Ok(vec![match *command {
            BagCommand::Add(item) => BagEvent::ItemAdded { item },
            BagCommand::Limit(places) => BagEvent::PlacesLimited { places },
            BagCommand::Reserve(item) => {
                BagEvent::ItemReserved { item: present(&self.free, item)? }
            }
            BagCommand::Return(item) => {
                BagEvent::ItemReturned { item: present(&self.reserved, item)? }
            }
            BagCommand::HandOver(item) => {
                BagEvent::ItemHandedOver { item: present(&self.reserved, item)? }
            }
            BagCommand::Give(item) => BagEvent::ItemGiven { item: present(&self.free, item)? },
            BagCommand::Receive(item) => match self.places {
                Some(places) if self.len() >= places => return Err(BagRefusal::Full(places)),
                _ => BagEvent::ItemReceived { item },
            },
        }])
    }

    fn apply(&mut self, event: &BagEvent) {
        match event {
            BagEvent::ItemAdded { item } | BagEvent::ItemReceived { item } => {
                add(&mut self.free, *item);
            }
            BagEvent::PlacesLimited { places } => self.places = Some(*places),
            BagEvent::ItemReserved { item } => {
                remove(&mut self.free, *item);
                add(&mut self.reserved, *item);
            }
            BagEvent::ItemReturned { item } => {
                remove(&mut self.reserved, *item);
                add(&mut self.free, *item);
            }
            BagEvent::ItemHandedOver { item } => remove(&mut self.reserved, *item),
            BagEvent::ItemGiven { item } => remove(&mut self.free, *item),
        }
    }
}

impl Bag {
    /// How many items there are in all.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.free.values().chain(self.reserved.values()).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn add(items: &mut BTreeMap<Uuid, u32>, item: Uuid) {
    *items.entry(item).or_default() += 1;
}

fn remove(items: &mut BTreeMap<Uuid, u32>, item: Uuid) {
    if let Some(count) = items.get_mut(&item) {
        *count -= 1;
        if *count == 0 {
            items.remove(&item);
        }
    }
}

//! A program that knows aether-core as `sdk` and serde as `encoding`, and has no `uuid` at all.

use encoding::{Deserialize, Serialize};
use sdk::{Aggregate, Draft, Event, Facts, Shape, id};

id! {
    /// Identifies a chest.
    pub struct ChestId of Chest;
    /// Identifies an item.
    pub struct ItemId;
}

/// A chest and what is in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
#[serde(crate = "encoding")]
#[shape(crate = sdk)]
pub struct Chest {
    items: Vec<ItemId>,
}

/// Puts an item in, once.
#[derive(Debug)]
pub struct Put(pub ItemId);

/// What happened to a chest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(crate = "encoding")]
#[event(crate = sdk)]
pub enum ChestEvent {
    /// An item was put in.
    ItemPut {
        /// Which.
        item: ItemId,
    },
}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = Put;
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, Put(item): &Put, _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        let mut draft = Draft::of(self);
        if !draft.items.contains(item) {
            draft.emit(ChestEvent::ItemPut { item: *item });
        }
        Ok(draft.into_events())
    }

    fn apply(&mut self, ChestEvent::ItemPut { item }: &ChestEvent) {
        self.items.push(*item);
    }
}

#[cfg(test)]
mod tests {
    use sdk::memory::MemoryStore;
    use sdk::{BoxError, Engine};

    use super::*;

    #[tokio::test]
    async fn ids_and_derives_work_under_another_name() -> Result<(), BoxError> {
        let engine = Engine::new(MemoryStore::new());
        let chest = ChestId::generate();
        let item = ItemId::v5(chest, "lantern");
        engine.execute(chest, Put(item)).await?;
        engine.execute(chest, Put(item)).await?;
        assert_eq!(engine.load(chest).await?.state.items, [item]);
        assert_eq!(item.to_string().parse(), Ok(item));
        Ok(())
    }
}

//! A command for an aggregate that the id does not stand for.

use aether_core::{Engine, Event, Facts, Shape, id};
use serde::{Deserialize, Serialize};

id! {
    pub struct ChestId of Chest;
    pub struct ItemId;
}

#[derive(Clone, Default, Serialize, Deserialize, Shape)]
pub struct Chest;

#[derive(Serialize, Deserialize, Event)]
pub enum ChestEvent {
    Opened,
}

impl aether_core::Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = ();
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, _: &(), _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        Ok(vec![])
    }

    fn apply(&mut self, _: &ChestEvent) {}
}

async fn open(engine: Engine, item: ItemId) {
    let _ = engine.execute::<Chest>(item, ()).await;
}

fn main() {}

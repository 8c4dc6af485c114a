//! Names that a set of events has twice, and names that its whole does not have.

use aether_core::{AnyEvent, Event, EventSet};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Event)]
enum OrderEvent {
    Created { price: u32 },
    OrderFilled,
}

#[derive(Serialize, Deserialize, Event)]
enum PlayerEvent {
    #[event(name = "Created")]
    PlayerCreated { name: String },
}

#[derive(EventSet)]
enum Clash {
    Order(OrderEvent),
    Player(PlayerEvent),
}

#[derive(EventSet)]
enum Twice {
    Order(OrderEvent),
    Again(OrderEvent),
}

#[derive(Deserialize, EventSet)]
#[event(part_of = OrderEvent)]
enum Typo {
    OrderFiled,
}

#[derive(EventSet)]
enum Open {
    Order(OrderEvent),
    Rest(AnyEvent),
}

fn main() {}

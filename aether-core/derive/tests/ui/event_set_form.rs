//! Enums that are no set of events, and keys in their `#[event(…)]`.

use aether_core::{Event, EventSet};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Event)]
enum OrderEvent {
    OrderPlaced { price: u32 },
    OrderFilled,
}

#[derive(EventSet)]
struct NoEnum(OrderEvent);

#[derive(EventSet)]
enum Nothing {}

#[derive(EventSet)]
enum Fields {
    OrderPlaced { price: u32 },
    OrderFilled,
}

#[derive(EventSet)]
enum Generic<T> {
    Any(T),
}

#[derive(EventSet)]
#[event(upcasters = history)]
enum Keys {
    #[event(name = "Order")]
    Order(OrderEvent),
}

#[derive(Deserialize, EventSet)]
#[event(part_of = OrderEvent)]
enum Part {
    #[event(version = 2)]
    OrderPlaced { price: u32 },
    #[event(name = "OrderPlaced")]
    Again { price: u32 },
    #[serde(rename = "OrderFilled")]
    Filled,
}

fn main() {}

//! A field's type does not describe its shape.

use aether_core::{Event, Shape};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Coup {
    degats: u32,
}

#[derive(Shape)]
struct Combat {
    tour: u32,
    dernier: Option<Coup>,
}

#[derive(Serialize, Deserialize, Event)]
enum CombatEvent {
    CoupPorte { coup: Coup },
}

fn main() {}

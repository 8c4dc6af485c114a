//! A field's type does not describe its shape.

use aether_core::{Event, Shape};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Blow {
    damage: u32,
}

#[derive(Shape)]
struct Battle {
    turn: u32,
    hardest: Option<Blow>,
}

#[derive(Serialize, Deserialize, Event)]
enum BattleEvent {
    BlowDealt { blow: Blow },
}

fn main() {}

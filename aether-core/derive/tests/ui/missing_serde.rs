//! `Serialize` was forgotten.

use aether_core::Event;
use serde::Deserialize;

#[derive(Deserialize, Event)]
enum LeagueEvent {
    Dissolved,
}

fn main() {}

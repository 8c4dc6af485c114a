//! Types that cannot be events, and serde attributes that an enum of events cannot have.

use aether_core::Event;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Event)]
enum Tuple {
    Pair(u8, String),
    Empty(),
}

#[derive(Serialize, Deserialize, Event)]
enum Generic<T> {
    On(T),
}

#[derive(Serialize, Deserialize, Event)]
enum Empty {}

#[derive(Event)]
union Union {
    x: u8,
}

#[derive(Serialize, Deserialize, Event)]
#[serde(tag = "type", content = "data", rename_all = "camelCase")]
#[serde(rename_all_fields = "camelCase")]
enum Attributes {
    #[serde(rename = "other")]
    Renamed { a_field: u8 },
    #[serde(alias = "former")]
    Alias,
    #[serde(skip)]
    Skipped,
}

#[derive(Clone, Serialize, Deserialize, Event)]
#[serde(into = "u8", from = "u8", untagged)]
enum Hidden {
    On,
}

impl From<u8> for Hidden {
    fn from(_: u8) -> Self {
        Self::On
    }
}

impl From<Hidden> for u8 {
    fn from(_: Hidden) -> Self {
        0
    }
}

fn main() {}

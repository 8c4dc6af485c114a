//! Names, versions and keys in `#[event(…)]`.

use aether_core::Event;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Event)]
enum Names {
    #[event(name = "")]
    Empty,
    #[event(name = "a name")]
    Space,
    Soufflé,
    #[event(name = "x234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890x")]
    Long,
    #[event(name = 3)]
    Number,
    #[event(name)]
    Missing,
}

#[derive(Serialize, Deserialize, Event)]
enum SameNames {
    Added,
    #[event(name = "Added")]
    MemberAdmitted,
}

#[derive(Serialize, Deserialize, Event)]
enum Versions {
    #[event(version = 0)]
    Zero,
    #[event(version = 65536)]
    Large,
    #[event(version = -1)]
    Negative,
    #[event(version = "2")]
    Text,
}

#[derive(Serialize, Deserialize, Event)]
#[event(name = "League")]
enum Keys {
    #[event(versoin = 2)]
    Unknown,
    #[event(upcasters = history)]
    Misplaced,
    #[event(name = "a", name = "b")]
    Twice,
    Field {
        #[event(name = "x")]
        x: u8,
    },
    #[shape(opaque)]
    Opaque,
}

#[derive(Serialize, Deserialize, Event)]
#[event(upcasters = "history")]
struct Quoted {
    x: u8,
}

fn main() {}

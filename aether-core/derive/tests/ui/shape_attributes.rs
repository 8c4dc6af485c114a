//! `#[shape(…)]` where it means nothing, and types without a shape.

use aether_core::Shape;
use serde::Serialize;

#[derive(Shape)]
#[shape(opaque)]
struct OnType {
    x: u8,
}

#[derive(Shape)]
enum OnVariant {
    #[shape(opaque)]
    On(u8),
    Pair(#[shape(opak)] u8),
}

#[derive(Shape)]
union Union {
    x: u8,
}

#[derive(Serialize, Shape)]
#[serde(transparent)]
struct Nothing {
    #[serde(skip)]
    x: u8,
}

fn main() {}

//! A draft whose events are not returned.
#![deny(unused_must_use)]

use aether_core::{Aggregate, Draft};

fn decide<A: Aggregate>(state: &A) {
    Draft::of(state);
    Draft::of(state).into_events();
}

fn main() {}

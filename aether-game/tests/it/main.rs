//! Tests of the Aether game, named after the promises they keep.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bots;
mod fixtures;
mod invalidation;
mod live;
mod locks;
mod module;
mod properties;
mod read_models;
mod rules_of_action;
mod rules_of_effects;
mod rules_of_start;
mod rules_of_turns;
mod shapes;

//! Tests of the arena's server, named after the promises they keep.

#![allow(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod client;
mod combats;
mod door;
mod joueurs;
mod limits;
mod openapi;
mod process;
mod scene;
mod sessions;
mod socket;

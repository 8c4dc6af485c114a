//! Tests of the arena's server, named after the promises they keep.

#![allow(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod client;
mod combats;
mod console;
mod door;
mod graphql;
mod joueurs;
mod joust;
mod limits;
mod listening;
mod market;
mod openapi;
mod operate;
mod page;
mod page_browser;
mod process;
mod quests;
mod scene;
mod sessions;
mod socket;
mod socket_broken;
mod socket_commands;
mod socket_doors;
mod socket_resume;
mod socket_slow;
mod stream;
mod visitor;

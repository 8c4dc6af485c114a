//! What aether-core promises, tested from outside: the derive macros, the engine, readers and
//! projections, and the in-memory backend.

#![allow(clippy::unwrap_used, reason = "tests")]

mod atomic;
mod away;
mod blame;
mod bus;
mod cache;
mod cache_contract;
mod counting;
mod engine;
mod event;
mod facts;
mod feeds;
mod history;
mod ids;
mod leaderboard;
mod locks;
mod managers;
mod memory_contract;
mod mortal;
mod node;
mod process;
mod projection;
mod purse;
mod restored;
mod sets;
mod shape;
mod subscription;
mod upcast;

//! What aether-core promises, tested from outside: the derive macros, the engine, readers and
//! projections, and the in-memory backend.

#![allow(clippy::unwrap_used, reason = "tests")]

mod atomic;
mod away;
mod blame;
mod counting;
mod engine;
mod event;
mod expecting;
mod facts;
mod front_page;
mod history;
mod ids;
mod layout;
mod lines;
mod managers;
mod memory_contract;
mod metrics;
mod modules;
mod node;
mod obsolete;
mod ports;
mod process;
mod projection;
mod purse;
mod restored;
mod sets;
mod shape;
mod shared;
mod subscription;
mod telemetry;
mod upcast;
mod waiting;

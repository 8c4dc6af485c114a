//! What aether-realtime promises, tested from outside: the implementations in process keep every promise of their
//! ports, and feeds miss nothing whatever becomes of bus and log.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bus;
mod cache;
mod cache_contract;
mod chest;
mod errors;
mod feeds;
mod invalidator;
mod leaderboard;
mod locks;
mod mortal;

//! The PostgreSQL backend against real servers.

#![allow(clippy::unwrap_used, reason = "tests")]

mod archive;
mod archived;
mod backend;
mod batches;
mod begin;
mod census;
mod contract;
mod diagnostics;
mod durability;
mod failover;
mod faults;
mod fence;
mod functions;
mod guard;
mod handlers;
mod horizon;
mod identity;
mod import;
mod incarnation;
mod inline;
mod jobs;
mod load;
mod lost_states;
mod many_months;
mod messages;
mod months;
mod neighbours;
mod nodes;
mod partitions;
mod pgbouncer;
mod pooler;
mod process;
mod proxy;
mod queries;
mod read_models;
mod rebuild;
mod replica;
mod restored;
mod rights;
mod runtimes;
mod samples;
mod secrets;
mod shadow;

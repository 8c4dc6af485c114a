//! The PostgreSQL backend against real servers.

#![allow(clippy::unwrap_used, reason = "tests")]

mod backend;
mod contract;

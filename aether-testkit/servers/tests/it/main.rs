//! What is promised of servers, tested on real ones.

// The lint's exception for tests does not reach the functions that tests share.
#![allow(clippy::unwrap_used)]

mod command;
mod databases;
mod faults;
mod leaks;
mod probe;
mod start;

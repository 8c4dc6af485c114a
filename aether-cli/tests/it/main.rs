//! The commands, run as processes of a program that mounts them, against real servers.

#![allow(clippy::unwrap_used, reason = "tests")]

mod asking;
mod docs;
mod elsewhere;
mod faults;
mod log;
mod operations;
mod rights;
mod streams;
mod studio;
mod transfer;

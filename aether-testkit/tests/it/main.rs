//! What the test kit promises, tested against real servers.

mod command;
mod databases;
mod faults;
mod leaks;
mod probe;
mod start;

#![doc = include_str!("../README.md")]
//!
//! # The commands
#![doc = include_str!("docs/commands.md")]

mod archive;
mod changes;
mod command;
mod confirm;
mod database;
mod dead_letter;
mod elsewhere;
mod error;
mod events;
mod export;
mod host;
mod import;
mod job;
mod migrate;
mod output;
mod projection;
mod rebuild;
mod status;
mod stream;
mod table;
mod times;
mod trace;
mod verify;

pub use command::{Command, run};
pub use database::DatabaseOptions;
pub use error::{Error, exit_code};
pub use host::Host;

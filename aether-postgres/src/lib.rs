#![doc = include_str!("../README.md")]

mod batch;
mod database;
mod diagnostics;
mod error;
mod import;
mod loader;
mod migrate;
mod operations;
mod read_models;
mod reader;
mod rows;
mod snapshots;
mod store;
mod tail;
mod writer;

pub use diagnostics::{Diagnostics, HorizonHolder, Partition, PoolState};
pub use error::Error;
pub use import::{ImportEvent, Imported};
pub use migrate::run_migrations;
pub use operations::{
    DeadLetter, JobStatus, LeaseStatus, LetterOrder, LetterState, Letters, NodeStatus,
    ProjectionLag, RepeatedEvent, Status, StreamHead, Unsound, UnsoundStream,
};
pub use read_models::{PgReadModels, PgTx};
pub use store::{PgStore, PgStoreBuilder};

#![doc = include_str!("../README.md")]

mod batch;
mod coordinator;
mod database;
mod diagnostics;
mod error;
mod import;
mod letters;
mod loader;
mod migrate;
mod read_models;
mod reader;
mod rebuild;
mod rows;
mod snapshots;
mod store;
mod tail;
mod writer;

pub use diagnostics::{Diagnostics, HorizonHolder, Partition, PoolState};
pub use error::Error;
pub use import::{ImportEvent, Imported};
pub use migrate::run_migrations;
pub use read_models::{PgReadModels, PgTx};
pub use rebuild::{
    Phase, Progress, ProjectionProgress, Rebuild, Rebuilding, Report, SqlProjection,
};
pub use store::{PgStore, PgStoreBuilder};

#![doc = include_str!("../README.md")]

mod address;
mod batch;
mod checkpoints;
mod coordinator;
mod database;
mod diagnostics;
mod error;
mod fence;
mod folded;
mod functions;
mod home;
mod identity;
mod import;
mod inline;
mod jobs;
mod lanes;
mod letters;
mod loader;
pub mod metrics;
mod migrate;
mod months;
mod needs;
mod operations;
mod order;
mod partitions;
mod processes;
mod queue;
mod read_models;
mod reader;
mod rebuild;
mod registration;
mod rows;
mod snapshots;
mod store;
mod storing;
mod tail;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod writer;

pub use diagnostics::{Diagnostics, HorizonHolder, Partition, PoolState};
pub use error::{Error, SqlError};
pub use fence::FencePruning;
pub use folded::{Document, Folded};
pub use import::{ImportEvent, Imported};
pub use jobs::{Archiving, CommandPruning, PartitionsAhead, SnapshotPruning, ViewRefresh};
pub use migrate::run_migrations;
pub use operations::{
    JobStatus, LeaseStatus, Letters, NodeStatus, ParkedEvent, ProjectionLag, RepeatedEvent, Status,
    StreamHead, Unsound, UnsoundStream,
};
pub use read_models::PgReadModels;
pub use rebuild::{Rebuild, Rebuilding};
pub use store::{PgStore, PgStoreBuilder};
pub use tx::PgTx;

/// The database driver, in the version whose types are in the signatures of this crate.
#[doc(no_inline)]
pub use sqlx;

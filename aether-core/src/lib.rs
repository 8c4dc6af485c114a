#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(feature = "memory"),
    allow(dead_code, unused_imports, reason = "the engine and its backend use it")
)]

// The derive macros name this crate by its own name, also inside of it.
#[allow(unused_extern_crates, reason = "used by the code the derives generate")]
extern crate self as aether_core;

mod aggregate;
#[cfg(feature = "engine")]
mod aggregate_cache;
#[cfg(feature = "engine")]
mod append;
pub mod backend;
mod context;
#[cfg(feature = "engine")]
mod coordination;
mod draft;
#[cfg(feature = "engine")]
mod engine;
mod envelope;
mod error;
pub mod event;
mod facts;
#[cfg(feature = "engine")]
mod history;
mod ids;
mod json;
mod limits;
#[cfg(feature = "memory")]
mod memory;
mod metadata;
#[cfg(feature = "engine")]
mod meter;
#[cfg(feature = "engine")]
mod node;
#[cfg(feature = "engine")]
mod ports;
#[cfg(feature = "engine")]
pub mod process;
#[cfg(feature = "engine")]
mod projection;
#[cfg(feature = "engine")]
mod publisher;
mod reason;
mod setters;
mod shape;
#[cfg(feature = "engine")]
mod shared;
#[cfg(feature = "engine")]
mod store;
#[cfg(feature = "engine")]
mod subscription;
mod upcast;

pub use aether_core_derive::{Event, EventSet, Shape};

pub use aggregate::Aggregate;
#[cfg(feature = "engine")]
pub use aggregate_cache::Loaded;
#[cfg(feature = "engine")]
pub use append::{Append, Appended, Write, Written};
pub use context::Context;
#[cfg(feature = "engine")]
pub use coordination::{Beat, Coordinator, JobRun, Lease};
pub use draft::Draft;
#[cfg(feature = "engine")]
pub use engine::{
    Atomic, AtomicExecuted, Engine, EngineBuilder, EngineSettings, Execute, Executed,
};
pub use envelope::{NewEvent, RecordedEvent};
pub use error::{
    BoxError, DecodeError, Error, ErrorKind, ExecuteError, InvalidEvent, Rejection, Result,
};
pub use event::{AnyEvent, Event, EventSet, EventType, Recorded};
pub use facts::Facts;
pub use ids::{
    AggregateId, Anchor, CommandId, EventId, ExpectedVersion, Fence, FencingToken, IdOf,
    Incarnation, LockName, Name, Position, StreamId, Version,
};
pub use json::{Json, JsonError};
pub use limits::Limits;
#[cfg(feature = "memory")]
pub use memory::{MemoryProcesses, MemoryReadModels, MemoryStore, MemoryTx, ProcessTables};
pub use metadata::Metadata;
#[cfg(feature = "engine")]
pub use node::{
    Awaited, BoxJob, Job, Node, NodeBuilder, NodeHealth, ShardHealth, ShardState, run_job,
};
#[cfg(feature = "engine")]
pub use ports::{Clock, Random, SeededRandom, SystemClock, SystemRandom};
#[cfg(feature = "engine")]
pub use process::{ProcessManager, ProcessOperations, ProcessRunner, Processes};
#[cfg(feature = "engine")]
pub use projection::{
    Checkpoint, Checkpoints, Claim, Configured, DeadLetter, Decoded, Delivery, Handler,
    LetterState, Order, Orders, Projection, ProjectionSettings, ReadModels, Registration, Remedy,
    Shard, Step, StoredProjection, StoredShard, Undecodable, Undecoded,
};
#[cfg(feature = "engine")]
pub use publisher::{BoxSink, Message, Publisher, Sink};
pub use reason::Reason;
pub use shape::{Fingerprint, Shape, ShapeWriter, fingerprint_of, shape_of};
#[cfg(feature = "engine")]
pub use store::{
    CommandIds, EventStore, Filter, History, Load, LogIdentity, Page, Read, Snapshot, Snapshots,
    Until,
};
#[cfg(feature = "engine")]
pub use subscription::{Batch, Subscription, SubscriptionBuilder};
pub use upcast::Upcasters;

#[cfg(feature = "sqlx")]
#[doc(hidden)]
pub use sqlx;
#[doc(hidden)]
pub use {serde, serde_json};

/// Dates and times, in the version whose types are in the signatures of this crate.
#[doc(no_inline)]
pub use chrono;
/// UUIDs, in the version whose types are in the signatures of this crate.
#[doc(no_inline)]
pub use uuid;

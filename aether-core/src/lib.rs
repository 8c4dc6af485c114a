#![doc = include_str!("../README.md")]

// The derive macros name this crate by its own name, also inside of it.
#[allow(unused_extern_crates, reason = "used by the code the derives generate")]
extern crate self as aether_core;

mod aggregate;
mod aggregate_cache;
mod append;
pub mod backend;
mod context;
mod coordination;
mod draft;
mod engine;
mod envelope;
mod error;
pub mod event;
mod facts;
mod history;
mod ids;
mod json;
mod limits;
mod memory;
mod metadata;
mod node;
mod ports;
pub mod process;
mod projection;
mod publisher;
mod reason;
mod shape;
mod store;
mod subscription;
mod upcast;

pub use aether_core_derive::{Event, EventSet, Shape};

pub use aggregate::Aggregate;
pub use aggregate_cache::Loaded;
pub use append::{Append, Appended, Write, Written};
pub use context::Context;
pub use coordination::{Beat, Coordinator, JobRun, Lease};
pub use draft::Draft;
pub use engine::{Atomic, AtomicExecuted, Engine, EngineBuilder, Execute, Executed, Settings};
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
pub use memory::{MemoryProcesses, MemoryReadModels, MemoryStore, MemoryTx, ProcessTables};
pub use metadata::Metadata;
pub use node::{
    BoxJob, Job, Node, NodeBuilder, NodeHandle, NodeHealth, ShardHealth, ShardState, run_job,
};
pub use ports::{Clock, ManualClock, Random, SeededRandom, SystemClock, SystemRandom};
pub use process::{ProcessManager, ProcessRunner, Processes};
pub use projection::{
    Checkpoint, Claim, DeadLetter, Decoded, Delivery, Handler, LetterState, Orders, Projection,
    ProjectionSettings, ReadModels, Registration, Remedy, Shard, Step, StoredProjection,
    StoredShard, Undecodable, Undecoded,
};
pub use publisher::{BoxSink, Message, Publisher, Sink};
pub use reason::Reason;
pub use shape::{Fingerprint, Shape, ShapeWriter, fingerprint_of, shape_of};
pub use store::{EventStore, Filter, History, Load, Page, Read, Snapshot, Until};
pub use subscription::{Batch, Subscription, SubscriptionBuilder};
pub use upcast::Upcasters;

#[cfg(feature = "sqlx")]
#[doc(hidden)]
pub use sqlx;
#[doc(hidden)]
pub use {chrono, serde, serde_json, uuid};

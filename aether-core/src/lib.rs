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
pub mod command;
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
pub mod lock;
pub mod log;
#[cfg(feature = "memory")]
pub mod memory;
mod metadata;
#[cfg(feature = "engine")]
mod meter;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "engine")]
pub mod node;
#[cfg(feature = "engine")]
mod ports;
#[cfg(feature = "engine")]
pub mod process;
#[cfg(feature = "engine")]
pub mod projection;
#[cfg(feature = "engine")]
mod publisher;
mod reason;
mod setters;
pub mod shape;
#[cfg(feature = "engine")]
mod shared;
#[cfg(feature = "engine")]
mod store;
#[cfg(feature = "engine")]
mod subscription;
#[cfg(feature = "engine")]
pub mod time;
mod upcast;

pub use aether_core_derive::{Event, EventSet, Shape};

pub use aggregate::Aggregate;
pub use context::Context;
pub use draft::Draft;
#[cfg(feature = "engine")]
pub use engine::{Engine, EngineSettings};
pub use envelope::RecordedEvent;
pub use error::{BoxError, Error, ErrorKind, ExecuteError, Rejection, Result};
pub use event::definition::Event;
pub use event::set::{AnyEvent, EventSet, Recorded};
pub use facts::Facts;
pub use ids::{AggregateId, CommandId, EventId, Position, Version};
pub use json::Json;
#[cfg(feature = "engine")]
pub use node::handle::Node;
#[cfg(feature = "engine")]
pub use node::job::Job;
#[cfg(feature = "engine")]
pub use node::module::Module;
#[cfg(feature = "engine")]
pub use process::manager::ProcessManager;
#[cfg(feature = "engine")]
pub use projection::definition::Projection;
pub use shape::definition::Shape;
#[cfg(feature = "engine")]
pub use store::Filter;
#[cfg(feature = "engine")]
pub use subscription::Subscription;
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

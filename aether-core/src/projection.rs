//! Read models: what the events add up to, kept for quick answers.
//!
//! Begin with the example `examples/small/read_your_writes.rs`.

mod anchor;
pub(crate) mod checkpoints;
mod configured;
mod dead_letter;
pub(crate) mod definition;
mod delivery;
mod handler;
pub(crate) mod maintenance;
pub(crate) mod read_models;
mod settings;
mod shard;
mod trace;

pub use configured::Configured;
pub use dead_letter::{DeadLetter, LetterState, Remedy};
pub use delivery::Delivery;
pub use handler::{Decoded, Handler, Undecoded};
pub use maintenance::Verified;
pub use settings::{ProjectionSettings, Undecodable};
pub use shard::Shard;

pub use crate::publisher::{BoxSink, Message, Publisher, Sink};
pub(crate) use checkpoints::{
    Checkpoint, Checkpoints, Claim, Order, Orders, Registration, StoredProjection, StoredShard,
};
pub(crate) use definition::Projection;
pub(crate) use maintenance::Maintenance;
pub(crate) use read_models::{ReadModels, Step};

//! Shared by those who write backends and readers of their own.
//!
//! Aggregates, projections and process managers need nothing of it. It follows what backends need, and may change in
//! any release that changes a port.

#[cfg(feature = "engine")]
mod backoff;
#[cfg(feature = "engine")]
mod forward;
#[cfg(feature = "engine")]
#[doc(hidden)]
pub mod forwarded;
mod panic;
#[cfg(feature = "engine")]
pub mod span;

#[cfg(feature = "engine")]
pub use crate::__forward as forward;
#[cfg(feature = "engine")]
pub use crate::coordination::{Beat, Coordinator, JobRun, Lease};
pub use crate::error::SharedError;
pub use crate::json::encode_text;
#[cfg(feature = "engine")]
pub use crate::node::module::{ModuleProjection, ModuleTask};
#[cfg(feature = "engine")]
pub use crate::process::port::{ProcessOperations, Processes};
#[cfg(feature = "engine")]
pub use crate::projection::checkpoints::{
    Checkpoint, Checkpoints, Claim, Order, Orders, Registration, StoredProjection, StoredShard,
};
#[cfg(feature = "engine")]
pub use crate::projection::maintenance::{
    Maintenance, Manner, ProjectionProgress, RebuildError, RebuildKind, RebuildPhase,
    RebuildProgress, RebuildReport, RebuildRequest, Rebuilt,
};
#[cfg(feature = "engine")]
pub use crate::projection::read_models::{ReadModels, Step};
pub use crate::reason::Reason;
#[cfg(feature = "engine")]
pub use crate::store::{CommandIds, EventStore, LogIdentity, Snapshot, Snapshots};
#[cfg(feature = "engine")]
pub use crate::subscription::Seen;
#[cfg(feature = "engine")]
pub use backoff::{Backoff, Patience, jittered};
pub use panic::panic_text;

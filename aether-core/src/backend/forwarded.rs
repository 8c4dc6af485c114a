//! The types in the signatures of ports, for the code that `forward!` writes.

pub use chrono::{DateTime, Utc};
pub use futures::future::BoxFuture;
pub use uuid::Uuid;

pub use crate::append::{Append, Appended};
pub use crate::coordination::Coordinator;
pub use crate::error::{BoxError, Error, Result};
pub use crate::ids::{AggregateId, Anchor, CommandFingerprint, CommandId, Incarnation, Position};
pub use crate::process::port::ProcessOperations;
pub use crate::process::{Backlog, Delay, ProcessChange, StoredProcess, Stuck, Task};
pub use crate::projection::checkpoints::{
    Checkpoint, Checkpoints, Claim, Order, Orders, Registration, StoredProjection,
};
pub use crate::projection::maintenance::Maintenance;
pub use crate::projection::read_models::Step;
pub use crate::projection::{DeadLetter, Handler, Remedy, Shard};
pub use crate::store::{History, Load, Page, Read, Snapshot};

pub type Time = DateTime<Utc>;

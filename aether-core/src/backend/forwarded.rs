//! The types in the signatures of ports, for the code that `forward!` writes.

pub use chrono::{DateTime, Utc};
pub use futures::future::BoxFuture;
pub use uuid::Uuid;

pub use crate::append::{Append, Appended};
pub use crate::coordination::Coordinator;
pub use crate::error::{BoxError, Error, Result};
pub use crate::ids::{AggregateId, Anchor, CommandId, Incarnation, Position};
pub use crate::process::{
    Backlog, Delay, ProcessChange, ProcessOperations, StoredProcess, Stuck, Task,
};
pub use crate::projection::{
    Checkpoint, Checkpoints, Claim, DeadLetter, Order, Orders, Registration, Remedy, Shard, Step,
    StoredProjection,
};
pub use crate::store::{History, Load, Page, Read, Snapshot};

pub type Time = DateTime<Utc>;

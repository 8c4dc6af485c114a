//! A node: the process that runs projections, process managers, publishers and jobs, together with
//! others.

mod awaited;
mod builder;
pub(crate) mod handle;
mod health;
pub(crate) mod job;
mod live;
pub(crate) mod module;
mod part;
mod process;
mod roster;
mod shards;

pub use awaited::Awaited;
pub use builder::NodeBuilder;
pub use health::{NodeHealth, ShardHealth, ShardState};
pub use job::{BoxJob, run_job};

//! Locks with leases: how processes take turns, and the token that keeps a late one from doing harm.
//!
//! `port.rs` is what a backend implements, `locker.rs` takes locks, `guard.rs` is what a holder has in its
//! hand, `keeper.rs` the task that renews and releases it.

mod error;
mod guard;
mod hold;
mod keeper;
mod locker;
mod memory;
mod name;
mod port;
mod turns;

pub use error::LockError;
pub use guard::LockGuard;
pub use locker::Locker;
pub use memory::MemoryLocks;
pub use name::{Lock, LockName};
pub use port::{Fence, FencingToken, Locks};

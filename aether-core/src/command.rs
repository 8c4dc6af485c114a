//! What becomes of a command: how it is asked for, alone or as a unit over several aggregates, and what it gives back.
//!
//! Begin with the examples `examples/small/atomic_unit.rs`, a unit over two aggregates, and `examples/small/http`, commands
//! that come over HTTP.

#[cfg(feature = "engine")]
pub use crate::aggregate_cache::Loaded;
#[cfg(feature = "engine")]
pub use crate::engine::{Atomic, AtomicExecuted, EngineBuilder, Execute, Executed};
pub use crate::ids::{CommandFingerprint, IdOf};

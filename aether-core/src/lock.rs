//! Names of locks, and the tokens that tell a later holder from an earlier one.

pub use crate::ids::{Fence, FencingToken, LockName};

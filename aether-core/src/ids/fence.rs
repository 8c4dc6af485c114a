//! What tells a late holder of a lock from the present one.

use std::fmt;

use super::LockName;

/// A number that rises with every acquisition of a lock.
///
/// Comparable between holders of one lock only. At most `i64::MAX`; those of this library are microseconds
/// since 1970, or a little more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FencingToken(u64);

impl FencingToken {
    /// The token with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for FencingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One acquisition of a lock, as a database can check it: after a later holder has written, an earlier one
/// is refused.
///
/// A plain value: another process that writes on the holder's behalf can make it from the token's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The lock.
    pub lock: LockName,
    /// Which acquisition.
    pub token: FencingToken,
}

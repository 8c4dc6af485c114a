//! Parts of a projection that can run in different places at the same time.

use std::fmt;
use std::ops::RangeInclusive;

use crate::ids::{AggregateId, Name};

/// A part of a projection: the aggregates in its range of slices. All events of an aggregate are in one
/// shard, so that their order is kept; shards know nothing of each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Shard {
    projection: Name,
    index: u16,
    of: u16,
}

impl Shard {
    /// The most shards a projection can have: one per [slice](AggregateId::slice).
    pub const MAX: u16 = 1024;

    /// Shard `index` (from 0) of `of`. Both are held to what is possible.
    pub fn new(projection: impl Into<Name>, index: u16, of: u16) -> Self {
        let of = of.clamp(1, Self::MAX);
        Self { projection: projection.into(), index: index.min(of - 1), of }
    }

    /// The projection as a whole.
    pub fn whole(projection: impl Into<Name>) -> Self {
        Self::new(projection, 0, 1)
    }

    /// All shards of a projection.
    pub fn all(projection: impl Into<Name>, of: u16) -> impl Iterator<Item = Self> {
        let (projection, of) = (projection.into(), of.clamp(1, Self::MAX));
        (0..of).map(move |index| Self { projection: projection.clone(), index, of })
    }

    /// The projection's name.
    #[must_use]
    pub fn projection(&self) -> &str {
        &self.projection
    }

    /// Which one, from 0.
    #[must_use]
    pub const fn index(&self) -> u16 {
        self.index
    }

    /// Of how many.
    #[must_use]
    pub const fn of(&self) -> u16 {
        self.of
    }

    /// The slices whose aggregates are in it.
    #[must_use]
    pub fn slices(&self) -> RangeInclusive<u16> {
        let bound = |index: u16| u32::from(index) * u32::from(Self::MAX) / u32::from(self.of);
        // both are at most 1024
        bound(self.index) as u16..=(bound(self.index + 1) - 1) as u16
    }

    /// Whether an aggregate is in it.
    #[must_use]
    pub fn contains(&self, id: AggregateId) -> bool {
        self.of == 1 || self.slices().contains(&id.slice())
    }
}

/// `combat`, or `combat/2` for the third of several.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            1 => self.projection.fmt(f),
            _ => write!(f, "{}/{}", self.projection, self.index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_out_every_slice_once() {
        for of in [1, 2, 3, 7, 10, 1023, 1024] {
            let slices: Vec<u16> = Shard::all("p", of).flat_map(|shard| shard.slices()).collect();
            assert_eq!(slices, (0..1024).collect::<Vec<_>>(), "{of} shards");
        }
    }
}

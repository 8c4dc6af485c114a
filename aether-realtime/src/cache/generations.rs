//! Numbers that change with every invalidation: leases in process.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// Entities share these; two that share one cost each other a fill now and then, no more.
const STRIPES: usize = 1024;

/// Counts the invalidations of entities. What was read under one number may be kept only under the same one.
///
/// The check and the keeping must be one step as seen by those who invalidate: raise first, then remove.
#[derive(Debug)]
pub struct Generations(Box<[AtomicU64]>);

impl Default for Generations {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| AtomicU64::new(1)).collect())
    }
}

impl Generations {
    /// The number of an entity, `kind:id`; never 0.
    #[must_use]
    pub fn of(&self, group: &str) -> u64 {
        self.stripe(group).load(Ordering::SeqCst)
    }

    /// Ends what began under the number of an entity.
    pub fn raise(&self, group: &str) {
        self.stripe(group).fetch_add(1, Ordering::SeqCst);
    }

    /// Ends what began under any number.
    pub fn raise_all(&self) {
        for stripe in &self.0 {
            stripe.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn stripe(&self, group: &str) -> &AtomicU64 {
        let mut hasher = DefaultHasher::new();
        group.hash(&mut hasher);
        // a remainder by the length is always inside
        &self.0[usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or(0)]
    }
}

//! How old an entry is, and how old a new one may become.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Inner, decoded};
use crate::cache::codec::CachedValue;
use crate::cache::entry::CacheEntry;

/// What may be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Served.
    Fresh,
    /// Served, and time to load it anew.
    Due,
    /// Served if the source fails.
    Stale,
    /// Not served.
    Over,
}

impl Age {
    pub(super) const fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh | Self::Due)
    }

    pub(super) const fn is_due(self) -> bool {
        matches!(self, Self::Due)
    }
}

impl<T: Send + Sync + 'static> Inner<T> {
    pub(super) fn age(&self, entry: &CacheEntry) -> Age {
        let now = self.clock.now();
        let life = self.life(entry.value.is_some());
        let left = entry.fresh_until - now;
        if left > life * 2 {
            // nothing lives that long: a clock was set back since, or runs ahead elsewhere
            Age::Over
        } else if left > TimeDelta::zero() {
            let due =
                entry.value.is_some() && left <= life - scaled(life, self.settings.refresh_ahead);
            if due { Age::Due } else { Age::Fresh }
        } else if now < entry.stale_until {
            Age::Stale
        } else {
            Age::Over
        }
    }

    /// The value of an entry that may be served because the source fails.
    pub(super) fn stale(&self, entry: &CacheEntry) -> Option<Option<Arc<T>>> {
        (self.age(entry) != Age::Over).then(|| decoded(entry)).flatten()
    }

    /// An entry that begins its life now.
    pub(super) fn entry_of(&self, value: Option<&Arc<T>>, version: u64) -> CacheEntry {
        let life = self.life(value.is_some());
        // only ever shorter: a time to live is a promise
        let fresh_until =
            self.clock.now() + life - scaled(life, self.settings.jitter * self.random.chance());
        CacheEntry {
            value: value.map(|value| value.clone() as CachedValue),
            version,
            fresh_until,
            stale_until: fresh_until + delta(self.settings.stale_on_error),
        }
    }

    fn life(&self, found: bool) -> TimeDelta {
        delta(if found { self.settings.time_to_live } else { self.settings.negative })
    }
}

fn delta(span: std::time::Duration) -> TimeDelta {
    // a hundred years are for ever, and never overflow a date
    const FOR_EVER: TimeDelta = TimeDelta::days(36_500);
    TimeDelta::from_std(span).map_or(FOR_EVER, |delta| delta.min(FOR_EVER))
}

fn scaled(span: TimeDelta, part: f64) -> TimeDelta {
    TimeDelta::milliseconds((span.num_milliseconds() as f64 * part) as i64)
}

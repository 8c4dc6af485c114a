//! The entries of one entity: replaced as a whole, never changed, so that a hit needs no lock.

use chrono::{DateTime, Utc};

use super::super::entry::{CacheEntry, Invalidation};

/// What is kept about an entity.
#[derive(Debug, Clone)]
pub(super) struct Group {
    entries: Vec<Kept>,
    remembered: Vec<Remembered>,
    ends: DateTime<Utc>,
}

#[derive(Debug, Clone)]
struct Kept {
    name: Box<str>,
    entry: CacheEntry,
    weight: u32,
}

/// An invalidation that refuses lower versions for a while.
#[derive(Debug, Clone)]
struct Remembered {
    /// `None` for all entries.
    entry: Option<Box<str>>,
    version: u64,
    until: DateTime<Utc>,
}

impl Group {
    pub(super) fn entry(&self, name: &str) -> Option<&CacheEntry> {
        Some(&self.entries.iter().find(|kept| &*kept.name == name)?.entry)
    }

    pub(super) fn weight(&self) -> u32 {
        self.entries.iter().map(|kept| kept.weight).fold(1, u32::saturating_add)
    }

    pub(super) const fn ends(&self) -> DateTime<Utc> {
        self.ends
    }

    /// The group with one more entry; `None` if that is outdated.
    pub(super) fn with(
        group: Option<&Self>,
        name: &str,
        entry: &CacheEntry,
        weight: u32,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let (mut entries, remembered) = match group {
            Some(group) if group.refuses(name, entry.version, now) => return None,
            Some(group) => (group.alive(now), group.remembered_at(now)),
            None => (Vec::new(), Vec::new()),
        };
        entries.retain(|kept| &*kept.name != name);
        entries.push(Kept { name: name.into(), entry: entry.clone(), weight });
        Some(Self::of(entries, remembered, now))
    }

    /// The group without what an invalidation hits; `None` if nothing is left. With `until`, its version is
    /// remembered.
    pub(super) fn without(
        group: Option<&Self>,
        target: &Invalidation,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let (mut entries, mut remembered) =
            group.map(|group| (group.alive(now), group.remembered_at(now))).unwrap_or_default();
        entries.retain(|kept| !target.hits(&kept.name, kept.entry.version));
        if let (Some(version), Some(until)) = (target.version(), until) {
            let entry: Option<Box<str>> = target.entry_name().map(Into::into);
            let highest = remembered
                .extract_if(.., |old| old.entry == entry)
                .fold(version, |highest, old| highest.max(old.version));
            remembered.push(Remembered { entry, version: highest, until });
        }
        let empty = entries.is_empty() && remembered.is_empty();
        (!empty).then(|| Self::of(entries, remembered, now))
    }

    fn of(entries: Vec<Kept>, remembered: Vec<Remembered>, now: DateTime<Utc>) -> Self {
        let ends = entries.iter().map(|kept| kept.entry.stale_until);
        let ends = ends.chain(remembered.iter().map(|old| old.until)).max().unwrap_or(now);
        Self { entries, remembered, ends }
    }

    /// Versions that are not known (0) are not compared: a lease vouches for them.
    fn refuses(&self, name: &str, version: u64, now: DateTime<Utc>) -> bool {
        let stored = self.entry(name).map_or(0, |entry| entry.version);
        let remembered = self.remembered.iter().filter(|old| {
            old.until > now && old.entry.as_deref().is_none_or(|entry| entry == name)
        });
        version > 0 && remembered.map(|old| old.version).fold(stored, u64::max) > version
    }

    fn alive(&self, now: DateTime<Utc>) -> Vec<Kept> {
        self.entries.iter().filter(|kept| kept.entry.stale_until > now).cloned().collect()
    }

    fn remembered_at(&self, now: DateTime<Utc>) -> Vec<Remembered> {
        self.remembered.iter().filter(|old| old.until > now).cloned().collect()
    }
}

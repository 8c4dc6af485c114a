//! What is kept of a member so that changes may come twice and in any order.

use std::collections::BTreeMap;

use super::{Action, Change};

/// Two registers, score and name, each as if its changes had come in order of sequence.
///
/// The score is what the last `Set` or `Remove` said (`base`, as of `since`), plus the increments after it. Those
/// are kept one by one as long as they may come twice or late.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    base: Option<i64>,
    /// Everything up to here is in `base`.
    since: u64,
    increments: BTreeMap<u64, i64>,
    name: String,
    named: u64,
}

/// The score would be beyond what is exact, now or at some point of its history.
pub(super) struct OutOfRange;

impl Record {
    /// What a season starts with.
    pub(super) fn carried(&self, base: i64, since: u64) -> Self {
        Self {
            base: Some(base),
            since,
            increments: BTreeMap::new(),
            name: self.name.clone(),
            named: self.named,
        }
    }

    /// Whether it changed anything.
    pub(super) fn apply(&mut self, change: &Change) -> Result<bool, OutOfRange> {
        let sequence = change.sequence().get();
        let scored = match change.action() {
            Action::Keep => false,
            _ if sequence <= self.since || self.increments.contains_key(&sequence) => false,
            Action::Add(points) => self.increments.insert(sequence, points).is_none(),
            Action::Set(score) => self.replace(Some(score), sequence),
            Action::Remove => self.replace(None, sequence),
        };
        let named = match change.name() {
            Some(name) if sequence > self.named => {
                name.clone_into(&mut self.name);
                self.named = sequence;
                true
            }
            _ => false,
        };
        self.check().map(|()| scored || named)
    }

    fn replace(&mut self, base: Option<i64>, sequence: u64) -> bool {
        (self.base, self.since) = (base, sequence);
        self.increments = self.increments.split_off(&sequence);
        true
    }

    fn check(&self) -> Result<(), OutOfRange> {
        let limit = Change::SCORE_MAX.unsigned_abs();
        let mut sum = self.base.unwrap_or(0);
        for points in self.increments.values() {
            sum += points; // both within ±2⁵³
            if sum.unsigned_abs() > limit {
                return Err(OutOfRange);
            }
        }
        Ok(())
    }

    /// Adds the oldest increments up, down to `window`.
    pub(super) fn fold(&mut self, window: usize) {
        while self.increments.len() > window {
            let Some((sequence, points)) = self.increments.pop_first() else { return };
            (self.base, self.since) = (Some(self.base.unwrap_or(0) + points), sequence);
        }
    }

    /// `None`: not ranked.
    pub(super) fn score(&self) -> Option<i64> {
        if self.increments.is_empty() {
            return self.base;
        }
        Some(self.base.unwrap_or(0) + self.increments.values().sum::<i64>())
    }

    /// The sequence of the last change to the score.
    pub(super) fn reached(&self) -> u64 {
        self.increments.last_key_value().map_or(self.since, |(sequence, _)| *sequence)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

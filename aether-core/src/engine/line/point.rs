//! States that a line has come to, and what becomes of the appends that lead to them.

use std::sync::{Arc, OnceLock};

use tokio::sync::SetOnce;

use crate::aggregate_cache::Kept;

use super::Place;

/// What became of an append.
#[derive(Debug, Default)]
pub(in crate::engine) struct Fate {
    is_stored: SetOnce<bool>,
}

impl Fate {
    pub(super) fn tell(&self, is_stored: bool) {
        // the first word counts
        let _ = self.is_stored.set(is_stored);
    }

    /// Waits, in a line, until it is known whether the append was stored. `None` if nothing moves any more.
    async fn known(&self, place: &Place<'_>) -> Option<bool> {
        match self.is_stored.get() {
            Some(is_stored) => Some(*is_stored),
            None => place.wait_for(self.is_stored.wait()).await.copied(),
        }
    }
}

/// A state that a line has come to, perhaps ahead of the store.
#[derive(Debug)]
pub(in crate::engine) struct Point {
    pub(in crate::engine) kept: Kept,
    /// That of the append which leads to it; `None` if it was loaded.
    fate: Option<Arc<Fate>>,
    /// That of the first append which was decided on it.
    follower: OnceLock<Arc<Fate>>,
}

impl Point {
    pub(super) const fn loaded(kept: Kept) -> Self {
        Self { kept, fate: None, follower: OnceLock::new() }
    }

    pub(super) const fn ahead(kept: Kept, fate: Arc<Fate>) -> Self {
        Self { kept, fate: Some(fate), follower: OnceLock::new() }
    }

    /// Waits until it is known whether the store has come to this state. `None` if nothing moves any more.
    pub(in crate::engine) async fn is_stored(&self, place: &Place<'_>) -> Option<bool> {
        match &self.fate {
            Some(fate) => fate.known(place).await,
            None => Some(true),
        }
    }

    /// Whether an append that was decided on it was stored: then the store has found it to be the newest one.
    pub(in crate::engine) async fn was_followed(&self, place: &Place<'_>) -> bool {
        match self.follower.get() {
            Some(follower) => follower.known(place).await == Some(true),
            None => false,
        }
    }

    pub(super) fn is_followed_by(&self, fate: &Arc<Fate>) {
        // the first one counts
        let _ = self.follower.set(fate.clone());
    }

    pub(super) fn has_follower(&self) -> bool {
        self.follower.get().is_some()
    }
}

//! What a reader of a channel has seen, and the incarnation of the log that is known to have it.

use aether_core::backend::{EventStore, Seen};
use aether_core::log::Incarnation;
use aether_core::{Position, Result};

/// What a reader of a channel knows of the log.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) seen: Seen,
    pub(super) incarnation: Option<Incarnation>,
}

impl Known {
    /// What a reader knows that begins after a position: the newest event up to there, on whatever channel.
    pub(super) async fn at(store: &dyn EventStore, position: Position) -> Result<Self> {
        // before the answer: one of a later incarnation is proven once more
        let incarnation = store.incarnation();
        let newest = match position {
            Position::START => None,
            position => store.newest(position).await?,
        };
        Ok(Self { seen: newest.map(Seen::up_to).unwrap_or_default(), incarnation })
    }

    /// The end of the log, and what a reader knows that begins there.
    pub(super) async fn at_end(store: &dyn EventStore) -> Result<(Position, Self)> {
        let incarnation = store.incarnation();
        let end = store.end().await?;
        let known = Self::at(store, end).await?;
        Ok((end, Self { incarnation, ..known }))
    }
}

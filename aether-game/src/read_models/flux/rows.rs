//! Rows of sources and sinks.

use serde::{Deserialize, Serialize};

use crate::read_models::row::Row;
use crate::values::ItemId;

/// A row of `flux_livre`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flux {
    /// The item; the nil id stands for gold.
    pub item_id: ItemId,
    /// The reason: of [`RaisonOr`](crate::values::RaisonOr) or [`RaisonItem`](crate::values::RaisonItem).
    pub raison: String,
    /// How much was created or destroyed for it: coins or pieces.
    pub quantite: i64,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

impl Flux {
    /// The item that stands for gold.
    pub const OR: ItemId = ItemId::new(uuid::Uuid::nil());
}

impl Row for Flux {
    const TABLE: &'static str = "flux_livre";

    type Key = String;

    fn key(&self) -> String {
        format!("{} {}", self.item_id, self.raison)
    }
}

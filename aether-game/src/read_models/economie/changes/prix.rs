//! Changes of `prix_marche`.
//!
//! A row follows its trades, so that it and they are always written together: `last_event_sequence` is the last trade that is in the other
//! table. `PrixMisAJour` says the price of the last of them again.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::economie::EconomieEvent;
use crate::read_models::{row, sequence};
use crate::values;
use crate::values::{CarnetId, ItemId};

/// In the order of their keys.
#[derive(Default)]
pub(in crate::read_models::economie) struct Prix(BTreeMap<ItemId, Change>);

#[derive(Serialize)]
struct Change {
    prix_id: CarnetId,
    item_id: ItemId,
    dernier_prix: values::Prix,
    derniere_transaction: DateTime<Utc>,
    last_event_sequence: i64,
}

impl Prix {
    /// Takes an event in.
    pub(in crate::read_models::economie) fn apply(&mut self, recorded: &Recorded<EconomieEvent>) {
        let EconomieEvent::TransactionExecutee(it) = &recorded.event else { return };
        let change = Change {
            prix_id: CarnetId::new(recorded.aggregate_id.as_uuid()),
            item_id: it.item_id,
            dernier_prix: it.prix_unitaire,
            derniere_transaction: recorded.timestamp,
            last_event_sequence: sequence(recorded.position),
        };
        self.0.insert(it.item_id, change);
    }

    pub(in crate::read_models::economie) async fn write(
        self,
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("../sql/merge_prix.sql"), tx).await
    }
}

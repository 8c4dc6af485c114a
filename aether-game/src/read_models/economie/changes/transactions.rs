//! Changes of `transactions_economie`: a trade is written once, and settled once.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::economie::{EconomieEvent, Transaction};
use crate::read_models::{row, sequence};
use crate::values::{ItemId, JoueurId, Or, OrdreId, Prix, Quantite, TransactionId};

/// In the order of their keys.
#[derive(Default)]
pub(in crate::read_models::economie) struct Transactions(BTreeMap<TransactionId, Change>);

#[derive(Default, Serialize)]
struct Change {
    transaction_id: Option<TransactionId>,
    #[serde(flatten)]
    executee: Option<Executee>,
    reglee_a: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Executee {
    ordre_vente_id: OrdreId,
    ordre_achat_id: OrdreId,
    vendeur_id: JoueurId,
    pseudo_vendeur: String,
    acheteur_id: JoueurId,
    pseudo_acheteur: String,
    item_id: ItemId,
    quantite: Quantite,
    prix_unitaire: Prix,
    montant_total: Or,
    taxe: Or,
    executee_a: DateTime<Utc>,
    event_sequence: i64,
    rendu: Or,
}

impl Transactions {
    /// Takes an event in.
    pub(in crate::read_models::economie) fn apply(&mut self, recorded: &Recorded<EconomieEvent>) {
        match &recorded.event {
            EconomieEvent::TransactionExecutee(it) => {
                self.change(it.transaction_id).executee = Some(executee(recorded, it));
            }
            EconomieEvent::TransactionReglee(it) => {
                self.change(it.transaction_id).reglee_a = Some(recorded.timestamp);
            }
            _ => {}
        }
    }

    fn change(&mut self, transaction_id: TransactionId) -> &mut Change {
        let change = self.0.entry(transaction_id).or_default();
        change.transaction_id = Some(transaction_id);
        change
    }

    pub(in crate::read_models::economie) async fn write(
        self,
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("../sql/merge_transactions.sql"), tx).await
    }
}

fn executee(recorded: &Recorded<EconomieEvent>, it: &Transaction) -> Executee {
    Executee {
        ordre_vente_id: it.ordre_vente_id,
        ordre_achat_id: it.ordre_achat_id,
        vendeur_id: it.vendeur,
        pseudo_vendeur: it.pseudo_vendeur.clone(),
        acheteur_id: it.acheteur,
        pseudo_acheteur: it.pseudo_acheteur.clone(),
        item_id: it.item_id,
        quantite: it.quantite,
        prix_unitaire: it.prix_unitaire,
        montant_total: it.montant_total,
        taxe: it.taxe,
        executee_a: recorded.timestamp,
        event_sequence: sequence(recorded.position),
        rendu: it.rendu,
    }
}

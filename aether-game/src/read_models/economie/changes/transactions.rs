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
    executee: Executee,
    reglee_a: Option<DateTime<Utc>>,
}

#[derive(Default, Serialize)]
struct Executee {
    ordre_vente_id: Option<OrdreId>,
    ordre_achat_id: Option<OrdreId>,
    vendeur_id: Option<JoueurId>,
    pseudo_vendeur: Option<String>,
    acheteur_id: Option<JoueurId>,
    pseudo_acheteur: Option<String>,
    item_id: Option<ItemId>,
    quantite: Option<Quantite>,
    prix_unitaire: Option<Prix>,
    montant_total: Option<Or>,
    taxe: Option<Or>,
    executee_a: Option<DateTime<Utc>>,
    event_sequence: Option<i64>,
    rendu: Option<Or>,
}

impl Transactions {
    /// Takes an event in.
    pub(in crate::read_models::economie) fn apply(&mut self, recorded: &Recorded<EconomieEvent>) {
        match &recorded.event {
            EconomieEvent::TransactionExecutee(it) => {
                self.change(it.transaction_id).executee = executee(recorded, it);
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
        ordre_vente_id: Some(it.ordre_vente_id),
        ordre_achat_id: Some(it.ordre_achat_id),
        vendeur_id: Some(it.vendeur),
        pseudo_vendeur: Some(it.pseudo_vendeur.clone()),
        acheteur_id: Some(it.acheteur),
        pseudo_acheteur: Some(it.pseudo_acheteur.clone()),
        item_id: Some(it.item_id),
        quantite: Some(it.quantite),
        prix_unitaire: Some(it.prix_unitaire),
        montant_total: Some(it.montant_total),
        taxe: Some(it.taxe),
        executee_a: Some(recorded.timestamp),
        event_sequence: Some(sequence(recorded.position)),
        rendu: Some(it.rendu),
    }
}

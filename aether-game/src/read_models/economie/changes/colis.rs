//! Changes of `colis_economie`: a parcel is there until nothing is left in it.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::economie::{ColisDepose, EconomieEvent, RaisonColis, RecompenseDeposee, TypeContenu};
use crate::read_models::{row, sequence};
use crate::values::{ColisId, ItemId, JoueurId, OrdreId, TransactionId};

/// In the order of their keys.
#[derive(Default)]
pub(in crate::read_models::economie) struct Colis(BTreeMap<ColisId, Change>);

#[derive(Default, Serialize)]
struct Change {
    colis_id: Option<ColisId>,
    #[serde(flatten)]
    depot: Depot,
    /// What is left; nothing: the row goes.
    quantite: u32,
    last_event_sequence: i64,
}

#[derive(Default, Serialize)]
struct Depot {
    joueur_id: Option<JoueurId>,
    item_id: Option<ItemId>,
    type_contenu: Option<TypeContenu>,
    raison: Option<RaisonColis>,
    transaction_id: Option<TransactionId>,
    ordre_id: Option<OrdreId>,
    depose_a: Option<DateTime<Utc>>,
    event_sequence: Option<i64>,
}

impl Colis {
    /// Takes an event in.
    pub(in crate::read_models::economie) fn apply(&mut self, recorded: &Recorded<EconomieEvent>) {
        match &recorded.event {
            EconomieEvent::ColisDepose(it) => {
                self.change(recorded, it.colis_id, it.quantite).depot = depot(recorded, it);
            }
            EconomieEvent::RecompenseDeposee(it) => {
                self.change(recorded, it.colis_id, it.quantite).depot = recompense(recorded, it);
            }
            EconomieEvent::ColisRetire(it) => {
                self.change(recorded, it.colis_id, it.apres);
            }
            _ => {}
        }
    }

    fn change(
        &mut self,
        recorded: &Recorded<EconomieEvent>,
        colis_id: ColisId,
        quantite: u32,
    ) -> &mut Change {
        let change = self.0.entry(colis_id).or_default();
        change.colis_id = Some(colis_id);
        change.quantite = quantite;
        change.last_event_sequence = sequence(recorded.position);
        change
    }

    pub(in crate::read_models::economie) async fn write(
        self,
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("../sql/merge_colis.sql"), tx).await
    }
}

fn depot(recorded: &Recorded<EconomieEvent>, it: &ColisDepose) -> Depot {
    Depot {
        joueur_id: Some(it.joueur_id),
        item_id: Some(it.item_id),
        type_contenu: Some(it.type_contenu),
        raison: Some(it.raison),
        transaction_id: it.transaction_id,
        ordre_id: it.ordre_id,
        depose_a: Some(recorded.timestamp),
        event_sequence: Some(sequence(recorded.position)),
    }
}

fn recompense(recorded: &Recorded<EconomieEvent>, it: &RecompenseDeposee) -> Depot {
    Depot {
        joueur_id: Some(it.joueur_id),
        item_id: Some(it.item_id),
        type_contenu: Some(it.type_contenu),
        raison: None,
        transaction_id: None,
        ordre_id: None,
        depose_a: Some(recorded.timestamp),
        event_sequence: Some(sequence(recorded.position)),
    }
}

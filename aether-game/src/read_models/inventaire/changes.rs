//! What a batch changes about bags: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded, Version};
use aether_postgres::PgTx;
use serde::Serialize;

use crate::inventaire::{
    Charge, Inventaire, InventaireEvent, ItemAjoute, ItemRetire, ItemUtilise, PileRangee,
};
use crate::read_models::{row, sequence};
use crate::values::{InventaireId, JoueurId, Nom, Poids};

/// Changes of `inventaires`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Inventaires(BTreeMap<InventaireId, Change>);

/// Columns without a value stay as they are. The first event of a bag gives each of them one.
#[derive(Default, Serialize)]
struct Change {
    inventaire_id: Option<InventaireId>,
    joueur_id: Option<JoueurId>,
    capacite: Option<u16>,
    poids_actuel: Option<Poids>,
    poids_max: Option<Poids>,
    slots_utilises: Option<u16>,
    extensions: Option<Vec<Nom>>,
    last_event_sequence: i64,
}

impl Inventaires {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<InventaireEvent>) {
        let inventaire_id = InventaireId::from(recorded.aggregate_id);
        let change = self.0.entry(inventaire_id).or_default();
        if recorded.version == Version::new(1) {
            *change = Change::neuf();
        }
        change.inventaire_id = Some(inventaire_id);
        change.joueur_id = Some(recorded.event.joueur_id());
        change.last_event_sequence = sequence(recorded.position);
        change.apply(&recorded.event);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_inventaires.sql"), tx).await
    }
}

impl Change {
    /// A bag in which nothing was yet.
    fn neuf() -> Self {
        Self {
            capacite: Some(Inventaire::CAPACITE),
            poids_actuel: Some(Poids::ZERO),
            poids_max: Some(Inventaire::POIDS_MAX),
            slots_utilises: Some(0),
            extensions: Some(vec![]),
            ..Self::default()
        }
    }

    fn apply(&mut self, event: &InventaireEvent) {
        match event {
            InventaireEvent::ItemAjoute(ItemAjoute { charge, .. })
            | InventaireEvent::ItemRetire(ItemRetire { charge, .. })
            | InventaireEvent::ItemUtilise(ItemUtilise { charge, .. })
            | InventaireEvent::PileRangee(PileRangee { charge, .. }) => self.charge(*charge),
            InventaireEvent::CapaciteModifiee {
                capacite_apres,
                poids_max_apres,
                extensions,
                ..
            } => {
                self.capacite = Some(*capacite_apres);
                self.poids_max = Some(*poids_max_apres);
                self.extensions = Some(extensions.clone());
            }
            _ => {}
        }
    }

    fn charge(&mut self, charge: Charge) {
        self.poids_actuel = Some(charge.poids_apres);
        self.slots_utilises = Some(charge.slots_apres);
    }
}

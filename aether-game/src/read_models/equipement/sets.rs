//! What a batch changes about what players wear: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, RecordedEvent};
use aether_postgres::PgTx;
use serde::Serialize;
use uuid::Uuid;

use super::PortEvent;
use super::rows::{BonusSet, SetEquipement};
use crate::inventaire::Tenue;
use crate::item::Emplacement;
use crate::read_models::{row, sequence};
use crate::values::{EquipementId, JoueurId};

/// Changes of `sets_equipement`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Sets(BTreeMap<Uuid, Change>);

#[derive(Default, Serialize)]
struct Change {
    equipement_id: Uuid,
    /// Only if nothing was worn before: else the row has to be there.
    joueur_id: Option<JoueurId>,
    /// What changed, by place. The others stay as they are.
    places: BTreeMap<Emplacement, Option<EquipementId>>,
    bonus_set: BonusSet,
    valeur_defense_totale: u32,
    valeur_attaque_totale: u32,
    last_event_sequence: i64,
}

impl Sets {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &RecordedEvent, event: &PortEvent) {
        let (joueur_id, emplacement, piece, tenue) = match event {
            PortEvent::ItemEquipe {
                joueur_id, equipement_id, emplacement, tenue_apres, ..
            } => (*joueur_id, *emplacement, Some(*equipement_id), tenue_apres),
            PortEvent::ItemDesequipe { joueur_id, emplacement, tenue_apres } => {
                (*joueur_id, *emplacement, None, tenue_apres)
            }
        };
        let equipement_id = SetEquipement::id_du_joueur(joueur_id);
        let change = self.0.entry(equipement_id).or_insert_with(|| Change {
            equipement_id,
            joueur_id: event.premier().then_some(joueur_id),
            ..Change::default()
        });
        change.places.insert(emplacement, piece);
        change.tenue(tenue);
        change.last_event_sequence = sequence(recorded.position);
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_sets.sql"), tx).await
    }
}

impl Change {
    fn tenue(&mut self, tenue: &Tenue) {
        self.valeur_attaque_totale = tenue.attaque;
        self.valeur_defense_totale = tenue.defense;
        self.bonus_set = BonusSet { stats: tenue.stats, ensembles: tenue.ensembles.clone() };
    }
}

impl PortEvent {
    /// Whether nothing was worn before.
    fn premier(&self) -> bool {
        matches!(self, Self::ItemEquipe { tenue_avant, .. } if *tenue_avant == Tenue::default())
    }
}

//! What a batch changes about the slots of bags: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded, RecordedEvent};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::rows::Instance;
use crate::inventaire::{InventaireEvent, ItemAjoute, PileRangee, Port};
use crate::item::TypeSlot;
use crate::read_models::{row, sequence};
use crate::values::{InventaireId, ItemId, JoueurId, SlotId};

/// Changes of `items_inventaire`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Slots(BTreeMap<SlotId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    slot_id: Option<SlotId>,
    inventaire_id: Option<InventaireId>,
    joueur_id: Option<JoueurId>,
    item_id: Option<ItemId>,
    /// With 0 the row goes.
    quantite: Option<u16>,
    type_slot: Option<TypeSlot>,
    position_slot: Option<u16>,
    est_equipe: Option<bool>,
    proprietes_instance: Option<Instance>,
    obtenu_a: Option<DateTime<Utc>>,
    /// Only if the slot is new.
    event_sequence: Option<i64>,
    last_event_sequence: i64,
}

impl Slots {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<InventaireEvent>) {
        use InventaireEvent as E;
        match &recorded.event {
            E::ItemAjoute(it) => self.slot(it.slot_id, recorded).ajoute(it, recorded),
            E::ItemRetire(it) => self.slot(it.slot_id, recorded).reste(it.quantite_apres),
            E::ItemUtilise(it) => self.slot(it.slot_id, recorded).reste(it.quantite_apres),
            E::PileRangee(it) => {
                self.slot(it.slot_id, recorded).reste(it.quantite_apres);
                self.slot(it.vers_slot_id, recorded).recoit(it, recorded);
            }
            E::ItemDeplace { slot_id, position_avant, position_apres, slot_deplace, .. } => {
                self.slot(*slot_id, recorded).position_slot = Some(*position_apres);
                if let Some(deplace) = slot_deplace {
                    self.slot(*deplace, recorded).position_slot = Some(*position_avant);
                }
            }
            E::ItemEquipe { slot_id, equipement_id, emplacement, puissance, .. } => {
                let port = Port { emplacement: *emplacement, puissance: *puissance };
                let (equipement_id, port) = (Some(*equipement_id), Some(port));
                self.slot(*slot_id, recorded).instance(Instance { equipement_id, port });
            }
            E::ItemDesequipe { slot_id, equipement_id, .. } => {
                let equipement_id = Some(*equipement_id);
                self.slot(*slot_id, recorded).instance(Instance { equipement_id, port: None });
            }
            // what is set aside keeps its slot, and what an exchange moves has events of its own
            E::ItemReserve { .. }
            | E::ItemRendu { .. }
            | E::ItemEchange(_)
            | E::ItemConsigne { .. }
            | E::CapaciteModifiee { .. }
            | E::OffreProposee { .. }
            | E::OffreRetiree { .. }
            | E::OffreConclue { .. } => {}
        }
    }

    fn slot(&mut self, slot_id: SlotId, recorded: &Recorded<InventaireEvent>) -> &mut Change {
        let change = self.0.entry(slot_id).or_default();
        change.slot_id = Some(slot_id);
        change.inventaire_id = Some(InventaireId::from(recorded.aggregate_id));
        change.joueur_id = Some(recorded.event.joueur_id());
        change.last_event_sequence = sequence(recorded.position);
        change
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/merge_items_inventaire.sql"), tx).await
    }
}

impl Change {
    fn ajoute(&mut self, it: &ItemAjoute, recorded: &RecordedEvent) {
        self.reste(it.quantite_apres);
        if it.quantite_avant == 0 {
            self.commence(it.item_id, it.type_slot, it.position_slot, recorded);
            self.instance(Instance { equipement_id: it.equipement_id, port: None });
        }
    }

    /// The slot into which a stack was split or merged.
    fn recoit(&mut self, it: &PileRangee, recorded: &RecordedEvent) {
        self.reste(it.vers_quantite_apres);
        if it.vers_quantite_avant == 0 {
            self.commence(it.item_id, it.type_slot, it.vers_position, recorded);
            self.instance(Instance::default());
        }
    }

    fn reste(&mut self, quantite: u16) {
        self.quantite = Some(quantite);
    }

    fn commence(
        &mut self,
        item_id: ItemId,
        type_slot: TypeSlot,
        position: u16,
        recorded: &RecordedEvent,
    ) {
        self.item_id = Some(item_id);
        self.type_slot = Some(type_slot);
        self.position_slot = Some(position);
        self.obtenu_a = Some(recorded.timestamp);
        self.event_sequence = Some(sequence(recorded.position));
    }

    fn instance(&mut self, instance: Instance) {
        self.est_equipe = Some(instance.port.is_some());
        self.proprietes_instance = Some(instance);
    }
}

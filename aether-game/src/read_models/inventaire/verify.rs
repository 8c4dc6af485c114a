//! What the tables of bags have to say: the states of the aggregates, and what only events tell.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::rows::{Instance, Inventaire as Row, ItemInventaire};
use crate::inventaire::{Inventaire, InventaireEvent, Slot};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{InventaireId, SlotId};

#[derive(Default)]
pub(super) struct Inventaires(BTreeMap<InventaireId, Folded>);

#[derive(Default)]
struct Folded {
    sac: Inventaire,
    sequence: i64,
    slots: BTreeMap<SlotId, Suivi>,
}

/// What the state of a bag does not remember of a slot.
struct Suivi {
    vu: (u16, Slot),
    obtenu_a: DateTime<Utc>,
    event_sequence: i64,
    last_event_sequence: i64,
}

impl Fold for Inventaires {
    const AGGREGATES: &'static [&'static str] = &[Inventaire::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: InventaireEvent = recorded.decode()?;
        let folded = self.0.entry(InventaireId::from(recorded.aggregate_id)).or_default();
        folded.sac.apply(&event);
        folded.sequence = sequence(recorded.position);
        folded.look(recorded);
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let bags = self.0.iter().filter_map(|(id, folded)| folded.row(*id));
        report.compare(pool, bags).await?;
        let slots = self.0.iter().flat_map(|(id, folded)| folded.slots(*id));
        report.compare(pool, slots).await
    }
}

impl Folded {
    /// Notes which slots are not as they were.
    fn look(&mut self, recorded: &RecordedEvent) {
        let position = sequence(recorded.position);
        for (at, slot) in self.sac.slots() {
            let suivi = self.slots.entry(slot.slot_id).or_insert_with(|| Suivi {
                vu: (at, slot.clone()),
                obtenu_a: recorded.timestamp,
                event_sequence: position,
                last_event_sequence: position,
            });
            if suivi.vu.0 != at || suivi.vu.1 != *slot {
                suivi.vu = (at, slot.clone());
                suivi.last_event_sequence = position;
            }
        }
    }

    fn row(&self, inventaire_id: InventaireId) -> Option<Row> {
        Some(Row {
            inventaire_id,
            joueur_id: self.sac.joueur_id()?,
            capacite: self.sac.capacite(),
            poids_actuel: self.sac.poids(),
            poids_max: self.sac.poids_max(),
            slots_utilises: u16::try_from(self.sac.slots().count()).unwrap_or(u16::MAX),
            extensions: self.sac.extensions().to_vec(),
            last_event_sequence: self.sequence,
        })
    }

    fn slots(&self, inventaire_id: InventaireId) -> impl Iterator<Item = ItemInventaire> + '_ {
        self.sac.slots().filter_map(move |(position, slot)| {
            let suivi = self.slots.get(&slot.slot_id)?;
            Some(ItemInventaire {
                slot_id: slot.slot_id,
                inventaire_id,
                joueur_id: self.sac.joueur_id()?,
                item_id: slot.fiche.item_id,
                quantite: slot.quantite,
                type_slot: slot.fiche.type_slot(),
                position_slot: position,
                est_equipe: slot.porte.is_some(),
                proprietes_instance: Instance {
                    equipement_id: slot.equipement_id,
                    port: slot.porte,
                },
                obtenu_a: suivi.obtenu_a,
                event_sequence: suivi.event_sequence,
                last_event_sequence: suivi.last_event_sequence,
            })
        })
    }
}

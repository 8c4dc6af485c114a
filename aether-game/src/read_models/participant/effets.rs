//! What a batch changes about effects: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::Fin;
use crate::combat::{
    CombatEvent, CombatId, EffetId, Modificateurs, ParticipantId, SourceEffet, TypeEffet,
};
use crate::read_models::{row, sequence};

/// Changes of `effets_statut`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Effets {
    changes: BTreeMap<EffetId, Change>,
    /// Combats that ended, and with which event: none of their effects is left.
    finis: BTreeMap<CombatId, i64>,
}

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    effet_id: Option<EffetId>,
    participant_id: Option<ParticipantId>,
    combat_id: Option<CombatId>,
    type_effet: Option<TypeEffet>,
    source_type: Option<SourceEffet>,
    source_id: Option<Uuid>,
    puissance: Option<u32>,
    duree_tours_restants: Option<u8>,
    stacks: Option<u8>,
    modificateurs: Option<Modificateurs>,
    est_debuff: Option<bool>,
    peut_etre_dissipe: Option<bool>,
    applique_a: Option<DateTime<Utc>>,
    /// Only if it was laid on in this batch.
    event_sequence: Option<i64>,
    /// With it the row goes.
    fini: bool,
    last_event_sequence: i64,
}

impl Effets {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<CombatEvent>) {
        match &recorded.event {
            CombatEvent::EffetStatutApplique { effet_id, cible, .. } => {
                self.change(recorded, *effet_id, *cible, |it| it.pose(recorded));
            }
            CombatEvent::TourDebute { participant_actif, effets_actifs, .. } => {
                for effet in effets_actifs {
                    self.change(recorded, effet.effet_id, *participant_actif, |it| {
                        it.duree_tours_restants = Some(effet.duree_tours_restants);
                    });
                }
            }
            CombatEvent::EffetStatutExpire { effet_id, cible, .. } => {
                self.change(recorded, *effet_id, *cible, |it| it.fini = true);
            }
            CombatEvent::CombatTermine { .. } => {
                let combat_id = CombatId::from(recorded.aggregate_id);
                self.finis.insert(combat_id, sequence(recorded.position));
            }
            _ => {}
        }
    }

    fn change(
        &mut self,
        recorded: &Recorded<CombatEvent>,
        effet_id: EffetId,
        porteur: ParticipantId,
        change: impl FnOnce(&mut Change),
    ) {
        let found = self.changes.entry(effet_id).or_default();
        found.effet_id = Some(effet_id);
        found.participant_id = Some(porteur);
        found.combat_id = Some(CombatId::from(recorded.aggregate_id));
        found.last_event_sequence = sequence(recorded.position);
        change(found);
    }

    pub(super) async fn write(mut self, tx: &mut PgTx) -> Result<(), BoxError> {
        for change in self.changes.values_mut() {
            change.fini |= change.combat_id.is_some_and(|it| self.finis.contains_key(&it));
        }
        let changes: Vec<_> = self.changes.into_values().collect();
        row::write(&changes, include_str!("sql/merge_effets.sql"), tx).await?;
        let finis = self.finis.into_iter();
        let finis: Vec<_> = finis
            .map(|(combat_id, last_event_sequence)| Fin { combat_id, last_event_sequence })
            .collect();
        row::write(&finis, include_str!("sql/end_effets.sql"), tx).await
    }
}

impl Change {
    /// It is laid on, or laid on again.
    fn pose(&mut self, recorded: &Recorded<CombatEvent>) {
        let CombatEvent::EffetStatutApplique {
            type_effet,
            puissance,
            duree_tours,
            stacks,
            est_debuff,
            peut_etre_dissipe,
            source_type,
            source_id,
            modificateurs,
            ..
        } = &recorded.event
        else {
            return;
        };
        self.type_effet = Some(*type_effet);
        self.source_type = Some(*source_type);
        self.source_id = Some(*source_id);
        self.puissance = Some(*puissance);
        self.duree_tours_restants = Some(*duree_tours);
        self.stacks = Some(*stacks);
        self.modificateurs = Some(*modificateurs);
        self.est_debuff = Some(*est_debuff);
        self.peut_etre_dissipe = Some(*peut_etre_dissipe);
        self.applique_a = Some(recorded.timestamp);
        self.event_sequence = Some(sequence(recorded.position));
        self.fini = false;
    }
}

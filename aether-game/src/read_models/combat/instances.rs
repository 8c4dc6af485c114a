//! What a batch changes about combats: one change per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::combat::{
    CombatEvent, CombatId, Conditions, EtatCombat, ParticipantId, Recompenses, TypeCombat, ZoneId,
};
use crate::read_models::{row, sequence};

/// Changes of `instances_combat`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(in crate::read_models) struct Instances(BTreeMap<CombatId, Change>);

/// Columns without a value stay as they are, but for those of the turn and the end, which each change says.
#[derive(Default, Serialize)]
struct Change {
    combat_id: Option<CombatId>,
    etat: Option<EtatCombat>,
    type_combat: Option<TypeCombat>,
    zone_id: Option<ZoneId>,
    zone_nom: Option<String>,
    tour_actuel: Option<u32>,
    ordre_tour: Option<Vec<ParticipantId>>,
    participant_actif_id: Option<ParticipantId>,
    heure_debut: Option<DateTime<Utc>>,
    heure_fin: Option<DateTime<Utc>>,
    duree_tour_ms: Option<u32>,
    prochain_timeout: Option<DateTime<Utc>>,
    conditions_victoire: Option<Conditions>,
    recompenses: Option<Recompenses>,
    last_event_sequence: i64,
}

impl Instances {
    /// Takes an event in.
    pub(in crate::read_models) fn apply(&mut self, recorded: &Recorded<CombatEvent>) {
        let event = &recorded.event;
        let combat_id = CombatId::from(recorded.aggregate_id);
        let change = match event {
            CombatEvent::CombatDemarre { .. } => Change::demarre(event),
            CombatEvent::TourDebute { .. } => {
                self.0.remove(&combat_id).unwrap_or_default().tour(event)
            }
            CombatEvent::CombatTermine { .. } => {
                self.0.remove(&combat_id).unwrap_or_default().fin(event)
            }
            _ => return,
        };
        let last_event_sequence = sequence(recorded.position);
        self.0.insert(
            combat_id,
            Change { combat_id: Some(combat_id), last_event_sequence, ..change },
        );
    }

    /// Writes every change.
    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/upsert_instances.sql"), tx).await
    }

    /// Inserts combats as they start, if they are not there yet; changes nothing else.
    pub(in crate::read_models) async fn ensure(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("sql/ensure_instances.sql"), tx).await
    }
}

impl Change {
    fn demarre(event: &CombatEvent) -> Self {
        let CombatEvent::CombatDemarre {
            type_combat,
            zone_id,
            zone_nom,
            ordre_initiative,
            conditions,
            duree_tour_ms,
            recompenses,
            debute_a,
            ..
        } = event
        else {
            return Self::default();
        };
        Self {
            etat: Some(EtatCombat::EnCours),
            type_combat: Some(*type_combat),
            zone_id: Some(*zone_id),
            zone_nom: Some(zone_nom.clone()),
            tour_actuel: Some(0),
            ordre_tour: Some(ordre_initiative.clone()),
            heure_debut: Some(*debute_a),
            duree_tour_ms: Some(*duree_tour_ms),
            conditions_victoire: Some(*conditions),
            recompenses: Some(recompenses.clone()),
            ..Self::default()
        }
    }

    fn tour(self, event: &CombatEvent) -> Self {
        let CombatEvent::TourDebute {
            numero_tour,
            participant_actif,
            duree_maximale,
            debute_a,
            ..
        } = event
        else {
            return self;
        };
        let duree = TimeDelta::milliseconds((*duree_maximale).into());
        Self {
            tour_actuel: Some(*numero_tour),
            participant_actif_id: Some(*participant_actif),
            prochain_timeout: debute_a.checked_add_signed(duree),
            ..self
        }
    }

    fn fin(self, event: &CombatEvent) -> Self {
        let CombatEvent::CombatTermine { resultat, recompenses, termine_a, .. } = event else {
            return self;
        };
        Self {
            etat: Some(resultat.etat_final()),
            participant_actif_id: None,
            heure_fin: Some(*termine_a),
            prochain_timeout: None,
            recompenses: Some(recompenses.clone()),
            ..self
        }
    }
}

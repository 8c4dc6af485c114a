//! Combats, what was done in them, and their history.

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded, RecordedEvent};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde_json::json as value;
use uuid::Uuid;

use super::instances::Instances;
use super::{failed, int, json, sequence};
use crate::combat::{Combat, CombatEvent, FinTour, ResultatAction, ResultatCombat, TypeAction};

/// Fills `instances_combat`, `actions_combat` and `historique_combat`. At most four statements per
/// batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct CombatProjection;

impl Projection<PgTx> for CombatProjection {
    type Events = CombatEvent;

    fn name(&self) -> &'static str {
        "combat"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["instances_combat", "actions_combat", "historique_combat"]
    }

    async fn project(
        &self,
        events: &[Recorded<CombatEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut instances = Instances::default();
        let mut actions = Actions::default();
        let mut history = History::default();
        for recorded in events {
            let event = &recorded.event;
            instances.apply(recorded, event)?;
            actions.push(recorded, event)?;
            history.push(recorded, event);
        }
        instances.write(tx).await?;
        actions.write(tx).await?;
        history.write(tx).await
    }
}

/// New rows of `actions_combat`, by column.
#[derive(Default)]
struct Actions {
    action_id: Vec<Uuid>,
    combat_id: Vec<Uuid>,
    numero_tour: Vec<i32>,
    participant_id: Vec<Uuid>,
    type_action: Vec<&'static str>,
    competence_id: Vec<Option<Uuid>>,
    item_id: Vec<Option<Uuid>>,
    cibles: Vec<String>,
    donnees: Vec<String>,
    resultat: Vec<&'static str>,
    effets: Vec<String>,
    temps_ms: Vec<i32>,
    timestamp: Vec<DateTime<Utc>>,
    sequence: Vec<i64>,
}

impl Actions {
    fn push(&mut self, recorded: &RecordedEvent, event: &CombatEvent) -> Result<(), BoxError> {
        let CombatEvent::ActionExecutee {
            action_id,
            numero_tour,
            acteur,
            type_action,
            competence_id,
            item_id,
            cibles,
            cout,
            resultat,
            duree_ms,
            mp_avant,
            mp_apres,
            stamina_avant,
            stamina_apres,
            position_avant,
            position_apres,
            etat_avant,
            etat_apres,
            effets_appliques,
            ..
        } = event
        else {
            return Ok(());
        };
        let donnees = value!({
            "cout": cout,
            "mp": [mp_avant, mp_apres],
            "stamina": [stamina_avant, stamina_apres],
            "position": [position_avant, position_apres],
            "etat": [etat_avant, etat_apres],
        });
        self.action_id.push(action_id.as_uuid());
        self.combat_id.push(recorded.aggregate_id.as_uuid());
        self.numero_tour.push(int(*numero_tour));
        self.participant_id.push(acteur.as_uuid());
        self.type_action.push(type_action.as_str());
        self.competence_id.push(competence_id.map(Into::into));
        self.item_id.push(item_id.map(Into::into));
        self.cibles.push(json(cibles)?);
        self.donnees.push(donnees.to_string());
        self.resultat.push(resultat.as_str());
        self.effets.push(json(effets_appliques)?);
        self.temps_ms.push(int(*duree_ms));
        self.timestamp.push(recorded.timestamp);
        self.sequence.push(sequence(recorded.position));
        Ok(())
    }

    async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        if self.action_id.is_empty() {
            return Ok(());
        }
        sqlx::query(include_str!("sql/insert_actions.sql"))
            .bind(self.action_id)
            .bind(self.combat_id)
            .bind(self.numero_tour)
            .bind(self.participant_id)
            .bind(self.type_action)
            .bind(self.competence_id)
            .bind(self.item_id)
            .bind(self.cibles)
            .bind(self.donnees)
            .bind(self.resultat)
            .bind(self.effets)
            .bind(self.temps_ms)
            .bind(self.timestamp)
            .bind(self.sequence)
            .execute(&mut **tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

/// New rows of `historique_combat`, by column: every event, with its payload as it is.
#[derive(Default)]
struct History {
    historique_id: Vec<Uuid>,
    combat_id: Vec<Uuid>,
    numero_tour: Vec<i32>,
    type_evenement: Vec<&'static str>,
    acteur_id: Vec<Option<Uuid>>,
    details: Vec<String>,
    severite: Vec<&'static str>,
    timestamp: Vec<DateTime<Utc>>,
    sequence: Vec<i64>,
}

impl History {
    fn push(&mut self, recorded: &RecordedEvent, event: &CombatEvent) {
        let entry = Entry::of(event);
        let payload = recorded.payload.as_str();
        self.historique_id.push(recorded.event_id.as_uuid());
        self.combat_id.push(recorded.aggregate_id.as_uuid());
        self.numero_tour.push(int(entry.numero_tour));
        self.type_evenement.push(entry.kind);
        self.acteur_id.push(entry.acteur);
        // both parts are JSON already: type names have no quotes
        self.details
            .push(format!(r#"{{"eventType":"{}","payload":{payload}}}"#, recorded.event_type));
        self.severite.push(entry.severity);
        self.timestamp.push(recorded.timestamp);
        self.sequence.push(sequence(recorded.position));
    }

    async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        if self.historique_id.is_empty() {
            return Ok(());
        }
        sqlx::query(include_str!("sql/insert_history.sql"))
            .bind(self.historique_id)
            .bind(self.combat_id)
            .bind(self.numero_tour)
            .bind(self.type_evenement)
            .bind(self.acteur_id)
            .bind(self.details)
            .bind(self.severite)
            .bind(self.timestamp)
            .bind(self.sequence)
            .execute(&mut **tx)
            .await
            .map_err(failed)?;
        Ok(())
    }
}

const ACTION: &str = "ACTION";
const EFFET: &str = "EFFET";
const ETAT: &str = "ETAT";
const TIMEOUT: &str = "TIMEOUT";
const INFO: &str = "INFO";
const IMPORTANT: &str = "IMPORTANT";
const CRITIQUE: &str = "CRITIQUE";

/// How an event is filed in the history.
struct Entry {
    numero_tour: u32,
    kind: &'static str,
    acteur: Option<Uuid>,
    severity: &'static str,
}

impl Entry {
    fn of(event: &CombatEvent) -> Self {
        let entry =
            |numero_tour: &u32, kind, acteur: Option<crate::combat::ParticipantId>, severity| {
                Self { numero_tour: *numero_tour, kind, acteur: acteur.map(Into::into), severity }
            };
        match event {
            CombatEvent::CombatDemarre { .. } => entry(&0, ETAT, None, IMPORTANT),
            CombatEvent::TourDebute { numero_tour, participant_actif, .. } => {
                entry(numero_tour, ETAT, Some(*participant_actif), INFO)
            }
            CombatEvent::ActionExecutee { numero_tour, acteur, resultat, type_action, .. } => {
                let notable =
                    *resultat == ResultatAction::Critique || *type_action == TypeAction::Fuite;
                let severity = if notable { IMPORTANT } else { INFO };
                entry(numero_tour, ACTION, Some(*acteur), severity)
            }
            CombatEvent::EffetStatutApplique { numero_tour, source, .. } => {
                entry(numero_tour, EFFET, Some(*source), INFO)
            }
            CombatEvent::EffetStatutExpire { numero_tour, cible, .. } => {
                entry(numero_tour, EFFET, Some(*cible), INFO)
            }
            CombatEvent::DegatsInfliges { numero_tour, action_id, source, critique, .. } => {
                let kind = if action_id.is_some() { ACTION } else { EFFET };
                let severity = if *critique { IMPORTANT } else { INFO };
                entry(numero_tour, kind, Some(*source), severity)
            }
            CombatEvent::SoinsRecus { numero_tour, action_id, source, .. } => {
                let kind = if action_id.is_some() { ACTION } else { EFFET };
                entry(numero_tour, kind, Some(*source), INFO)
            }
            CombatEvent::ParticipantMort { numero_tour, participant, .. } => {
                entry(numero_tour, ETAT, Some(*participant), CRITIQUE)
            }
            CombatEvent::TourTermine { numero_tour, participant, raison } => {
                let kind = if *raison == FinTour::Expire { TIMEOUT } else { ETAT };
                entry(numero_tour, kind, Some(*participant), INFO)
            }
            CombatEvent::CombatTermine { resultat, statistiques, .. } => {
                let late = *resultat == ResultatCombat::TempsEcoule;
                entry(&statistiques.tours, if late { TIMEOUT } else { ETAT }, None, IMPORTANT)
            }
        }
    }
}

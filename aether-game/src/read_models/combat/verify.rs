//! What the tables of combats have to say: the states of the aggregates, and what only events tell.

mod empreinte;
mod historique;

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

use self::empreinte::Empreinte;
use super::rows::{ActionCombat, DonneesAction, HistoriqueCombat, InstanceCombat};
use crate::combat::{Combat, CombatEvent, CombatId, Combattant, ParticipantId, Recompenses};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};

#[derive(Default)]
pub(super) struct Combats {
    combats: BTreeMap<CombatId, Folded>,
    actions: Vec<ActionCombat>,
    historique: Vec<HistoriqueCombat<Empreinte>>,
}

#[derive(Default)]
struct Folded {
    combat: Combat,
    /// When it ended and what was won.
    fin: Option<(DateTime<Utc>, Recompenses)>,
    /// The last start, turn or end.
    sequence: i64,
}

impl Fold for Combats {
    const AGGREGATES: &'static [&'static str] = &[Combat::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: CombatEvent = recorded.decode()?;
        let combat_id = CombatId::from(recorded.aggregate_id);
        let folded = self.combats.entry(combat_id).or_default();
        let avant = folded.combat.clone();
        folded.apply(&event, sequence(recorded.position));
        self.actions.extend(folded.action(recorded, &event, &avant));
        self.historique.push(historique::entree(recorded, folded.combat.numero_tour()));
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let combats = self.combats.into_iter().filter_map(|(id, folded)| folded.row(id));
        report.compare(pool, combats).await?;
        report.compare(pool, self.actions).await?;
        report.compare(pool, self.historique).await
    }
}

impl Folded {
    fn apply(&mut self, event: &CombatEvent, position: i64) {
        self.combat.apply(event);
        match event {
            CombatEvent::CombatDemarre { .. } | CombatEvent::TourDebute { .. } => {
                self.sequence = position;
            }
            CombatEvent::CombatTermine { termine_a, recompenses, .. } => {
                self.sequence = position;
                self.fin = Some((*termine_a, recompenses.clone()));
            }
            _ => {}
        }
    }

    /// The action that an event is, if it is one: what it changed about the actor is what the state says.
    fn action(
        &self,
        recorded: &RecordedEvent,
        event: &CombatEvent,
        avant: &Combat,
    ) -> Option<ActionCombat> {
        let CombatEvent::ActionExecutee {
            action_id,
            acteur,
            type_action,
            competence_id,
            item_id,
            cibles,
            cout,
            resultat,
            duree_ms,
            effets_appliques,
            ..
        } = event
        else {
            return None;
        };
        let (avant, apres) = (combattant(avant, *acteur)?, combattant(&self.combat, *acteur)?);
        Some(ActionCombat {
            action_id: *action_id,
            combat_id: CombatId::from(recorded.aggregate_id),
            numero_tour: self.combat.numero_tour(),
            participant_id: *acteur,
            type_action: *type_action,
            competence_id: *competence_id,
            item_id: *item_id,
            cibles: cibles.clone(),
            donnees_action: DonneesAction {
                cout: *cout,
                mp: [avant.mp, apres.mp],
                stamina: [avant.stamina, apres.stamina],
                position: [avant.position, apres.position],
                etat: [avant.etat, apres.etat],
            },
            resultat: *resultat,
            effets_appliques: effets_appliques.clone(),
            temps_execution_ms: *duree_ms,
            timestamp: recorded.timestamp,
            event_sequence: sequence(recorded.position),
        })
    }

    fn row(self, combat_id: CombatId) -> Option<InstanceCombat> {
        let combat = &self.combat;
        let depart = combat.depart()?;
        let (heure_fin, gagnees) = self.fin.unzip();
        Some(InstanceCombat {
            combat_id,
            etat: combat.etat(),
            type_combat: depart.type_combat,
            zone_id: depart.zone_id,
            zone_nom: depart.zone_nom.clone(),
            tour_actuel: combat.numero_tour(),
            ordre_tour: combat.ordre_tour().collect(),
            participant_actif_id: combat.participant_actif(),
            heure_debut: depart.debute_a,
            heure_fin,
            duree_tour_ms: depart.duree_tour_ms,
            prochain_timeout: combat.echeance_tour(),
            conditions_victoire: depart.conditions,
            recompenses: gagnees.unwrap_or_else(|| depart.recompenses.clone()),
            last_event_sequence: self.sequence,
        })
    }
}

fn combattant(combat: &Combat, participant: ParticipantId) -> Option<&Combattant> {
    combat.participant(participant).map(|vue| vue.combattant)
}

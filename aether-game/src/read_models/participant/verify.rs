//! What the tables of participants have to say: the states of the aggregates, and what only events tell.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::rows::{CompetencesCombat, EffetStatut, EquipementCombat, ParticipantCombat};
use crate::combat::{
    Combat, CombatEvent, CombatId, EffetActif, EffetId, EtatCombat, ObjetRestant, ParticipantId,
    SourceEffet, Vue,
};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};

#[derive(Default)]
pub(super) struct Participants(BTreeMap<CombatId, Folded>);

#[derive(Default)]
struct Folded {
    combat: Combat,
    /// The last event that was about a participant.
    sequences: BTreeMap<ParticipantId, i64>,
    poses: BTreeMap<EffetId, Pose>,
}

/// What the state of a combat does not remember of an effect.
#[derive(Clone, Copy)]
struct Pose {
    source_type: SourceEffet,
    source_id: Uuid,
    applique_a: DateTime<Utc>,
    event_sequence: i64,
    last_event_sequence: i64,
}

impl Fold for Participants {
    const AGGREGATES: &'static [&'static str] = &[Combat::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: CombatEvent = recorded.decode()?;
        let folded = self.0.entry(CombatId::from(recorded.aggregate_id)).or_default();
        folded.combat.apply(&event);
        folded.note(recorded, &event);
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let participants = self.0.iter().flat_map(|(id, it)| it.participants(*id));
        report.compare(pool, participants).await?;
        let effets = self.0.iter().flat_map(|(id, it)| it.effets(*id));
        report.compare(pool, effets).await
    }
}

impl Folded {
    /// Notes what an event was about.
    fn note(&mut self, recorded: &RecordedEvent, event: &CombatEvent) {
        let position = sequence(recorded.position);
        match event {
            CombatEvent::CombatDemarre { .. } | CombatEvent::CombatTermine { .. } => {
                let all = self.combat.participants().map(|vue| (vue.id(), position));
                self.sequences = all.collect();
            }
            CombatEvent::TourDebute { participant_actif: qui, effets_actifs, .. } => {
                self.sequences.insert(*qui, position);
                for effet in effets_actifs {
                    if let Some(pose) = self.poses.get_mut(&effet.effet_id) {
                        pose.last_event_sequence = position;
                    }
                }
            }
            CombatEvent::EffetStatutApplique { cible: qui, .. } => {
                self.sequences.insert(*qui, position);
                self.poses.extend(Pose::of(recorded, event));
            }
            CombatEvent::ActionExecutee { acteur: qui, .. }
            | CombatEvent::EffetStatutExpire { cible: qui, .. }
            | CombatEvent::DegatsInfliges { cible: qui, .. }
            | CombatEvent::SoinsRecus { cible: qui, .. }
            | CombatEvent::ParticipantMort { participant: qui, .. } => {
                self.sequences.insert(*qui, position);
            }
            CombatEvent::TourTermine { .. } => {}
        }
    }

    fn participants(&self, combat_id: CombatId) -> impl Iterator<Item = ParticipantCombat> + '_ {
        self.combat.participants().filter_map(move |vue| self.participant(combat_id, vue))
    }

    fn participant(&self, combat_id: CombatId, vue: Vue<'_>) -> Option<ParticipantCombat> {
        let Vue { fiche, combattant } = vue;
        let restant = |(objet, quantite): (&crate::combat::Objet, u32)| ObjetRestant {
            item_id: objet.item_id,
            quantite,
        };
        Some(ParticipantCombat {
            participant_id: vue.id(),
            combat_id,
            entite_id: fiche.entite_id,
            type_entite: fiche.type_entite,
            nom: fiche.nom.clone(),
            niveau: fiche.niveau,
            initiative: fiche.initiative,
            position: combattant.position,
            etat: combattant.etat,
            hp_actuel: combattant.hp,
            hp_max: fiche.hp_max,
            mp_actuel: combattant.mp,
            mp_max: fiche.mp_max,
            stamina_actuel: combattant.stamina,
            stamina_max: fiche.stamina_max,
            stats_combat: fiche.stats,
            resistances: fiche.resistances,
            effets_actifs: combattant.effets.clone(),
            equipement: EquipementCombat {
                objets: fiche.objets.clone(),
                restants: vue.objets().map(restant).collect(),
            },
            competences_disponibles: CompetencesCombat {
                competences: fiche.competences.clone(),
                recharges: combattant.recharges.clone(),
            },
            peut_agir: self.combat.etat() == EtatCombat::EnCours && vue.peut_agir(),
            last_event_sequence: *self.sequences.get(&vue.id())?,
            camp: fiche.camp,
        })
    }

    fn effets(&self, combat_id: CombatId) -> impl Iterator<Item = EffetStatut> + '_ {
        let portes = self
            .combat
            .participants()
            .flat_map(|vue| vue.combattant.effets.iter().map(move |effet| (vue.id(), effet)));
        portes.filter_map(move |(id, effet)| self.effet(combat_id, id, effet))
    }

    fn effet(
        &self,
        combat_id: CombatId,
        participant_id: ParticipantId,
        effet: &EffetActif,
    ) -> Option<EffetStatut> {
        let pose = self.poses.get(&effet.effet_id)?;
        Some(EffetStatut {
            effet_id: effet.effet_id,
            participant_id,
            combat_id,
            type_effet: effet.type_effet,
            source_type: pose.source_type,
            source_id: pose.source_id,
            puissance: effet.puissance,
            duree_tours_restants: effet.duree_tours_restants,
            stacks: effet.stacks,
            modificateurs: effet.modificateurs(),
            est_debuff: effet.type_effet.est_debuff(),
            peut_etre_dissipe: effet.type_effet.peut_etre_dissipe(),
            applique_a: pose.applique_a,
            event_sequence: pose.event_sequence,
            last_event_sequence: pose.last_event_sequence,
        })
    }
}

impl Pose {
    fn of(recorded: &RecordedEvent, event: &CombatEvent) -> Option<(EffetId, Self)> {
        let CombatEvent::EffetStatutApplique { effet_id, source_type, source_id, .. } = event
        else {
            return None;
        };
        let position = sequence(recorded.position);
        let pose = Self {
            source_type: *source_type,
            source_id: *source_id,
            applique_a: recorded.timestamp,
            event_sequence: position,
            last_event_sequence: position,
        };
        Some((*effet_id, pose))
    }
}

//! A live combat as a value, and the same from the events alone.

use aether_core::{Aggregate as _, RecordedEvent, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::combat::{
    ActionId, Combat, CombatEvent, CombatId, CompetenceId, EffetId, EtatCombat, EtatParticipant,
    ParticipantId, ResultatAction, Spectateur, TypeAction, TypeEffet, Vue, ZoneId,
};

use crate::live::RECENT_ACTIONS;

/// A combat as Redis keeps it, for those who may see both sides. What a player gets of it says [`vu_par`](LiveCombat::vu_par).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveCombat {
    /// Its id.
    pub combat_id: CombatId,
    /// Where it is in its life.
    pub etat: EtatCombat,
    /// The number of the current or last turn; 0 before the first.
    pub tour_actuel: u32,
    /// Whose turn it is; none between turns and after the end.
    pub participant_actif: Option<ParticipantId>,
    /// When the current turn's time is over.
    pub prochain_timeout: Option<DateTime<Utc>>,
    /// Where it is fought.
    pub zone_id: ZoneId,
    /// Who fights: highest initiative first, equal ones by id.
    pub participants: Vec<LiveParticipant>,
    /// The last actions, newest first.
    pub recent_actions: Vec<LiveAction>,
}

/// A participant of a live combat.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveParticipant {
    /// Its id.
    pub participant_id: ParticipantId,
    /// Its name.
    pub nom: String,
    /// Its initiative.
    pub initiative: i32,
    /// Hit points.
    pub hp_actuel: u32,
    /// Most hit points.
    pub hp_max: u32,
    /// Mana, for its own side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mp_actuel: Option<u32>,
    /// Most mana, for its own side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mp_max: Option<u32>,
    /// Whether it stands.
    pub etat: EtatParticipant,
    /// Whether it can act when its turn comes: it stands, is not stunned, and the combat goes on.
    pub peut_agir: bool,
    /// The effects at work on it, by id.
    pub effets: Vec<LiveEffet>,
}

/// An effect at work on a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LiveEffet {
    /// Its id.
    pub effet_id: EffetId,
    /// Which effect.
    pub type_effet: TypeEffet,
    /// Points per turn, or percent, by kind; for one stack.
    pub puissance: u32,
    /// How many of the bearer's turns are left.
    pub duree_tours_restants: u32,
}

/// An action, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveAction {
    /// Its id.
    pub action_id: ActionId,
    /// In which turn.
    pub numero_tour: u32,
    /// Who acted.
    pub acteur: ParticipantId,
    /// What it did.
    pub type_action: TypeAction,
    /// With which skill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competence_id: Option<CompetenceId>,
    /// On whom.
    pub cibles: Vec<ParticipantId>,
    /// How it went.
    pub resultat: ResultatAction,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// The position of its event in the log.
    pub sequence: u64,
}

impl LiveCombat {
    /// The combat from its events alone, all of them in order: what [`load`](LiveCombat::load) must
    /// give once the projection has seen them. `None` without events.
    ///
    /// The state is the aggregate's own fold, made by other code than the projection's.
    ///
    /// # Errors
    ///
    /// [`Undecodable`](aether_core::Error::Undecodable).
    pub fn fold(id: CombatId, events: &[RecordedEvent]) -> Result<Option<Self>> {
        let mut combat = Combat::default();
        let mut recent_actions = Vec::new();
        for event in events {
            let decoded: CombatEvent = event.decode()?;
            combat.apply(&decoded);
            recent_actions.extend(LiveAction::of(&decoded, event));
        }
        recent_actions.reverse();
        recent_actions.truncate(RECENT_ACTIONS as usize);
        Ok(Self::of(id, &combat, recent_actions))
    }

    /// What a spectator may see of it: without the mana of the other side.
    #[must_use]
    pub fn vu_par(mut self, spectateur: &Spectateur) -> Self {
        for it in &mut self.participants {
            if !spectateur.est_du_camp_de(it.participant_id) {
                it.mp_actuel = None;
                it.mp_max = None;
            }
        }
        self
    }

    fn of(id: CombatId, combat: &Combat, recent_actions: Vec<LiveAction>) -> Option<Self> {
        let etat = combat.etat();
        let en_cours = etat == EtatCombat::EnCours;
        let mut participants: Vec<_> =
            combat.participants().map(|vue| LiveParticipant::of(&vue, en_cours)).collect();
        participants.sort_by_key(LiveParticipant::rank);
        Some(Self {
            combat_id: id,
            etat,
            tour_actuel: combat.numero_tour(),
            participant_actif: combat.participant_actif(),
            prochain_timeout: combat.echeance_tour(),
            zone_id: combat.depart()?.zone_id,
            participants,
            recent_actions,
        })
    }
}

impl LiveParticipant {
    fn of(vue: &Vue<'_>, en_cours: bool) -> Self {
        let mut effets: Vec<LiveEffet> = vue
            .combattant
            .effets
            .iter()
            .map(|effet| LiveEffet {
                effet_id: effet.effet_id,
                type_effet: effet.type_effet,
                puissance: effet.puissance,
                duree_tours_restants: effet.duree_tours_restants.into(),
            })
            .collect();
        effets.sort_by_key(|effet| effet.effet_id);
        Self {
            participant_id: vue.id(),
            nom: vue.fiche.nom.clone(),
            initiative: vue.fiche.initiative,
            hp_actuel: vue.combattant.hp,
            hp_max: vue.fiche.hp_max,
            mp_actuel: Some(vue.combattant.mp),
            mp_max: Some(vue.fiche.mp_max),
            etat: vue.combattant.etat,
            peut_agir: en_cours && vue.peut_agir(),
            effets,
        }
    }

    /// What participants are listed by.
    pub(super) const fn rank(&self) -> (std::cmp::Reverse<i32>, ParticipantId) {
        (std::cmp::Reverse(self.initiative), self.participant_id)
    }
}

impl LiveAction {
    /// The action an event tells of.
    pub(super) fn of(event: &CombatEvent, recorded: &RecordedEvent) -> Option<Self> {
        let CombatEvent::ActionExecutee {
            action_id,
            numero_tour,
            acteur,
            type_action,
            competence_id,
            cibles,
            resultat,
            ..
        } = event
        else {
            return None;
        };
        Some(Self {
            action_id: *action_id,
            numero_tour: *numero_tour,
            acteur: *acteur,
            type_action: *type_action,
            competence_id: *competence_id,
            cibles: cibles.clone(),
            resultat: *resultat,
            timestamp: recorded.timestamp,
            sequence: recorded.position.get(),
        })
    }
}

//! The combats that began last: what the view looks at.

use std::collections::{HashMap, VecDeque};

use aether_game::bots::Tactic;
use aether_game::combat::{Camp, CombatId, CompetenceId, Demarrer, Participant, ParticipantId};
use parking_lot::Mutex;

/// How many combats are looked at.
const CARDS: usize = 16;

/// The combats that began last: for the view.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<VecDeque<Card>>);

/// A combat.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub combat: CombatId,
    pub zone: String,
    pub fighters: Vec<(ParticipantId, Camp, Tactic)>,
    pub skills: HashMap<CompetenceId, String>,
}

impl Board {
    /// The newest first.
    pub(crate) fn cards(&self) -> Vec<Card> {
        self.0.lock().iter().cloned().collect()
    }

    pub(crate) fn put(&self, card: Card) {
        let mut cards = self.0.lock();
        cards.push_front(card);
        cards.truncate(CARDS);
    }
}

impl Card {
    pub(crate) fn of(combat: CombatId, roster: &Demarrer) -> Self {
        let participants = &roster.participants;
        let fighter = |it: &Participant| (it.participant_id, it.camp, Tactic::suited_to(it));
        let skills = participants.iter().flat_map(|it| &it.competences);
        Self {
            combat,
            zone: roster.zone_nom.clone(),
            fighters: participants.iter().map(fighter).collect(),
            skills: skills.map(|it| (it.competence_id, it.nom.clone())).collect(),
        }
    }
}

//! Which combat each ring fights right now: what the view looks at.

use std::collections::HashMap;

use aether_game::bots::Tactic;
use aether_game::combat::{Camp, CombatId, CompetenceId, Demarrer, Participant, ParticipantId};
use parking_lot::Mutex;

/// What goes on in each ring right now: for the view.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Vec<Option<Card>>>);

/// The combat of one ring.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub combat: CombatId,
    pub zone: String,
    pub fighters: Vec<(ParticipantId, Camp, Tactic)>,
    pub skills: HashMap<CompetenceId, String>,
}

impl Board {
    pub(crate) fn cards(&self) -> Vec<Card> {
        let cards = self.0.lock();
        cards.iter().flatten().cloned().collect()
    }

    pub(crate) fn put(&self, ring: usize, card: Card) {
        let mut cards = self.0.lock();
        let rings = cards.len().max(ring + 1);
        cards.resize(rings, None);
        cards[ring] = Some(card);
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

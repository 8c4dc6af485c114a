//! Rows of the arena.

use serde::{Deserialize, Serialize};

use super::elo::{self, Issue};
use crate::combat::{Camp, ParticipantId};
use crate::read_models::row::Row;
use crate::values::{CombatId, JoueurId};

/// A row of `cotes_arene`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoteArene {
    /// The player.
    pub joueur_id: JoueurId,
    /// The name, as the last combat showed it.
    pub nom: String,
    /// The rating.
    pub cote: u32,
    /// How many rated combats have ended.
    pub combats: u32,
    /// The last one of them.
    pub dernier_combat_id: CombatId,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

/// A row of `combats_cotes`: a rated combat that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CombatCote {
    /// The combat.
    pub combat_id: CombatId,
    /// Its players.
    pub joueurs: Vec<Duelliste>,
    /// The event that began it.
    pub last_event_sequence: i64,
}

/// A player of a rated combat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duelliste {
    /// As the combat knows the player.
    pub participant_id: ParticipantId,
    /// The player.
    pub joueur_id: JoueurId,
    /// The name that is shown.
    pub nom: String,
    /// The side.
    pub camp: Camp,
}

impl CombatCote {
    /// The players' ratings after these have won, or nobody. It is only rated if there are players on both sides.
    pub(super) fn resultat(
        &self,
        vainqueurs: &[ParticipantId],
        cote: impl Fn(JoueurId) -> u32,
    ) -> Vec<(&Duelliste, u32)> {
        let winner = self.joueurs.iter().find(|it| vainqueurs.contains(&it.participant_id));
        let of = |camp| self.joueurs.iter().filter(move |it| it.camp == camp);
        let sides = [Camp::Allies, Camp::Adversaires];
        if sides.iter().any(|camp| of(*camp).next().is_none()) {
            return Vec::new();
        }
        let mean = |camp| elo::moyenne(of(camp).map(|it| cote(it.joueur_id)));
        let moves = sides.iter().flat_map(|&camp| {
            let issue = match winner {
                None => Issue::Nulle,
                Some(winner) if winner.camp == camp => Issue::Victoire,
                Some(_) => Issue::Defaite,
            };
            let variation = elo::variation(mean(camp), mean(camp.autre()), issue);
            let cote = &cote;
            of(camp).map(move |it| (it, elo::apres(cote(it.joueur_id), variation)))
        });
        moves.collect()
    }
}

impl Row for CoteArene {
    const TABLE: &'static str = "cotes_arene";

    type Key = JoueurId;

    fn key(&self) -> JoueurId {
        self.joueur_id
    }
}

impl Row for CombatCote {
    const TABLE: &'static str = "combats_cotes";

    type Key = CombatId;

    fn key(&self) -> CombatId {
        self.combat_id
    }
}

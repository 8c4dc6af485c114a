//! The end of a combat.

use super::Play;
use crate::combat::events::CombatEvent;
use crate::combat::ids::ParticipantId;
use crate::combat::mots::{Camp, ResultatCombat, TypeEntite};
use crate::combat::roster::Recompenses;

impl Play<'_> {
    /// Ends the combat: `beaten` lost it, or nobody because it took too long.
    pub(in crate::combat) fn end_combat(&mut self, beaten: Option<Camp>, fled: bool) {
        let resultat = match beaten {
            None => ResultatCombat::TempsEcoule,
            Some(_) if fled => ResultatCombat::Fuite,
            Some(Camp::Adversaires) => ResultatCombat::Victoire,
            Some(Camp::Allies) => ResultatCombat::Defaite,
        };
        let of = |camp: Option<Camp>| -> Vec<ParticipantId> {
            let of_camp = self.depart.fiches.iter().filter(|fiche| Some(fiche.camp) == camp);
            of_camp.map(|fiche| fiche.participant_id).collect()
        };
        let winners = beaten.map(Camp::autre);
        let players_won =
            self.depart.fiches.iter().any(|fiche| {
                Some(fiche.camp) == winners && fiche.type_entite == TypeEntite::Joueur
            });
        let recompenses = match players_won {
            true => self.depart.recompenses.clone(),
            false => Recompenses::default(),
        };
        let mut statistiques = self.combat.statistiques;
        let duree = self.maintenant - self.depart.debute_a;
        statistiques.duree = u64::try_from(duree.num_milliseconds()).unwrap_or(0);
        statistiques.tours = self.combat.numero_tour;
        self.emit(CombatEvent::CombatTermine {
            resultat,
            vainqueurs: of(winners),
            vaincus: of(beaten),
            statistiques,
            recompenses,
            termine_a: self.maintenant,
        });
    }
}

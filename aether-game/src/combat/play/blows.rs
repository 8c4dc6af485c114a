//! Hit points that are taken and given.

use super::Play;
use crate::combat::events::CombatEvent;
use crate::combat::ids::{ActionId, ParticipantId};
use crate::combat::mots::{EtatParticipant, FinEffet, TypeCombat, TypeDegats};
use crate::combat::vue::Vue;

/// What harms somebody.
pub(in crate::combat) struct Coup {
    pub(in crate::combat) action_id: Option<ActionId>,
    pub(in crate::combat) source: ParticipantId,
    pub(in crate::combat) type_degats: TypeDegats,
    pub(in crate::combat) bruts: u32,
    pub(in crate::combat) finaux: u32,
    pub(in crate::combat) critique: bool,
}

impl Play<'_> {
    /// Takes hit points; who has none left falls, and its effects end.
    pub(in crate::combat) fn hurt(&mut self, place: usize, coup: &Coup) {
        let Vue { fiche, combattant } = self.vue(place);
        let hp_avant = combattant.hp;
        let hp_apres = hp_avant.saturating_sub(coup.finaux);
        let (entite_id, type_entite) = (fiche.entite_id, fiche.type_entite);
        let cible = fiche.participant_id;
        self.emit(CombatEvent::DegatsInfliges {
            action_id: coup.action_id,
            numero_tour: self.combat.numero_tour,
            source: coup.source,
            cible,
            type_degats: coup.type_degats,
            degats_bruts: coup.bruts,
            reduction: coup.bruts - coup.finaux,
            degats_finaux: coup.finaux,
            critique: coup.critique,
            hp_avant,
            hp_apres,
            mort: hp_apres == 0,
        });
        if hp_apres == 0 {
            let etat = match self.depart.type_combat {
                TypeCombat::Arene => EtatParticipant::Ko,
                _ => EtatParticipant::Mort,
            };
            let tueur = coup.source;
            self.emit(CombatEvent::ParticipantMort {
                numero_tour: self.combat.numero_tour,
                participant: cible,
                entite_id,
                type_entite,
                etat,
                tueur,
            });
            self.expire(place, FinEffet::HorsCombat, |_| true);
        }
    }

    /// Gives hit points, up to the maximum.
    pub(in crate::combat) fn heal(
        &mut self,
        place: usize,
        action_id: Option<ActionId>,
        source: ParticipantId,
        soin_brut: u32,
        critique: bool,
    ) {
        let Vue { fiche, combattant } = self.vue(place);
        let hp_avant = combattant.hp;
        let soin_final = soin_brut.min(fiche.hp_max.saturating_sub(hp_avant));
        self.emit(CombatEvent::SoinsRecus {
            action_id,
            numero_tour: self.combat.numero_tour,
            source,
            cible: fiche.participant_id,
            soin_brut,
            soin_final,
            critique,
            hp_avant,
            hp_apres: hp_avant + soin_final,
            surplus: soin_brut - soin_final,
        });
    }
}

//! A decision in the making: a copy of the state that each new event is applied to at once.
//!
//! So a later event of one decision is decided on what the earlier ones left, and folding the events
//! cannot lead anywhere else than deciding did.

mod blows;
mod end;

use chrono::{DateTime, Utc};

use super::dice::Dice;
use super::events::CombatEvent;
use super::mots::{Camp, FinEffet, FinTour, TypeEffet};
use super::state::{Combat, Depart};
use super::suivi::EffetActif;
use super::vue::Vue;

pub(in crate::combat) use blows::Coup;

/// See the [module](self).
pub(in crate::combat) struct Play<'a> {
    pub(in crate::combat) combat: Combat,
    pub(in crate::combat) depart: &'a Depart,
    pub(in crate::combat) dice: Dice,
    pub(in crate::combat) events: Vec<CombatEvent>,
    pub(in crate::combat) maintenant: DateTime<Utc>,
}

impl<'a> Play<'a> {
    pub(in crate::combat) fn new(
        combat: Combat,
        depart: &'a Depart,
        maintenant: DateTime<Utc>,
    ) -> Self {
        let dice = Dice::new(depart.graine, combat.tirages);
        Self { combat, depart, dice, events: Vec::with_capacity(8), maintenant }
    }

    pub(in crate::combat) fn emit(&mut self, event: CombatEvent) {
        self.combat.applique(&event);
        self.events.push(event);
    }

    /// A participant as it is now. Places come from this combat, so there always is one.
    pub(in crate::combat) fn vue(&self, place: usize) -> Vue<'_> {
        Vue { fiche: &self.depart.fiches[place], combattant: &self.combat.combattants[place] }
    }

    /// Ends the current turn, then begins the next, or ends the combat. `fled`: the turn ended with a
    /// flight.
    pub(in crate::combat) fn end_turn(&mut self, raison: FinTour, fled: bool) {
        if let Some(participant) = self.combat.participant_actif() {
            let numero_tour = self.combat.numero_tour;
            self.emit(CombatEvent::TourTermine { numero_tour, participant, raison });
        }
        self.next_turn(fled);
    }

    /// Begins turns until somebody can act in one, or the combat is over.
    pub(in crate::combat) fn next_turn(&mut self, fled: bool) {
        let mut fled = fled;
        loop {
            if let Some(beaten) = self.beaten() {
                return self.end_combat(Some(beaten), fled);
            }
            fled = false;
            let limit = self.depart.conditions.limite_tours;
            let Some(place) = self.next_in_order().filter(|_| self.combat.numero_tour < limit)
            else {
                return self.end_combat(None, false);
            };
            let stunned = self.vue(place).porte(TypeEffet::Etourdissement);
            self.begin_turn(place);
            let raison = match (self.vue(place).est_debout(), stunned) {
                (true, false) => return,
                (true, true) => FinTour::Etourdi,
                (false, _) => FinTour::HorsCombat,
            };
            let participant = self.vue(place).id();
            let numero_tour = self.combat.numero_tour;
            self.emit(CombatEvent::TourTermine { numero_tour, participant, raison });
        }
    }

    fn beaten(&self) -> Option<Camp> {
        [Camp::Adversaires, Camp::Allies].into_iter().find(|camp| self.combat.est_vaincu(*camp))
    }

    fn next_in_order(&self) -> Option<usize> {
        let ordre = &self.depart.ordre;
        let first = self.combat.rang.map_or(0, |rang| usize::from(rang) + 1);
        let following = ordre.iter().cycle().skip(first).take(ordre.len());
        following.map(|&place| usize::from(place)).find(|&place| self.vue(place).est_debout())
    }

    fn begin_turn(&mut self, place: usize) {
        let Vue { fiche, combattant } = self.vue(place);
        let mut recharges = combattant.recharges.clone();
        recharges.retain_mut(|rest| {
            rest.tours_restants = rest.tours_restants.saturating_sub(1);
            rest.tours_restants > 0
        });
        let mut effets = combattant.effets.clone();
        for effet in &mut effets {
            effet.duree_tours_restants = effet.duree_tours_restants.saturating_sub(1);
        }
        let event = CombatEvent::TourDebute {
            numero_tour: self.combat.numero_tour + 1,
            participant_actif: fiche.participant_id,
            duree_maximale: self.depart.duree_tour_ms,
            debute_a: self.maintenant,
            recharges,
            effets_actifs: effets.clone(),
        };
        self.emit(event);
        self.tick(place, &effets);
    }

    /// What the effects do to their bearer at the start of its turn; then those at their end expire.
    fn tick(&mut self, place: usize, effets: &[EffetActif]) {
        for effet in effets {
            self.effect_acts(place, effet);
            if !self.vue(place).est_debout() {
                return;
            }
        }
        let over = |effet: &EffetActif| effet.duree_tours_restants == 0;
        self.expire(place, FinEffet::Duree, over);
    }

    /// Ends the effects on a participant that `which` picks.
    pub(in crate::combat) fn expire(
        &mut self,
        place: usize,
        raison: FinEffet,
        which: impl Fn(&EffetActif) -> bool,
    ) {
        let bearer = self.vue(place);
        let cible = bearer.id();
        let mut left = bearer.combattant.effets.clone();
        while let Some(index) = left.iter().position(&which) {
            let EffetActif { effet_id, type_effet, .. } = left.remove(index);
            let effets_actifs = left.clone();
            self.emit(CombatEvent::EffetStatutExpire {
                effet_id,
                numero_tour: self.combat.numero_tour,
                cible,
                type_effet,
                raison,
                effets_actifs,
            });
        }
    }
}

//! A decision in the making: a copy of the state that each new event is applied to at once.
//!
//! So a later event of one decision is decided on what the earlier ones left, and folding the events
//! cannot lead anywhere else than deciding did.

use chrono::{DateTime, Utc};

use super::dice::Dice;
use super::events::{CombatEvent, EffetActif};
use super::ids::{ActionId, ParticipantId};
use super::roster::Recompenses;
use super::state::{Combat, Depart, Vue};
use super::vocabulary::{
    Camp, EtatParticipant, FinEffet, FinTour, ResultatCombat, TypeCombat, TypeDegats, TypeEffet,
    TypeEntite,
};

/// See the [module](self).
pub(super) struct Play<'a> {
    pub(super) combat: Combat,
    pub(super) depart: &'a Depart,
    pub(super) dice: Dice,
    pub(super) events: Vec<CombatEvent>,
    pub(super) maintenant: DateTime<Utc>,
}

/// What harms somebody.
pub(super) struct Coup {
    pub(super) action_id: Option<ActionId>,
    pub(super) source: ParticipantId,
    pub(super) type_degats: TypeDegats,
    pub(super) bruts: u32,
    pub(super) finaux: u32,
    pub(super) critique: bool,
}

impl<'a> Play<'a> {
    pub(super) fn new(combat: Combat, depart: &'a Depart, maintenant: DateTime<Utc>) -> Self {
        let dice = Dice::new(depart.graine, combat.tirages);
        Self { combat, depart, dice, events: Vec::with_capacity(8), maintenant }
    }

    pub(super) fn emit(&mut self, event: CombatEvent) {
        self.combat.applique(&event);
        self.events.push(event);
    }

    /// A participant as it is now. Places come from this combat, so there always is one.
    pub(super) fn vue(&self, place: usize) -> Vue<'_> {
        Vue { fiche: &self.depart.fiches[place], combattant: &self.combat.combattants[place] }
    }

    /// Ends the current turn, then begins the next, or ends the combat. `fled`: the turn ended with a
    /// flight.
    pub(super) fn end_turn(&mut self, raison: FinTour, fled: bool) {
        if let Some(participant) = self.combat.participant_actif() {
            let numero_tour = self.combat.numero_tour;
            self.emit(CombatEvent::TourTermine { numero_tour, participant, raison });
        }
        self.next_turn(fled);
    }

    /// Begins turns until somebody can act in one, or the combat is over.
    pub(super) fn next_turn(&mut self, fled: bool) {
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
    pub(super) fn expire(
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

    /// Takes hit points; who has none left falls, and its effects end.
    pub(super) fn hurt(&mut self, place: usize, coup: &Coup) {
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
    pub(super) fn heal(
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

    /// Ends the combat: `beaten` lost it, or nobody because it took too long.
    pub(super) fn end_combat(&mut self, beaten: Option<Camp>, fled: bool) {
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

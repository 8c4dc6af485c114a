//! How each event changes the state. Nothing is computed here that an event could say.

use std::sync::Arc;

use super::events::CombatEvent;
use super::ids::ParticipantId;
use super::mots::EtatParticipant;
use super::roster::Participant;
use super::state::{Combat, Combattant, Depart};

impl Combat {
    pub(super) fn applique(&mut self, event: &CombatEvent) {
        match event {
            CombatEvent::CombatDemarre { .. } => self.demarre(event),
            CombatEvent::TourDebute {
                numero_tour,
                participant_actif,
                debute_a,
                recharges,
                effets_actifs,
                ..
            } => {
                let place = self.place(*participant_actif);
                self.numero_tour = *numero_tour;
                self.tour_debut = *debute_a;
                self.actif = place.map(|place| place as u8);
                self.rang = self.rang_de(place).or(self.rang);
                self.change(*participant_actif, |it| {
                    it.recharges.clone_from(recharges);
                    it.effets.clone_from(effets_actifs);
                });
            }
            CombatEvent::ActionExecutee { .. } => self.action(event),
            CombatEvent::EffetStatutApplique { cible, effets_actifs, .. }
            | CombatEvent::EffetStatutExpire { cible, effets_actifs, .. } => {
                self.change(*cible, |it| it.effets.clone_from(effets_actifs));
            }
            CombatEvent::DegatsInfliges { cible, hp_avant, hp_apres, .. } => {
                self.statistiques.degats += u64::from(hp_avant.saturating_sub(*hp_apres));
                self.change(*cible, |it| it.hp = *hp_apres);
            }
            CombatEvent::SoinsRecus { cible, hp_apres, soin_final, .. } => {
                self.statistiques.soins += u64::from(*soin_final);
                self.change(*cible, |it| it.hp = *hp_apres);
            }
            CombatEvent::ParticipantMort { participant, etat, .. } => {
                self.statistiques.morts += 1;
                self.change(*participant, |it| it.etat = *etat);
            }
            CombatEvent::TourTermine { .. } => self.actif = None,
            CombatEvent::CombatTermine { resultat, statistiques, .. } => {
                self.resultat = Some(*resultat);
                self.statistiques = *statistiques;
                self.actif = None;
                for combattant in &mut self.combattants {
                    combattant.effets.clear();
                }
            }
        }
    }

    fn demarre(&mut self, event: &CombatEvent) {
        let CombatEvent::CombatDemarre {
            type_combat,
            zone_id,
            zone_nom,
            participants,
            ordre_initiative,
            conditions,
            duree_tour_ms,
            graine,
            recompenses,
            debute_a,
        } = event
        else {
            return;
        };
        let place = |id: &ParticipantId| {
            participants.iter().position(|it| it.participant_id == *id).map(|place| place as u8)
        };
        self.combattants = participants.iter().map(Combattant::entrant).collect();
        self.tour_debut = *debute_a;
        self.depart = Some(Arc::new(Depart {
            type_combat: *type_combat,
            zone_id: *zone_id,
            zone_nom: zone_nom.clone(),
            fiches: participants.clone(),
            conditions: *conditions,
            duree_tour_ms: *duree_tour_ms,
            recompenses: recompenses.clone(),
            debute_a: *debute_a,
            graine: *graine,
            ordre: ordre_initiative.iter().filter_map(place).collect(),
        }));
    }

    fn action(&mut self, event: &CombatEvent) {
        let CombatEvent::ActionExecutee {
            acteur,
            mp_apres,
            stamina_apres,
            position_apres,
            etat_apres,
            recharges,
            objets_restants,
            tirages,
            ..
        } = event
        else {
            return;
        };
        self.tirages = *tirages;
        self.change(*acteur, |it| {
            it.mp = *mp_apres;
            it.stamina = *stamina_apres;
            it.position = *position_apres;
            it.etat = *etat_apres;
            it.recharges.clone_from(recharges);
            if let Some(objets) = objets_restants {
                it.objets = objets.iter().map(|objet| objet.quantite).collect();
            }
        });
    }

    fn change(&mut self, id: ParticipantId, change: impl FnOnce(&mut Combattant)) {
        let combattant = self.place(id).and_then(|place| self.combattants.get_mut(place));
        if let Some(combattant) = combattant {
            change(combattant);
        }
    }

    fn rang_de(&self, place: Option<usize>) -> Option<u8> {
        let place = place?;
        let rang = self.depart()?.ordre.iter().position(|&it| usize::from(it) == place)?;
        u8::try_from(rang).ok()
    }
}

impl Combattant {
    /// How a participant is as it enters.
    pub(super) fn entrant(fiche: &Participant) -> Self {
        Self {
            hp: fiche.hp,
            mp: fiche.mp,
            stamina: fiche.stamina,
            position: fiche.position,
            etat: EtatParticipant::Actif,
            effets: Vec::new(),
            recharges: Vec::new(),
            objets: fiche.objets.iter().map(|objet| objet.quantite).collect(),
        }
    }
}

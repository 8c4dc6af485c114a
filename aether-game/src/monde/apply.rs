//! How each event changes the world. Nothing is computed here that an event could say.

use std::sync::Arc;

use super::events::MondeEvent;
use super::formes::{Contribution, Croissance, EvenementDeclenche, Gisement, Recolte};
use super::state::{Boss, Evenement, Monde, Zone};
use crate::values::{EvenementId, RessourceId, ZoneId};

impl Monde {
    pub(super) fn applique(&mut self, event: &MondeEvent) {
        match event {
            MondeEvent::CycleJourNuitChange { apres, .. } => self.moment = Some(*apres),
            MondeEvent::ZoneDecouverte { zone_id, .. } => {
                Arc::make_mut(&mut self.zones_decouvertes).insert(*zone_id);
            }
            MondeEvent::BossApparu { boss_id, nom, zone_id, apparition, repos_s, apparu_a } => {
                let boss = Boss {
                    nom: nom.clone(),
                    zone_id: *zone_id,
                    apparition: *apparition,
                    apparu_a: *apparu_a,
                    repos_s: *repos_s,
                    reapparait_a: None,
                };
                Arc::make_mut(&mut self.boss).insert(*boss_id, boss);
            }
            MondeEvent::BossVaincu { boss_id, reapparait_a, .. } => {
                if let Some(boss) = Arc::make_mut(&mut self.boss).get_mut(boss_id) {
                    boss.reapparait_a = Some(*reapparait_a);
                }
            }
            MondeEvent::EvenementMondialDeclenche(depart) => self.declenche(depart),
            MondeEvent::EvenementMondialProgresse {
                evenement_id, contributions, apres, ..
            } => {
                self.progresse(*evenement_id, contributions, *apres);
            }
            MondeEvent::EvenementMondialTermine { evenement_id, .. } => {
                self.termine(*evenement_id);
            }
            MondeEvent::RessourcesDeclarees { zone_id, gisements, heure, .. } => {
                let gisements = gisements.iter().map(|it| (it.ressource_id, *it)).collect();
                self.zones.insert(*zone_id, Arc::new(Zone { gisements, heure: *heure }));
            }
            MondeEvent::RessourcesRecoltees { zone_id, recoltes, heure, .. } => {
                let restes = recoltes
                    .iter()
                    .map(|Recolte { ressource_id, apres, .. }| (*ressource_id, *apres));
                self.change(*zone_id, *heure, restes);
            }
            MondeEvent::RessourceRegeneree { zone_id, ressources, heure } => {
                let croissances = ressources
                    .iter()
                    .map(|Croissance { ressource_id, apres, .. }| (*ressource_id, *apres));
                self.change(*zone_id, *heure, croissances);
            }
            MondeEvent::FacteurEconomiqueModifie { facteur, apres, .. } => {
                self.facteurs.insert(*facteur, *apres);
            }
            MondeEvent::ClassementPublie { .. } => {}
        }
    }

    fn declenche(&mut self, depart: &EvenementDeclenche) {
        let evenement =
            Evenement { depart: depart.clone(), progres: 0, participants: Default::default() };
        self.evenements.insert(depart.evenement_id, Arc::new(evenement));
    }

    fn progresse(&mut self, id: EvenementId, contributions: &[Contribution], apres: u32) {
        let Some(evenement) = self.evenements.get_mut(&id).map(Arc::make_mut) else { return };
        evenement.progres = apres;
        evenement.participants.extend(contributions.iter().map(|it| (it.joueur_id, it.total)));
    }

    fn termine(&mut self, id: EvenementId) {
        self.evenements.remove(&id);
        self.termines.push_back(id);
        if self.termines.len() > Self::TERMINES_MAX {
            self.termines.pop_front();
        }
    }

    fn change(
        &mut self,
        zone_id: ZoneId,
        heure: i64,
        quantites: impl Iterator<Item = (RessourceId, u32)>,
    ) {
        let Some(zone) = self.zones.get_mut(&zone_id).map(Arc::make_mut) else { return };
        zone.heure = heure;
        for (ressource_id, quantite) in quantites {
            if let Some(gisement) = zone.gisements.get_mut(&ressource_id) {
                *gisement = Gisement { quantite, ..*gisement };
            }
        }
    }
}

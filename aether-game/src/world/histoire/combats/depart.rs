//! The start of a combat: everybody's sheet, and the unit by which it begins.

use aether_core::Context;

use super::super::History;
use super::super::actes::Fait;
use super::super::agenda::Tache;
use super::super::vie::Qui;
use super::{Adversaires, Rencontre};
use crate::combat::{
    Camp, Demarrer, Participant, ParticipantId, Recompenses, TypeCombat, commencer,
};
use crate::inventaire::combats::mettre_de_cote;
use crate::values::{CombatId, ZoneId};
use crate::world::choix::combats::{Entree, boss, creature, joueur};
use crate::world::choix::rencontres::conditions;

impl History {
    pub(super) fn engage(
        &mut self,
        type_combat: TypeCombat,
        zone_id: ZoneId,
        allies: Vec<Qui>,
        adversaires: Adversaires,
        recompenses: Recompenses,
    ) -> Fait {
        let id = CombatId::new(self.uuid());
        let mut participants: Vec<Participant> = Vec::new();
        for (rang, qui) in (0..).zip(&allies) {
            participants.push(self.combattant(*qui, Camp::Allies, rang));
        }
        participants.extend(self.adversaires(&adversaires, allies.len() as u32));
        let zone_nom = self.catalogue.zones().iter().find(|it| it.id == zone_id)?.nom.to_string();
        let boss = matches!(adversaires, Adversaires::Boss(..));
        let demarrer = Demarrer {
            type_combat,
            zone_id,
            zone_nom,
            participants: participants.clone(),
            conditions: conditions(boss),
            duree_tour_ms: Demarrer::DUREE_TOUR_MS,
            recompenses,
        };
        let pen = self.scribe.pen();
        let unit = commencer(&pen, Context::new(), id, demarrer);
        mettre_de_cote(unit, id, &participants).ok()?.commit().ok()?;
        self.rencontres.insert(id, self.rencontre(zone_id, allies, adversaires));
        self.apres(3, Tache::Jouer { combat: id });
        Some(())
    }

    fn rencontre(&self, zone: ZoneId, allies: Vec<Qui>, adversaires: Adversaires) -> Rencontre {
        let mut rencontre = Rencontre { joueurs: allies, zone, boss: None };
        match adversaires {
            Adversaires::Creatures(..) => {}
            Adversaires::Boss(id, apparition) => rencontre.boss = Some((id, apparition)),
            Adversaires::Joueurs(autres) => rencontre.joueurs.extend(autres),
        }
        rencontre
    }

    fn adversaires(&mut self, adversaires: &Adversaires, allies: u32) -> Vec<Participant> {
        let camp = Camp::Adversaires;
        match adversaires {
            Adversaires::Joueurs(autres) => {
                let autres = (0..).zip(autres);
                autres.map(|(rang, qui)| self.combattant(*qui, camp, rang)).collect()
            }
            Adversaires::Creatures(pnj, nombre) => {
                let Some(fiche) = self.catalogue.personnage(*pnj).cloned() else { return vec![] };
                let entrees = (0..*nombre).map(|rang| self.entree(camp, rang)).collect::<Vec<_>>();
                entrees.into_iter().map(|it| creature(it, &fiche, &mut self.hasard)).collect()
            }
            Adversaires::Boss(id, _) => {
                let entree = self.entree(camp, 0);
                let fiche = self.catalogue.un_boss(*id).cloned();
                fiche.map(|it| boss(entree, &it, allies, &mut self.hasard)).into_iter().collect()
            }
        }
    }

    fn entree(&mut self, camp: Camp, rang: u32) -> Entree {
        Entree { participant_id: ParticipantId::new(self.uuid()), camp, rang }
    }

    fn combattant(&mut self, qui: Qui, camp: Camp, rang: u32) -> Participant {
        let entree = self.entree(camp, rang);
        let apprises: Vec<_> = self.apprises(qui).collect();
        let competences: Vec<_> = apprises
            .iter()
            .filter_map(|(id, apprise)| {
                Some((self.catalogue.competence(*id)?.as_ref(), apprise.as_ref()))
            })
            .collect();
        let etat = self.joueur(qui);
        let sac = self.sac(qui);
        joueur(entree, (qui.id, &etat, &sac), &competences, &self.catalogue, &mut self.hasard)
    }
}

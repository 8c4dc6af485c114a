//! The start of a combat: everybody's sheet, and the unit by which it begins.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::Acte;
use crate::bots::vie::place::Compagnon;
use crate::combat::{
    Camp, Conditions, Demarrer, Participant, ParticipantId, Recompenses, TypeCombat, commencer,
};
use crate::inventaire::Inventaire;
use crate::inventaire::combats::mettre_de_cote;
use crate::joueur::Joueur;
use crate::values::{BossId, CombatId, InventaireId, PnjId, ZoneId};
use crate::world::choix::combats::{BAGAGES, Entree, boss, creature, joueur};
use crate::world::choix::rencontres::conditions;

/// Those on the other side.
#[derive(Debug)]
pub(super) enum Adversaires {
    Creatures(PnjId, u32),
    Boss(BossId),
    Joueurs(Vec<Compagnon>),
}

impl Bot {
    pub(super) async fn engage(
        &mut self,
        type_combat: TypeCombat,
        zone_id: ZoneId,
        allies: Vec<Compagnon>,
        adversaires: Adversaires,
        recompenses: Recompenses,
    ) -> Acte {
        let mut participants = Vec::new();
        for (rang, qui) in (0..).zip(&allies) {
            participants.push(self.combattant(qui, Camp::Allies, rang).await?);
        }
        participants.extend(self.adversaires(&adversaires, allies.len() as u32).await?);
        let zones = self.world.catalogue().zones();
        let zone_nom = zones.iter().find(|it| it.id == zone_id).ok_or(RIEN)?.nom.to_string();
        let conditions = conditions(matches!(adversaires, Adversaires::Boss(..)));
        let limite = u32::try_from(self.reglages.combat.as_millis()).unwrap_or(u32::MAX);
        let demarrer = Demarrer {
            type_combat,
            zone_id,
            zone_nom,
            participants,
            conditions: Conditions { limite_temps: Some(limite), ..conditions },
            duree_tour_ms: u32::try_from(self.reglages.tour.as_millis()).unwrap_or(u32::MAX),
            recompenses,
        };
        self.commence(demarrer).await
    }

    async fn commence(&mut self, demarrer: Demarrer) -> Acte {
        let id = CombatId::new(self.uuid());
        let gains: Vec<_> = demarrer.recompenses.items.iter().map(|it| it.item_id).collect();
        let unit = commencer(&self.engine, Context::new(), id, demarrer.clone());
        let unit = mettre_de_cote(unit, id, &demarrer.participants);
        let unit = unit.map_err(|refus| self.refuse(&refus))?;
        self.commet(unit).await?;
        self.reglages.temoin.combat(id, &demarrer);
        // what does not fit waits there
        self.memoire.livres.extend(gains);
        Ok(())
    }

    async fn adversaires(
        &mut self,
        adversaires: &Adversaires,
        allies: u32,
    ) -> Acte<Vec<Participant>> {
        let camp = Camp::Adversaires;
        let mut participants = Vec::new();
        match adversaires {
            Adversaires::Joueurs(autres) => {
                for (rang, qui) in (0..).zip(autres) {
                    participants.push(self.combattant(qui, camp, rang).await?);
                }
            }
            Adversaires::Creatures(pnj, nombre) => {
                let fiche = self.world.catalogue().personnage(*pnj).ok_or(RIEN)?.clone();
                for rang in 0..*nombre {
                    let entree = self.entree(camp, rang);
                    participants.push(creature(entree, &fiche, &mut self.hasard));
                }
            }
            Adversaires::Boss(id) => {
                let entree = self.entree(camp, 0);
                let fiche = self.world.catalogue().un_boss(*id).ok_or(RIEN)?;
                participants.push(boss(entree, fiche, allies, &mut self.hasard));
            }
        }
        Ok(participants)
    }

    fn entree(&mut self, camp: Camp, rang: u32) -> Entree {
        Entree { participant_id: ParticipantId::new(self.uuid()), camp, rang }
    }

    /// The sheet of a player, with the skills that he shows and what his bag holds.
    async fn combattant(&mut self, qui: &Compagnon, camp: Camp, rang: u32) -> Acte<Participant> {
        let entree = self.entree(camp, rang);
        let dernieres = qui.competences.len().saturating_sub(BAGAGES);
        let dernieres = qui.competences.get(dernieres..).unwrap_or_default();
        let apprises = self.apprises(qui.id, dernieres).await?;
        let etat = self.etat::<Joueur>(qui.id).await?;
        let sac = self.etat::<Inventaire>(InventaireId::du_joueur(qui.id)).await?;
        let catalogue = self.world.catalogue();
        let competences: Vec<_> = apprises
            .iter()
            .filter_map(|(id, it)| Some((catalogue.competence(*id)?.as_ref(), &it.state)))
            .collect();
        let qui = (qui.id, &etat.state, &sac.state);
        Ok(joueur(entree, qui, &competences, catalogue, &mut self.hasard))
    }
}

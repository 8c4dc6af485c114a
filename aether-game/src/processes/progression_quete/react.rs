//! What follows from what a player does.

use aether_core::Recorded;
use aether_core::process::Reaction;

use super::events::{Avancee, Declenche, Depart, Nouvelle, Parole, Sortie};
use super::state::{Carnet, fait};
use super::{EtapeQuete, Tentative};
use crate::processes::SURSIS;
use crate::quete::{CibleId, Fait, FaitId, TypeObjectif};
use crate::values::{PnjId, QueteId, ZoneId};

type Suite<'a> = &'a mut Reaction<EtapeQuete>;

impl Carnet {
    pub(super) fn entend(&mut self, nouvelle: &Recorded<Nouvelle>, then: Suite<'_>) {
        let fait_id = FaitId::new(nouvelle.event_id.as_uuid());
        let quand = nouvelle.timestamp;
        let visite = |zone: ZoneId| fait(TypeObjectif::Explore, zone.into(), fait_id, quand);
        let avec = |genre, pnj: PnjId| fait(genre, pnj.into(), fait_id, quand);
        match &nouvelle.event {
            Nouvelle::Quete(avancee) => self.avance(avancee, then),
            Nouvelle::Joueur(Sortie::CombatQuitte { combat_id }) => {
                let tentatives = self.qui_veulent(|genre, _| genre == TypeObjectif::Kill);
                if !tentatives.is_empty() {
                    let combat_id = *combat_id;
                    then.send(EtapeQuete::CompterCombat { tentatives, combat_id, quitte_a: quand });
                }
            }
            Nouvelle::Combat(Depart::CombatDemarre { zone_id, .. })
            | Nouvelle::Monde(
                Declenche::ZoneDecouverte { zone_id, .. }
                | Declenche::RessourcesRecoltees { zone_id, .. },
            ) => self.compte(&[visite(*zone_id)], then),
            Nouvelle::Pnj(Parole::DialogueDeclenche { pnj_id, zone_id, .. }) => {
                let talk = avec(TypeObjectif::Dialogue, *pnj_id);
                self.compte(&[visite(*zone_id), talk], then);
            }
            Nouvelle::Pnj(Parole::PnjMort { pnj_id, .. }) => {
                self.compte(&[avec(TypeObjectif::Kill, *pnj_id)], then);
            }
        }
    }

    fn avance(&mut self, avancee: &Avancee, then: Suite<'_>) {
        match *avancee {
            Avancee::QueteAcceptee { quete_id, tentative, ref objectifs, expire_a, .. } => {
                self.suit(quete_id, tentative, objectifs);
                if let Some(expire_a) = expire_a {
                    then.at(minuterie(quete_id), expire_a);
                }
                self.rappelle(Tentative { quete_id, numero: tentative }, then);
            }
            Avancee::ObjectifComplete { quete_id, tentative, ref debloques, dernier, .. } => {
                let tentative = Tentative { quete_id, numero: tentative };
                match dernier {
                    true => then.send(EtapeQuete::Terminer(tentative)),
                    false if !debloques.is_empty() => self.rappelle(tentative, then),
                    false => {}
                }
            }
            Avancee::QueteTerminee { quete_id, tentative, recompense_due, .. } => {
                let tentative = Tentative { quete_id, numero: tentative };
                self.cesse(tentative, then);
                if recompense_due {
                    then.send(EtapeQuete::Recompenser(tentative));
                }
            }
            Avancee::EcheanceAtteinte { quete_id, tentative, .. } => {
                then.send(EtapeQuete::Echouer(Tentative { quete_id, numero: tentative }));
            }
            Avancee::QueteEchouee { quete_id, tentative, .. }
            | Avancee::QueteAbandonnee { quete_id, tentative, .. } => {
                self.cesse(Tentative { quete_id, numero: tentative }, then);
            }
        }
    }

    fn cesse(&mut self, tentative: Tentative, then: Suite<'_>) {
        if self.oublie(tentative) {
            then.cancel(minuterie(tentative.quete_id));
        }
    }

    /// What the player did before counts for the stage that is open now.
    fn rappelle(&self, tentative: Tentative, then: Suite<'_>) {
        let faits = self.souvenirs(tentative.quete_id);
        if !faits.is_empty() {
            then.send(EtapeQuete::Compter { tentatives: vec![tentative], faits });
        }
    }

    fn compte(&mut self, faits: &[Fait], then: Suite<'_>) {
        faits.iter().for_each(|fait| self.retient(fait));
        let voulu = |genre: TypeObjectif, cible: CibleId| {
            faits.iter().any(|it| (it.type_objectif, it.cible) == (genre, cible))
        };
        let tentatives = self.qui_veulent(voulu);
        if !tentatives.is_empty() {
            then.send(EtapeQuete::Compter { tentatives, faits: faits.to_vec() });
        }
    }

    pub(super) fn sonne(&self, timer: &str, then: Suite<'_>) {
        let mut quetes = self.quetes.iter();
        if let Some((quete_id, suivie)) = quetes.find(|(id, _)| minuterie(**id) == timer) {
            let tentative = Tentative { quete_id: *quete_id, numero: suivie.tentative };
            then.send(EtapeQuete::Expirer(tentative));
        }
    }

    /// It was too early by the clock that decided, if the attempt is still followed.
    pub(super) fn trop_tot(&self, tentative: Tentative, then: Suite<'_>) {
        let suivie = self.quetes.get(&tentative.quete_id);
        if suivie.is_some_and(|it| it.tentative == tentative.numero) {
            then.after(minuterie(tentative.quete_id), SURSIS);
        }
    }
}

/// The timer of a quest.
fn minuterie(quete_id: QueteId) -> String {
    format!("expiration {quete_id}")
}

//! Combats: who fights whom, and how they begin.

use super::History;
use super::actes::Fait;
use super::vie::Qui;
use crate::combat::{EntiteId, Recompenses, TypeCombat};
use crate::monde::Monde;
use crate::values::{BossId, MondeId, PnjId, ZoneId};
use crate::world::choix::rencontres::{self, Envie};
use crate::world::zones::WorldBoss;

mod depart;
mod deroulement;
mod suites;

/// A combat that is on.
#[derive(Debug)]
pub(super) struct Rencontre {
    joueurs: Vec<Qui>,
    zone: ZoneId,
    /// The boss that is fought, and which of its appearances.
    boss: Option<(BossId, u32)>,
}

/// Those on the other side.
enum Adversaires {
    Creatures(PnjId, u32),
    Boss(BossId, u32),
    Joueurs(Vec<Qui>),
}

impl History {
    /// Fights: mostly creatures, now and then a boss or other players.
    pub(super) fn combat(&mut self, qui: Qui) -> Fait {
        match rencontres::envie(&mut self.hasard) {
            Envie::Boss => self.affronte_un_boss(qui, None),
            Envie::Arene => self.affronte_des_joueurs(qui, TypeCombat::Arene),
            Envie::Duel => self.affronte_des_joueurs(qui, TypeCombat::Pvp),
            Envie::Creatures => {
                let niveau = self.joueur(qui).niveau();
                let creature = rencontres::creature(&self.catalogue, niveau, &mut self.hasard)?;
                self.affronte_des_creatures(qui, creature)
            }
        }
    }

    /// Goes after a being that a quest asks for.
    pub(super) fn chasse(&mut self, qui: Qui, cible: EntiteId) -> Fait {
        let pnj = PnjId::new(cible.as_uuid());
        match self.catalogue.personnage(pnj).is_some() {
            true => self.affronte_des_creatures(qui, pnj),
            false => self.affronte_un_boss(qui, Some(BossId::new(cible.as_uuid()))),
        }
    }

    fn affronte_des_creatures(&mut self, qui: Qui, pnj: PnjId) -> Fait {
        let amis = self.hasard.weighted(&[(65, 0), (25, 1), (10, 2)])?;
        let allies = self.groupe(qui, amis);
        let fiche = self.catalogue.personnage(pnj)?;
        let zone = fiche.zone_id;
        let niveau = u32::from(fiche.niveau.get());
        let nombre = (allies.len() as u32 + self.hasard.below(2)).max(1);
        let adversaires = Adversaires::Creatures(pnj, nombre);
        let recompenses = self.butin(niveau, nombre);
        self.engage(TypeCombat::Pve, zone, allies, adversaires, recompenses)
    }

    /// A boss that is there, near the player's level or the one that was named, and that nobody fights.
    fn affronte_un_boss(&mut self, qui: Qui, lequel: Option<BossId>) -> Fait {
        let voulu = (self.joueur(qui).niveau(), lequel);
        let monde = self.scribe.state::<Monde>(MondeId::UNIQUE);
        let engages = &self.boss_engages;
        let engage = |id: BossId| engages.contains(&id);
        let boss = rencontres::boss(&self.catalogue, &monde, voulu, engage, &mut self.hasard);
        let (id, apparition) = boss?;
        drop(monde);
        let amis = self.hasard.between(2, 4) as usize;
        let allies = self.groupe(qui, amis);
        let WorldBoss { zone_id, niveau, .. } = *self.catalogue.un_boss(id)?;
        let recompenses = self.butin(u32::from(niveau.get()), 6);
        self.engage(
            TypeCombat::Boss,
            zone_id,
            allies,
            Adversaires::Boss(id, apparition),
            recompenses,
        )
    }

    fn affronte_des_joueurs(&mut self, qui: Qui, type_combat: TypeCombat) -> Fait {
        let amis = if type_combat == TypeCombat::Arene { self.hasard.below(3) as usize } else { 0 };
        let mut tous = self.groupe(qui, 2 * amis + 1);
        let autres = tous.split_off(tous.len() / 2);
        if tous.is_empty() || tous.len() != autres.len() {
            return None;
        }
        let zone = self.catalogue.zones().first()?.id;
        let niveau = u32::from(self.joueur(qui).niveau().get());
        let recompenses = Recompenses { items: Vec::new(), ..self.butin(niveau, 1) };
        self.engage(type_combat, zone, tous, Adversaires::Joueurs(autres), recompenses)
    }

    /// A player and up to so many others who are free; who was away comes for it, and does not stay long.
    fn groupe(&mut self, qui: Qui, amis: usize) -> Vec<Qui> {
        let mut groupe = vec![qui];
        for _ in 0..4 * amis {
            let autre = self.un_autre(qui).filter(|autre| !groupe.contains(autre));
            let libre = autre.filter(|autre| self.joueur(*autre).combat().is_none());
            groupe.extend(libre.filter(|_| groupe.len() <= amis));
        }
        for ami in &groupe {
            if self.vies.get(ami.n).is_some_and(|vie| vie.actes.is_none()) {
                let actes = self.hasard.below(3);
                self.entre(*ami, actes);
            }
        }
        groupe
    }

    /// Another player who has not left: in most cases one who is there.
    pub(super) fn un_autre(&mut self, qui: Qui) -> Option<Qui> {
        let present = self.hasard.pick(&self.en_ligne).copied().filter(|_| self.hasard.chance(70));
        let autre = present.or_else(|| {
            let n = self.hasard.below(self.vies.len() as u32) as usize;
            self.vies.get(n).filter(|vie| !vie.parti).map(|vie| Qui { n, id: vie.id })
        });
        autre.filter(|autre| *autre != qui)
    }

    fn butin(&mut self, niveau: u32, nombre: u32) -> Recompenses {
        rencontres::butin(&self.catalogue, niveau, nombre, &mut self.hasard)
    }
}

//! Combats: who fights whom, and how they begin.

use super::History;
use super::actes::Fait;
use super::vie::Qui;
use crate::combat::{EntiteId, ItemGagne, Recompenses, TypeCombat};
use crate::monde::Monde;
use crate::pnj::FichePnj;
use crate::values::{BossId, MondeId, PnjId, ZoneId};
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
        match self.hasard.below(20) {
            0 => self.affronte_un_boss(qui, None),
            1 => self.affronte_des_joueurs(qui, TypeCombat::Arene),
            2 => self.affronte_des_joueurs(qui, TypeCombat::Pvp),
            _ => {
                let creature = self.creature_du_niveau(qui)?;
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

    /// A creature that is about as strong as the player.
    fn creature_du_niveau(&mut self, qui: Qui) -> Option<PnjId> {
        let niveau = i32::from(self.joueur(qui).niveau().get());
        let creatures = self.catalogue.pnj().iter().filter(|it| it.dialogues.is_empty());
        let ecart = |it: &FichePnj| (i32::from(it.niveau.get()) - niveau).abs();
        let mut creatures: Vec<_> = creatures.map(|it| (ecart(it), it.pnj_id)).collect();
        creatures.sort_unstable();
        self.hasard.pick(creatures.get(..4)?).map(|(_, pnj)| *pnj)
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
        let niveau = self.joueur(qui).niveau().get();
        let monde = self.scribe.state::<Monde>(MondeId::UNIQUE);
        let present = |id: BossId| monde.boss(id).filter(|it| it.reapparait_a.is_none());
        let proches = self.catalogue.boss().iter().filter(|it| {
            let voulu =
                lequel.map_or(it.niveau.get() <= niveau.saturating_add(3), |id| id == it.id);
            voulu && !self.boss_engages.contains(&it.id)
        });
        let presents: Vec<_> =
            proches.filter_map(|it| Some((it.id, present(it.id)?.apparition))).collect();
        let premier = presents.len().saturating_sub(6);
        let (id, apparition) = *self.hasard.pick(presents.get(premier..)?)?;
        drop(monde);
        let amis = self.hasard.between(2, 4) as usize;
        let allies = self.groupe(qui, amis);
        let WorldBoss { zone_id, niveau, .. } = *self.le_boss(id)?;
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

    /// What the winners share.
    fn butin(&mut self, niveau: u32, nombre: u32) -> Recompenses {
        let items = self.catalogue.items().iter().filter(|it| {
            let requis = u32::from(it.proprietes.niveau_requis.get());
            it.proprietes.echangeable && requis <= niveau + 1 && requis + 12 > niveau
        });
        let items: Vec<_> = items.map(|it| (it.id, it.fiche().piece().is_some())).collect();
        let gains = (0..nombre.min(4)).filter_map(|_| {
            let (item_id, est_une_piece) = *self.hasard.pick(&items)?;
            let quantite = if est_une_piece { 1 } else { self.hasard.between(1, 4) };
            self.hasard.chance(45).then_some(ItemGagne { item_id, quantite })
        });
        let items = gains.collect();
        Recompenses {
            experience: nombre * (160 + 70 * niveau),
            or: nombre * (10 + self.hasard.between(2 * niveau, 8 * niveau)),
            items,
        }
    }

    pub(super) fn le_boss(&self, id: BossId) -> Option<&WorldBoss> {
        self.catalogue.boss().iter().find(|it| it.id == id)
    }
}

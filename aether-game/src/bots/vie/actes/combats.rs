//! Combats: who fights whom, and the turns.

use super::RIEN;
use super::engagement::Adversaires;
use crate::bots::Tactic;
use crate::bots::vie::bot::{Bot, Pas};
use crate::bots::vie::moteur::Acte;
use crate::bots::vie::place::Compagnon;
use crate::combat::{Combat, EntiteId, Recompenses, TypeCombat, TypeEntite, Vue};
use crate::joueur::Joueur;
use crate::values::{BossId, CombatId, MondeId, PnjId};
use crate::world::choix::rencontres::{self, Envie};

impl Bot {
    /// Fights: mostly creatures, now and then a boss or other players.
    pub(super) async fn combat(&mut self) -> Acte {
        match rencontres::envie(&mut self.hasard) {
            Envie::Boss => self.affronte_un_boss(None).await,
            Envie::Arene => self.affronte_des_joueurs(TypeCombat::Arene).await,
            Envie::Duel => self.affronte_des_joueurs(TypeCombat::Pvp).await,
            Envie::Creatures => {
                let niveau = self.joueur().await?.state.niveau();
                let catalogue = self.world.catalogue();
                let pnj = rencontres::creature(catalogue, niveau, &mut self.hasard);
                self.affronte_des_creatures(pnj.ok_or(RIEN)?).await
            }
        }
    }

    /// Goes after a being that a quest asks for.
    pub(super) async fn chasse(&mut self, cible: EntiteId) -> Acte {
        let pnj = PnjId::new(cible.as_uuid());
        match self.world.catalogue().personnage(pnj).is_some() {
            true => self.affronte_des_creatures(pnj).await,
            false => self.affronte_un_boss(Some(BossId::new(cible.as_uuid()))).await,
        }
    }

    async fn affronte_des_creatures(&mut self, pnj: PnjId) -> Acte {
        let amis = self.hasard.weighted(&[(65, 0), (25, 1), (10, 2)]).ok_or(RIEN)?;
        let allies = self.groupe(amis).await?;
        let fiche = self.world.catalogue().personnage(pnj).ok_or(RIEN)?.clone();
        let nombre = (allies.len() as u32 + self.hasard.below(2)).max(1);
        let butin = self.butin(fiche.niveau.get().into(), nombre);
        let adversaires = Adversaires::Creatures(pnj, nombre);
        self.engage(TypeCombat::Pve, fiche.zone_id, allies, adversaires, butin).await
    }

    /// A boss that is there, near the player's level or the one that was named. Others may fight it as well.
    async fn affronte_un_boss(&mut self, lequel: Option<BossId>) -> Acte {
        let niveau = self.joueur().await?.state.niveau();
        let monde = self.etat(MondeId::UNIQUE).await?;
        let voulu = (niveau, lequel);
        let catalogue = self.world.catalogue();
        let libre = |_| false;
        let boss = rencontres::boss(catalogue, &monde.state, voulu, libre, &mut self.hasard);
        let (id, _) = boss.ok_or(RIEN)?;
        let amis = self.hasard.between(2, 4) as usize;
        let allies = self.groupe(amis).await?;
        let fiche = self.world.catalogue().un_boss(id).ok_or(RIEN)?.clone();
        let butin = self.butin(fiche.niveau.get().into(), 6);
        let adversaires = Adversaires::Boss(id);
        self.engage(TypeCombat::Boss, fiche.zone_id, allies, adversaires, butin).await
    }

    async fn affronte_des_joueurs(&mut self, type_combat: TypeCombat) -> Acte {
        let amis = if type_combat == TypeCombat::Arene { self.hasard.below(3) as usize } else { 0 };
        let mut tous = self.groupe(2 * amis + 1).await?;
        let autres = tous.split_off(tous.len() / 2);
        if tous.is_empty() || tous.len() != autres.len() {
            return Err(RIEN);
        }
        let zone = self.world.catalogue().zones().first().ok_or(RIEN)?.id;
        let niveau = self.joueur().await?.state.niveau().get();
        let butin = Recompenses { items: Vec::new(), ..self.butin(niveau.into(), 1) };
        self.engage(type_combat, zone, tous, Adversaires::Joueurs(autres), butin).await
    }

    /// Itself and up to so many others who are free.
    async fn groupe(&mut self, amis: usize) -> Acte<Vec<Compagnon>> {
        let competences = self.memoire.competences.clone();
        let mut groupe = vec![Compagnon { id: self.id, competences }];
        for _ in 0..2 * amis {
            let Some(autre) = self.place.un_autre(self.id, &mut self.hasard) else { break };
            let connu = groupe.len() > amis || groupe.iter().any(|it| it.id == autre.id);
            if !connu && self.etat::<Joueur>(autre.id).await?.state.combat().is_none() {
                groupe.push(autre);
            }
        }
        Ok(groupe)
    }

    fn butin(&mut self, niveau: u32, nombre: u32) -> Recompenses {
        rencontres::butin(self.world.catalogue(), niveau, nombre, &mut self.hasard)
    }

    /// Plays the turn of a combat, if it is its own, or that of a creature and it is the first player who stands.
    pub(in crate::bots::vie) async fn joue(&mut self, id: CombatId) -> Acte<Pas> {
        let combat = self.etat(id).await?;
        let Some(actif) = self.a_son_tour(&combat.state) else { return Ok(Pas::Attente) };
        let command = Tactic::suited_to(actif.fiche).choose(&combat.state, actif.id());
        self.execute(id, command).await?;
        self.bilan.coups += 1;
        Ok(Pas::Coup)
    }

    fn a_son_tour<'a>(&self, combat: &'a Combat) -> Option<Vue<'a>> {
        let actif = combat.participant(combat.participant_actif()?)?;
        let joueur = |vue: &Vue<'_>| vue.fiche.type_entite == TypeEntite::Joueur;
        let qui = match joueur(&actif) {
            true => actif,
            false => combat.participants().find(|vue| joueur(vue) && vue.est_debout())?,
        };
        (qui.fiche.entite_id.joueur() == self.id).then_some(actif)
    }
}

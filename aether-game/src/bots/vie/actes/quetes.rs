//! Quests: accepting, going on, being paid, giving up.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::{Acte, Etat};
use crate::combat::EntiteId;
use crate::quete::progres::unites::livrer;
use crate::quete::{
    Accepter, CibleId, EtatQuete, Livraison, Progres, ProgresCommand, TypeObjectif,
};
use crate::values::{ItemId, PnjId, ProgresId, Quantite, QueteId, ZoneId};
use crate::world::choix::quetes;

/// Most quests that a bot follows at once.
const QUETES_MAX: usize = 4;

impl Bot {
    pub(super) async fn accepte(&mut self) -> Acte {
        self.retient().await?;
        let joueur = self.joueur().await?;
        let en_cours = &self.memoire.quetes;
        let choisie = quetes::a_accepter(
            self.world.catalogue(),
            &joueur.state,
            &self.memoire.terminees,
            en_cours,
            &mut self.hasard,
        );
        let quete = choisie.filter(|_| en_cours.len() < QUETES_MAX).ok_or(RIEN)?.quete_id;
        let definition = self.etat(quete).await?;
        let demande = Accepter::new(&definition.state, self.id, joueur.state.niveau());
        let mut demande = demande.map_err(|refus| self.refuse(&refus))?;
        demande.quetes_terminees = self.memoire.terminees.clone();
        let progres = ProgresId::du_joueur(quete, self.id);
        self.execute(progres, ProgresCommand::Accepter(Box::new(demande))).await?;
        self.memoire.quetes.push(quete);
        Ok(())
    }

    /// Does what a quest asks for next. What is complete is finished and paid by the process.
    pub(super) async fn poursuit(&mut self) -> Acte {
        self.retient().await?;
        let quete = *self.hasard.pick(&self.memoire.quetes).ok_or(RIEN)?;
        let progres = self.progres(quete).await?;
        let tentative = progres.state.tentative();
        if progres.state.est_complete() {
            let terminer = ProgresCommand::Terminer { tentative };
            return self.execute(ProgresId::du_joueur(quete, self.id), terminer).await.map(drop);
        }
        let sac = self.sac().await?;
        if let Some((objectif, item_id, quantite)) = quetes::a_livrer(&progres.state, &sac.state) {
            let transaction = self.transaction();
            let objectif_id = objectif.id;
            let livraison = Livraison { tentative, objectif_id, item_id, quantite, transaction };
            let unit = livrer(&self.engine, Context::new(), self.id, quete, livraison);
            return self.commet(unit).await.map(drop);
        }
        let ouverts = quetes::ouverts(&progres.state).map(|(it, manque)| (*it, manque));
        let ouverts: Vec<_> = ouverts.collect();
        let (objectif, manque) = *self.hasard.pick(&ouverts).ok_or(RIEN)?;
        self.vise((objectif.type_objectif, objectif.cible), manque).await
    }

    /// Goes after an objective.
    async fn vise(&mut self, (quoi, cible): (TypeObjectif, CibleId), manque: Quantite) -> Acte {
        let cible = cible.as_uuid();
        match quoi {
            TypeObjectif::Kill => self.chasse(EntiteId::new(cible)).await,
            TypeObjectif::Explore => self.explore(Some(ZoneId::new(cible))).await,
            TypeObjectif::Dialogue => self.parle(Some(PnjId::new(cible))).await,
            TypeObjectif::Collect if self.hasard.chance(60) => {
                self.recolte(Some(ItemId::new(cible))).await
            }
            TypeObjectif::Collect => self.demande(Some((ItemId::new(cible), manque))).await,
        }
    }

    /// Follows a quest no longer, or gives one up.
    pub(super) async fn renonce(&mut self) -> Acte {
        self.retient().await?;
        let quete = *self.hasard.pick(&self.memoire.quetes).ok_or(RIEN)?;
        let progres = self.progres(quete).await?;
        let id = ProgresId::du_joueur(quete, self.id);
        if self.hasard.chance(50) {
            let suivie = !progres.state.est_suivie();
            return self.execute(id, ProgresCommand::Suivre { suivie }).await.map(drop);
        }
        let tentative = progres.state.tentative();
        self.execute(id, ProgresCommand::Abandonner { tentative }).await.map(drop)
    }

    /// Notices which quests are over: those that the process has finished, those that failed, those that were given up.
    async fn retient(&mut self) -> Acte {
        for quete in self.memoire.quetes.clone() {
            let progres = self.progres(quete).await?;
            if progres.state.etat() == Some(EtatQuete::EnCours) {
                continue;
            }
            self.memoire.quetes.retain(|it| *it != quete);
            if progres.state.est_terminee() {
                self.memoire.terminees.insert(quete);
                let items = progres.state.engagement().map(|it| &it.recompenses.items);
                let items = items.into_iter().flatten().map(|it| it.item_id);
                // what did not fit waits there
                self.memoire.livres.extend(items);
            }
        }
        Ok(())
    }

    async fn progres(&self, quete: QueteId) -> Acte<Etat<Progres>> {
        self.etat(ProgresId::du_joueur(quete, self.id)).await
    }
}

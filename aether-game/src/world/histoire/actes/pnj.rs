//! Characters: talk, and trade with merchants.

use aether_core::Context;

use super::Fait;
use crate::item::FicheItem;
use crate::pnj::unites::{acheter, vendre};
use crate::pnj::{Affaire, Article, Pnj, PnjCommand};
use crate::quete::{FaitId, TypeObjectif};
use crate::values::{Motif, PnjId, Quantite};
use crate::world::bornes;
use crate::world::choix::sac;
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;

impl History {
    /// Talks with a character: the one that was named, or one near the player's level.
    pub(super) fn parle(&mut self, qui: Qui, avec: Option<PnjId>) -> Fait {
        let pnj = match avec {
            Some(pnj) => pnj,
            None => self.pnj_proche(qui)?,
        };
        let dialogue_id = {
            let etat = self.scribe.state::<Pnj>(pnj);
            let reputation = etat.reputation(qui.id);
            let dialogues = etat.fiche()?.dialogues.iter();
            let permis: Vec<_> = dialogues.filter(|it| it.reputation_min <= reputation).collect();
            self.hasard.pick(&permis)?.dialogue_id
        };
        let parler = PnjCommand::Parler { joueur_id: qui.id, dialogue_id };
        let cause = self.scribe.pen().execute(pnj, parler).ok()?;
        let fait_id = FaitId::new(self.uuid());
        self.compte(qui, (TypeObjectif::Dialogue, pnj.into()), fait_id, Quantite::MIN, cause);
        if self.hasard.chance(30) {
            self.fait_aimer(qui, pnj, 1, "une conversation");
        }
        Some(())
    }

    fn pnj_proche(&mut self, qui: Qui) -> Option<PnjId> {
        let niveau = self.joueur(qui).niveau();
        let parlent = self.catalogue.pnj().iter().filter(|it| !it.dialogues.is_empty());
        let proches = parlent.filter(|it| it.niveau.get() <= niveau.get().saturating_add(5));
        let proches: Vec<PnjId> = proches.map(|it| it.pnj_id).collect();
        let vivants = |pnj: &&PnjId| !self.scribe.state::<Pnj>(**pnj).est_mort();
        self.hasard.pick(&proches).filter(vivants).copied()
    }

    /// A character comes to like a player more or less.
    pub(super) fn fait_aimer(&mut self, qui: Qui, pnj: PnjId, variation: i32, motif: &str) {
        let motif = Motif::epure(motif);
        let modifier = PnjCommand::ModifierReputation { joueur_id: qui.id, variation, motif };
        // one that has opinions of ten thousand players has none of another
        let _ = self.scribe.pen().execute(pnj, modifier);
    }

    /// Looks at a shop, and buys something that a purse can pay without being emptied.
    pub(super) fn achete(&mut self, qui: Qui) -> Fait {
        let niveau = self.joueur(qui).niveau();
        let marchands = self.catalogue.pnj().iter().filter(|it| !it.articles.is_empty());
        let proches = marchands.filter(|it| it.niveau.get() <= niveau.get().saturating_add(5));
        let proches: Vec<PnjId> = proches.map(|it| it.pnj_id).collect();
        let pnj = *self.hasard.pick(&proches)?;
        self.scribe.pen().execute(pnj, PnjCommand::OuvrirCommerce { joueur_id: qui.id }).ok()?;
        let bourse = self.joueur(qui).or().get() / 2;
        let etat = self.scribe.state::<Pnj>(pnj);
        let payables = etat.articles().filter(|it| {
            it.prix.get() <= bourse && it.stock != Some(0) && self.est_utile(it, niveau.get())
        });
        let payables: Vec<Article> = payables.collect();
        let article = *self.hasard.pick(&payables)?;
        let fiche = self.fiche(article.item_id)?;
        let voulus = if fiche.piece().is_some() { 1 } else { self.hasard.between(1, 5) };
        let affaire = Affaire {
            joueur_id: qui.id,
            item_id: article.item_id,
            quantite: bornes::quantite(voulus.min(bourse / article.prix.get())),
            prix_unitaire: article.prix,
            transaction: self.transaction(),
        };
        drop(etat);
        let pen = self.scribe.pen();
        acheter(&pen, Context::new(), pnj, affaire, fiche).commit().ok().map(drop)
    }

    fn est_utile(&self, article: &Article, niveau: u8) -> bool {
        let item = self.catalogue.item(article.item_id);
        item.is_some_and(|it| it.proprietes.niveau_requis.get() <= niveau)
    }

    /// Sells something to a merchant who buys it.
    pub(super) fn vend(&mut self, qui: Qui) -> Fait {
        let (item_id, libres) = {
            let sac = self.sac(qui);
            let (fiche, quantite) = sac::a_ceder(&sac, &mut self.hasard)?;
            (fiche.item_id, quantite)
        };
        let acheteurs = self.catalogue.marchands(item_id);
        let pnj = *self.hasard.pick(acheteurs)?;
        let article = self.scribe.state::<Pnj>(pnj).article(item_id)?;
        let affaire = Affaire {
            joueur_id: qui.id,
            item_id,
            quantite: libres,
            prix_unitaire: article.prix_rachat?,
            transaction: self.transaction(),
        };
        vendre(&self.scribe.pen(), Context::new(), pnj, affaire).commit().ok().map(drop)
    }

    /// The sheet of an item, as the catalogue has it now; none if it was withdrawn.
    pub(in crate::world::histoire) fn fiche(
        &self,
        item_id: crate::values::ItemId,
    ) -> Option<FicheItem> {
        let item = self.scribe.state::<crate::item::Item>(item_id);
        let fiche = item.proprietes()?.fiche(item_id);
        (!item.est_detruit()).then_some(fiche)
    }
}

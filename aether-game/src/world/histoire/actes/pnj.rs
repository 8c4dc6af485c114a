//! Characters: talk, and trade with merchants.

use aether_core::Context;

use super::Fait;
use crate::item::FicheItem;
use crate::pnj::unites::{acheter, vendre};
use crate::pnj::{Affaire, Pnj, PnjCommand};
use crate::quete::{FaitId, TypeObjectif};
use crate::values::{Motif, PnjId, Quantite};
use crate::world::choix::{pnj as choix, sac};
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
            choix::dialogue(&etat, qui.id, &mut self.hasard)?
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
        let proche = choix::interlocuteur(&self.catalogue, niveau, &mut self.hasard);
        proche.filter(|pnj| !self.scribe.state::<Pnj>(*pnj).est_mort())
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
        let pnj = choix::marchand(&self.catalogue, niveau, &mut self.hasard)?;
        self.scribe.pen().execute(pnj, PnjCommand::OuvrirCommerce { joueur_id: qui.id }).ok()?;
        let budget = choix::budget(self.joueur(qui).or());
        let etat = self.scribe.state::<Pnj>(pnj);
        let article = choix::article(&self.catalogue, &etat, (niveau, budget), &mut self.hasard)?;
        let fiche = self.fiche(article.item_id)?;
        let affaire = Affaire {
            joueur_id: qui.id,
            item_id: article.item_id,
            quantite: choix::combien(&article, &fiche, budget, &mut self.hasard),
            prix_unitaire: article.prix,
            transaction: self.transaction(),
        };
        drop(etat);
        let pen = self.scribe.pen();
        acheter(&pen, Context::new(), pnj, affaire, fiche).commit().ok().map(drop)
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

//! Characters: talk, and trade with merchants.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::Acte;
use crate::pnj::unites::{acheter, vendre};
use crate::pnj::{Affaire, PnjCommand};
use crate::values::PnjId;
use crate::world::choix::{pnj as choix, sac};

impl Bot {
    /// Talks with a character: the one that was named, or one near the player's level.
    pub(super) async fn parle(&mut self, avec: Option<PnjId>) -> Acte {
        let niveau = self.joueur().await?.state.niveau();
        let pnj = match avec {
            Some(pnj) => Some(pnj),
            None => choix::interlocuteur(self.world.catalogue(), niveau, &mut self.hasard),
        };
        let pnj = pnj.ok_or(RIEN)?;
        let etat = self.etat(pnj).await?;
        let dialogue = choix::dialogue(&etat.state, self.id, &mut self.hasard);
        let dialogue_id = dialogue.filter(|_| !etat.state.est_mort()).ok_or(RIEN)?;
        let parler = PnjCommand::Parler { joueur_id: self.id, dialogue_id };
        self.execute(pnj, parler).await.map(drop)
    }

    /// Looks at a shop, and buys something that a purse can pay without being emptied.
    pub(super) async fn achete(&mut self) -> Acte {
        let joueur = self.joueur().await?;
        let niveau = joueur.state.niveau();
        let catalogue = self.world.catalogue();
        let pnj = choix::marchand(catalogue, niveau, &mut self.hasard).ok_or(RIEN)?;
        self.execute(pnj, PnjCommand::OuvrirCommerce { joueur_id: self.id }).await?;
        let budget = choix::budget(joueur.state.or());
        let etat = self.etat(pnj).await?;
        let voulu = (niveau, budget);
        let catalogue = self.world.catalogue();
        let article = choix::article(catalogue, &etat.state, voulu, &mut self.hasard);
        let article = article.ok_or(RIEN)?;
        let fiche = self.fiche(article.item_id).await?;
        let affaire = Affaire {
            joueur_id: self.id,
            item_id: article.item_id,
            quantite: choix::combien(&article, &fiche, budget, &mut self.hasard),
            prix_unitaire: article.prix,
            transaction: self.transaction(),
        };
        self.commet(acheter(&self.engine, Context::new(), pnj, affaire, fiche)).await.map(drop)
    }

    /// Sells something to a merchant who buys it.
    pub(super) async fn vend(&mut self) -> Acte {
        let sac = self.sac().await?;
        let (fiche, quantite) = sac::a_ceder(&sac.state, &mut self.hasard).ok_or(RIEN)?;
        let item_id = fiche.item_id;
        let acheteurs = self.world.catalogue().marchands(item_id);
        let pnj = *self.hasard.pick(acheteurs).ok_or(RIEN)?;
        let article = self.etat(pnj).await?.state.article(item_id).ok_or(RIEN)?;
        let affaire = Affaire {
            joueur_id: self.id,
            item_id,
            quantite,
            prix_unitaire: article.prix_rachat.ok_or(RIEN)?,
            transaction: self.transaction(),
        };
        self.commet(vendre(&self.engine, Context::new(), pnj, affaire)).await.map(drop)
    }
}

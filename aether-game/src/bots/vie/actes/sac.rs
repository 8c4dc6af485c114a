//! The bag: putting on, tidying up, using up, throwing away, making, and more room.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::Acte;
use crate::equipement::unites::{Porter, detruire, equiper};
use crate::inventaire::{InventaireCommand, Prelevement};
use crate::joueur::JoueurCommand;
use crate::values::{Quantite, RaisonItem};
use crate::world::choix::sac;
use crate::world::gestes::{agrandir, fabriquer, retirer};

impl Bot {
    /// Puts on the best piece that is better than what is worn; one that is worn out is repaired first.
    pub(super) async fn equipe(&mut self) -> Acte {
        let joueur = self.joueur().await?;
        let sac = self.sac().await?;
        let (slot_id, emplacement) = sac::a_equiper(&joueur.state, &sac.state).ok_or(RIEN)?;
        let piece = sac.state.slot(slot_id).ok_or(RIEN)?.1.equipement_id;
        let connue = match piece {
            Some(piece) => Some(self.etat(piece).await?),
            None => None,
        };
        let connue = connue.as_ref().map(|piece| &piece.state);
        if connue.is_some_and(|piece| piece.durabilite() == 0) {
            return self.repare().await;
        }
        let qui = (self.id, joueur.state.niveau());
        let porter = Porter::du_sac(&sac.state, qui, slot_id, emplacement, connue).ok_or(RIEN)?;
        self.commet(equiper(&self.engine, Context::new(), porter)).await.map(drop)
    }

    pub(super) async fn range(&mut self) -> Acte {
        let sac = self.sac().await?;
        let command = sac::a_ranger(self.id, &sac.state, &mut self.hasard).ok_or(RIEN)?;
        self.execute(self.sac_id(), command).await.map(drop)
    }

    pub(super) async fn consomme(&mut self) -> Acte {
        let joueur = self.joueur().await?;
        let sac = self.sac().await?;
        let slot_id = sac::a_consommer(&joueur.state, &sac.state, &mut self.hasard).ok_or(RIEN)?;
        let niveau = joueur.state.niveau();
        let joueur_id = self.id;
        let quantite = Quantite::MIN;
        let utiliser = InventaireCommand::Utiliser { joueur_id, slot_id, quantite, niveau };
        self.execute(self.sac_id(), utiliser).await.map(drop)
    }

    /// Throws a piece away that is not worth its place.
    pub(super) async fn jette(&mut self) -> Acte {
        let sac = self.sac().await?;
        let slot = sac::a_jeter(&sac.state, &mut self.hasard).ok_or(RIEN)?;
        let slot_id = slot.slot_id;
        let raison = RaisonItem::Destruction;
        let Some(piece) = slot.equipement_id else {
            let de = Prelevement::Slot(slot_id);
            let command = retirer(self.id, de, slot.quantite, raison);
            return self.execute(self.sac_id(), command).await.map(drop);
        };
        let piece = (self.id, piece);
        let unit = detruire(&self.engine, Context::new(), piece, slot_id, raison, None);
        self.commet(unit).await.map(drop)
    }

    /// Makes something of what the bag holds.
    pub(super) async fn fabrique(&mut self) -> Acte {
        let joueur = self.joueur().await?;
        let sac = self.sac().await?;
        let catalogue = self.world.catalogue();
        let item = sac::a_fabriquer(catalogue, &joueur.state, &sac.state, &mut self.hasard);
        let unit = fabriquer(&self.engine, Context::new(), self.id, item.ok_or(RIEN)?);
        self.commet(unit).await.map(drop)
    }

    /// Buys ten more slots, and the strength to carry them.
    pub(super) async fn agrandit(&mut self) -> Acte {
        let bourse = self.joueur().await?.state.or();
        let sac = self.sac().await?;
        let transaction = self.transaction();
        let sac = (self.id, &sac.state);
        let unit = agrandir(&self.engine, Context::new(), sac, bourse, transaction);
        self.commet(unit.ok_or(RIEN)?).await.map(drop)
    }

    pub(super) async fn change_de_classe(&mut self) -> Acte {
        let joueur = self.joueur().await?;
        let classe = sac::classe(&joueur.state, &mut self.hasard).ok_or(RIEN)?;
        let transaction = self.transaction();
        let changer = JoueurCommand::ChangerClasse { classe, transaction };
        self.execute(self.id, changer).await.map(drop)
    }
}

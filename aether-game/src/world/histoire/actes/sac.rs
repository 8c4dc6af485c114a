//! The bag: putting on, tidying up, using up, throwing away, making, and more room.

use aether_core::Context;

use super::Fait;
use crate::equipement::Equipement;
use crate::equipement::unites::{Porter, detruire, equiper};
use crate::inventaire::{InventaireCommand, Prelevement};
use crate::joueur::JoueurCommand;
use crate::values::{EquipementId, Quantite, RaisonItem};
use crate::world::choix::sac;
use crate::world::gestes::{agrandir, fabriquer, retirer};
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;

impl History {
    /// Puts on the best piece that is better than what is worn; one that is worn out is repaired first.
    pub(super) fn equipe(&mut self, qui: Qui) -> Fait {
        let porter = {
            let joueur = self.joueur(qui);
            let sac = self.sac(qui);
            let (slot_id, emplacement) = sac::a_equiper(&joueur, &sac)?;
            let piece = sac.slot(slot_id)?.1.equipement_id;
            let connue = piece.map(|piece| self.scribe.state::<Equipement>(piece));
            if connue.as_ref().is_some_and(|piece| piece.durabilite() == 0) {
                return self.repare(qui);
            }
            let niveau = joueur.niveau();
            Porter::du_sac(&sac, (qui.id, niveau), slot_id, emplacement, connue.as_deref())?
        };
        equiper(&self.scribe.pen(), Context::new(), porter).commit().ok().map(drop)
    }

    pub(super) fn range(&mut self, qui: Qui) -> Fait {
        let command = sac::a_ranger(qui.id, &self.sac(qui), &mut self.hasard)?;
        self.scribe.pen().execute(qui.sac(), command).ok().map(drop)
    }

    pub(super) fn consomme(&mut self, qui: Qui) -> Fait {
        let niveau = self.joueur(qui).niveau();
        let slot_id = sac::a_consommer(&self.joueur(qui), &self.sac(qui), &mut self.hasard)?;
        let quantite = Quantite::MIN;
        let utiliser = InventaireCommand::Utiliser { joueur_id: qui.id, slot_id, quantite, niveau };
        self.scribe.pen().execute(qui.sac(), utiliser).ok().map(drop)
    }

    /// Throws a piece away that is not worth its place.
    pub(super) fn jette(&mut self, qui: Qui) -> Fait {
        let slot = sac::a_jeter(&self.sac(qui), &mut self.hasard)?;
        let pen = self.scribe.pen();
        let slot_id = slot.slot_id;
        let raison = RaisonItem::Destruction;
        let jetee = match slot.equipement_id {
            Some(piece) => {
                detruire(&pen, Context::new(), (qui.id, piece), slot_id, raison, None).commit()
            }
            None => pen.execute(
                qui.sac(),
                retirer(qui.id, Prelevement::Slot(slot_id), slot.quantite, raison),
            ),
        };
        self.oublie(slot.equipement_id.filter(|_| jetee.is_ok()));
        jetee.ok().map(drop)
    }

    /// Nothing happens any more to a piece that is gone.
    pub(super) fn oublie(&self, piece: Option<EquipementId>) {
        if let Some(piece) = piece {
            self.scribe.forget::<Equipement>(piece);
        }
    }

    /// Makes something of what the bag holds: the materials leave it, and the work comes in.
    pub(super) fn fabrique(&mut self, qui: Qui) -> Fait {
        let item = {
            let joueur = self.joueur(qui);
            let sac = self.sac(qui);
            sac::a_fabriquer(&self.catalogue, &joueur, &sac, &mut self.hasard)?.clone()
        };
        let pen = self.scribe.pen();
        fabriquer(&pen, Context::new(), qui.id, &item).commit().ok().map(drop)
    }

    /// Buys ten more slots, and the strength to carry them.
    pub(super) fn agrandit(&mut self, qui: Qui) -> Fait {
        let bourse = self.joueur(qui).or();
        let transaction = self.transaction();
        let sac = self.sac(qui);
        let pen = self.scribe.pen();
        let unit = agrandir(&pen, Context::new(), (qui.id, &sac), bourse, transaction)?;
        drop(sac);
        unit.commit().ok().map(drop)
    }

    pub(super) fn change_de_classe(&mut self, qui: Qui) -> Fait {
        let classe = sac::classe(&self.joueur(qui), &mut self.hasard)?;
        let changer = JoueurCommand::ChangerClasse { classe, transaction: self.transaction() };
        self.scribe.pen().execute(qui.id, changer).ok().map(drop)
    }
}

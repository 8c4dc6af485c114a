//! Pieces of equipment: repairs, improvements, enchantments.

use aether_core::Context;

use super::Fait;
use crate::equipement::Equipement;
use crate::equipement::unites::{Travail, desequiper, enchanter, payer};
use crate::inventaire::Slot;
use crate::item::Emplacement;
use crate::world::choix::pieces;
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;

impl History {
    /// Has the piece repaired that has lost most.
    pub(super) fn repare(&mut self, qui: Qui) -> Fait {
        let (piece, (points, cout)) = {
            let joueur = self.joueur(qui);
            let sac = self.sac(qui);
            let usees = pieces::connues(&sac).filter_map(|(piece, slot)| {
                let etat = self.scribe.state::<Equipement>(piece);
                Some((piece, pieces::a_reparer(slot, &etat, joueur.or())?))
            });
            usees.max_by_key(|(_, (points, _))| *points)?
        };
        let travail = Travail::Reparation(points);
        let transaction = self.transaction();
        let pen = self.scribe.pen();
        payer(&pen, Context::new(), (qui.id, piece), travail, cout, transaction)
            .commit()
            .ok()
            .map(drop)
    }

    /// Has a piece improved. It is taken off for that.
    pub(super) fn ameliore(&mut self, qui: Qui) -> Fait {
        let bourse = self.joueur(qui).or();
        let (piece, porte, cout) = {
            let sac = self.sac(qui);
            let payables = pieces::connues(&sac).filter_map(|(piece, slot)| {
                let cout = pieces::a_ameliorer(&self.scribe.state::<Equipement>(piece), bourse)?;
                Some((piece, emplacement(slot), cout))
            });
            let payables: Vec<_> = payables.collect();
            *self.hasard.pick(&payables)?
        };
        self.enleve(qui, porte)?;
        let transaction = self.transaction();
        let pen = self.scribe.pen();
        payer(&pen, Context::new(), (qui.id, piece), Travail::Amelioration, cout, transaction)
            .commit()
            .ok()
            .map(drop)
    }

    /// Reads a scroll over a piece. It is taken off for that.
    pub(super) fn enchante(&mut self, qui: Qui) -> Fait {
        let (parchemin, enchantement) = {
            let sac = self.sac(qui);
            let enchantement = |slot: &Slot| pieces::enchantement(&self.catalogue, slot);
            let (slot_id, slot) = pieces::parchemin(&sac, |slot| enchantement(slot).is_some())?;
            (slot_id, enchantement(slot)?)
        };
        let (piece, porte) = {
            let sac = self.sac(qui);
            let solides = pieces::connues(&sac).filter(|(piece, _)| {
                pieces::est_a_enchanter(&self.scribe.state::<Equipement>(*piece), enchantement)
            });
            let solides: Vec<_> = solides.map(|(piece, slot)| (piece, emplacement(slot))).collect();
            *self.hasard.pick(&solides)?
        };
        self.enleve(qui, porte)?;
        let pen = self.scribe.pen();
        enchanter(&pen, Context::new(), (qui.id, piece), enchantement, parchemin)
            .commit()
            .ok()
            .map(drop)
    }

    fn enleve(&mut self, qui: Qui, porte: Option<Emplacement>) -> Fait {
        let Some(emplacement) = porte else { return Some(()) };
        let bonus = self.sac(qui).bonus_avec(emplacement, None);
        let pen = self.scribe.pen();
        desequiper(&pen, Context::new(), qui.id, emplacement, bonus).commit().ok().map(drop)
    }
}

/// Where a piece is worn, if it is.
fn emplacement(slot: &Slot) -> Option<Emplacement> {
    slot.porte.map(|port| port.emplacement)
}

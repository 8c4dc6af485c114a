//! The market goes on by itself: trades are settled, and orders end when their time is over.

use std::sync::Arc;

use aether_core::Context;

use super::History;
use super::actes::Fait;
use super::vie::Qui;
use crate::economie::EnColis;
use crate::economie::unites::Par;
use crate::inventaire::marche::regler;
use crate::item::{FicheItem, Item};
use crate::values::{ItemId, JoueurId, OrdreId, TransactionId};

/// What is tried in turn: everything is handed over, the goods wait, everything waits.
const FACONS: [EnColis; 3] = [
    EnColis { produit: false, rendu: false, items: false },
    EnColis { produit: false, rendu: false, items: true },
    EnColis { produit: true, rendu: true, items: true },
];

impl History {
    /// Hands over what the book of an item owes.
    pub(super) fn regle(&mut self, item: ItemId) {
        let dues: Vec<_> = self
            .carnet(item)
            .dues()
            .map(|due| (due.transaction_id, due.acheteur, due.vendeur))
            .collect();
        for (transaction, acheteur, vendeur) in dues {
            let Some(en_colis) = self.regle_une(item, transaction) else { continue };
            if en_colis.items || en_colis.rendu {
                self.attend_un_colis(acheteur, item);
            }
            if en_colis.produit {
                self.attend_un_colis(vendeur, item);
            }
        }
    }

    fn regle_une(&self, item: ItemId, transaction: TransactionId) -> Option<EnColis> {
        let fiche = self.fiche_connue(item)?;
        let pen = self.scribe.pen();
        FACONS.into_iter().find(|facon| {
            let economie = self.carnet(item);
            let unit = regler(&pen, Context::new(), &economie, transaction, Some(&fiche), *facon);
            drop(economie);
            unit.is_ok_and(|unit| unit.commit().is_ok())
        })
    }

    /// Ends an order whose time is over, if it is still open.
    pub(super) fn expire(&mut self, item: ItemId, ordre: OrdreId) {
        // it was traded or withdrawn before
        let _: Fait = self.clot(item, ordre, Par::Minuterie);
    }

    /// A parcel waits for a player.
    pub(super) fn attend_un_colis(&mut self, joueur: JoueurId, item: ItemId) -> Fait {
        let qui = self.qui(joueur)?;
        self.vie(qui, |vie| vie.colis.insert(item)).map(drop)
    }

    pub(super) fn qui(&self, id: JoueurId) -> Option<Qui> {
        self.places.get(&id).map(|n| Qui { n: *n, id })
    }

    /// The sheet of an item, as the catalogue has it, be it withdrawn or not.
    pub(super) fn fiche_connue(&self, item_id: ItemId) -> Option<FicheItem> {
        let item: Arc<Item> = self.scribe.state(item_id);
        Some(item.proprietes()?.fiche(item_id))
    }
}

//! How each event changes a book. Nothing is computed here that an event could say.

use super::events::{
    ColisDepose, ColisRetire, EconomieEvent, OrdreCree, RecompenseDeposee, Transaction,
};
use super::mots::TypeOrdre;
use super::ordre::Ordre;
use super::state::{Colis, Due, Economie};
use crate::values::Quantite;

impl Economie {
    pub(super) fn applique(&mut self, event: &EconomieEvent) {
        match event {
            EconomieEvent::OrdreVenteCree(cree) => self.place(TypeOrdre::Vente, cree),
            EconomieEvent::OrdreAchatCree(cree) => self.place(TypeOrdre::Achat, cree),
            EconomieEvent::TransactionExecutee(transaction) => self.execute(transaction),
            EconomieEvent::TransactionReglee(reglement) => {
                self.dues.retire(reglement.transaction_id);
            }
            EconomieEvent::OrdreAnnule(annule) => self.carnet.ferme(annule.ordre_id),
            EconomieEvent::ColisDepose(depose) => self.depose(depose),
            EconomieEvent::RecompenseDeposee(depose) => self.depose_recompense(depose),
            EconomieEvent::ColisRetire(retire) => self.retire(retire),
            EconomieEvent::PrixMisAJour { nouveau_prix, .. } => {
                self.dernier_prix = Some(*nouveau_prix);
            }
        }
    }

    fn place(&mut self, type_ordre: TypeOrdre, cree: &OrdreCree) {
        self.item = Some(cree.item_id);
        self.carnet.ajoute(Ordre {
            ordre_id: cree.ordre_id,
            type_ordre,
            joueur_id: cree.joueur_id,
            pseudo: cree.pseudo.clone(),
            prix: cree.prix_unitaire,
            quantite: cree.quantite,
            reste: cree.quantite,
            rang: self.ordres_places,
            expire_a: cree.expire_a,
        });
        self.ordres_places += 1;
    }

    fn execute(&mut self, transaction: &Transaction) {
        let Transaction { reste_vente_apres, reste_achat_apres, .. } = *transaction;
        self.carnet.reduit(transaction.ordre_vente_id, Quantite::new(reste_vente_apres).ok());
        self.carnet.reduit(transaction.ordre_achat_id, Quantite::new(reste_achat_apres).ok());
        self.dues.inscrit(Due {
            transaction_id: transaction.transaction_id,
            ordre_vente_id: transaction.ordre_vente_id,
            ordre_achat_id: transaction.ordre_achat_id,
            vendeur: transaction.vendeur,
            produit: transaction.produit,
            prix: transaction.prix_unitaire,
            acheteur: transaction.acheteur,
            quantite: transaction.quantite,
            rendu: transaction.rendu,
        });
        self.executions += 1;
    }

    fn depose(&mut self, depose: &ColisDepose) {
        self.colis.inscrit(Colis {
            joueur_id: depose.joueur_id,
            colis_id: depose.colis_id,
            type_contenu: depose.type_contenu,
            quantite: depose.quantite,
            raison: Some(depose.raison),
        });
    }

    fn depose_recompense(&mut self, depose: &RecompenseDeposee) {
        self.item = Some(depose.item_id);
        self.colis.inscrit(Colis {
            joueur_id: depose.joueur_id,
            colis_id: depose.colis_id,
            type_contenu: depose.type_contenu,
            quantite: depose.quantite,
            raison: None,
        });
    }

    fn retire(&mut self, retire: &ColisRetire) {
        let retired = self.colis.retire((retire.joueur_id, retire.colis_id));
        if let Some(colis) = retired.filter(|_| retire.apres > 0) {
            self.colis.inscrit(Colis { quantite: retire.apres, ..Colis::clone(&colis) });
        }
    }
}

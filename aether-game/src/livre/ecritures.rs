//! Which event is which entry.

use super::{Livre, Passage};
use crate::economie::{
    ColisDepose, ColisRetire, EconomieEvent, OrdreAnnule, OrdreCree, RecompenseDeposee, Reglement,
    Transaction, TypeContenu, TypeOrdre,
};
use crate::inventaire::{InventaireEvent, ItemAjoute, ItemRetire, ItemUtilise};
use crate::joueur::JoueurEvent;
use crate::values::{Flux, ItemId, RaisonItem, RaisonOr};

impl Livre {
    pub(super) fn bourse(&mut self, event: &JoueurEvent) {
        match event {
            JoueurEvent::JoueurCree { or, .. } => {
                self.or.detient((*or).into(), RaisonOr::Creation, Flux::Source, None);
            }
            JoueurEvent::OrModifie { avant, apres, raison, .. } => {
                let change = i128::from(*apres) - i128::from(*avant);
                self.or.detient(change, *raison, raison.flux(), passage_d_or(*raison));
            }
            _ => {}
        }
    }

    pub(super) fn sac(&mut self, event: &InventaireEvent) {
        let (item, change, raison) = match event {
            InventaireEvent::ItemAjoute(ItemAjoute { item_id, quantite, source, .. }) => {
                (*item_id, i128::from(quantite.get()), *source)
            }
            InventaireEvent::ItemRetire(ItemRetire { item_id, quantite, raison, .. })
            | InventaireEvent::ItemUtilise(ItemUtilise { item_id, quantite, raison, .. }) => {
                (*item_id, -i128::from(quantite.get()), *raison)
            }
            _ => return,
        };
        self.item(item).detient(change, raison, raison.flux(), passage_d_item(raison));
    }

    pub(super) fn carnet(&mut self, event: &EconomieEvent) {
        match event {
            EconomieEvent::OrdreVenteCree(cree) => self.vente(cree),
            EconomieEvent::OrdreAchatCree(cree) => self.achat(cree),
            EconomieEvent::TransactionExecutee(transaction) => self.execution(transaction),
            EconomieEvent::TransactionReglee(reglement) => self.reglement(reglement),
            EconomieEvent::OrdreAnnule(annule) => self.annulation(annule),
            EconomieEvent::ColisDepose(depose) => self.depot(depose),
            EconomieEvent::RecompenseDeposee(depose) => self.recompense(depose),
            EconomieEvent::ColisRetire(retire) => self.retrait(retire),
            EconomieEvent::PrixMisAJour { .. } => {}
        }
    }

    fn item(&mut self, item: ItemId) -> &mut super::Compte<RaisonItem> {
        self.items.entry(item).or_default()
    }

    fn vente(&mut self, cree: &OrdreCree) {
        let compte = self.item(cree.item_id);
        let pieces = i128::from(cree.quantite.get());
        compte.chemine(Some(Passage::VersLOrdre), -pieces);
        compte.lieux.ordres += pieces;
    }

    fn achat(&mut self, cree: &OrdreCree) {
        let or = i128::from(cree.prix_unitaire.get()) * i128::from(cree.quantite.get());
        self.or.chemine(Some(Passage::VersLOrdre), -or);
        self.or.lieux.ordres += or;
    }

    fn execution(&mut self, transaction: &Transaction) {
        let paye = i128::from(transaction.montant_total) + i128::from(transaction.rendu);
        let taxe = i128::from(transaction.taxe);
        self.or.lieux.ordres -= paye;
        self.or.lieux.du += i128::from(transaction.produit) + i128::from(transaction.rendu);
        self.or.detruit(RaisonOr::TaxeMarche, taxe);
        let compte = self.item(transaction.item_id);
        let pieces = i128::from(transaction.quantite.get());
        compte.lieux.ordres -= pieces;
        compte.lieux.du += pieces;
    }

    fn reglement(&mut self, reglement: &Reglement) {
        let or = i128::from(reglement.produit) + i128::from(reglement.rendu);
        self.or.lieux.du -= or;
        self.or.chemine(Some(Passage::DuCarnet), or);
        let compte = self.item(reglement.item_id);
        let pieces = i128::from(reglement.quantite.get());
        compte.lieux.du -= pieces;
        compte.chemine(Some(Passage::DuCarnet), pieces);
    }

    fn annulation(&mut self, annule: &OrdreAnnule) {
        match annule.type_ordre {
            TypeOrdre::Vente => {
                let compte = self.item(annule.item_id);
                let pieces = i128::from(annule.reste.get());
                compte.lieux.ordres -= pieces;
                compte.chemine(Some(Passage::DuCarnet), pieces);
            }
            TypeOrdre::Achat => {
                let or = i128::from(annule.or_rendu);
                self.or.lieux.ordres -= or;
                self.or.chemine(Some(Passage::DuCarnet), or);
            }
        }
    }

    fn depot(&mut self, depose: &ColisDepose) {
        let combien = i128::from(depose.quantite);
        match depose.type_contenu {
            TypeContenu::Or => {
                self.or.lieux.colis += combien;
                self.or.chemine(Some(Passage::DuCarnet), -combien);
            }
            TypeContenu::Item => {
                let compte = self.item(depose.item_id);
                compte.lieux.colis += combien;
                compte.chemine(Some(Passage::DuCarnet), -combien);
            }
        }
    }

    /// It comes into the game in the parcel.
    fn recompense(&mut self, depose: &RecompenseDeposee) {
        let combien = i128::from(depose.quantite);
        match depose.type_contenu {
            TypeContenu::Or => {
                self.or.lieux.colis += combien;
                self.or.cree(depose.origine.raison_or(), combien);
            }
            TypeContenu::Item => {
                let compte = self.item(depose.item_id);
                compte.lieux.colis += combien;
                compte.cree(depose.origine.raison_item(), combien);
            }
        }
    }

    fn retrait(&mut self, retire: &ColisRetire) {
        let combien = i128::from(retire.avant) - i128::from(retire.apres);
        match retire.type_contenu {
            TypeContenu::Or => {
                self.or.lieux.colis -= combien;
                self.or.chemine(Some(Passage::DuColis), combien);
            }
            TypeContenu::Item => {
                let compte = self.item(retire.item_id);
                compte.lieux.colis -= combien;
                compte.chemine(Some(Passage::DuColis), combien);
            }
        }
    }
}

const fn passage_d_or(raison: RaisonOr) -> Option<Passage> {
    match raison {
        RaisonOr::OrdreAchat => Some(Passage::VersLOrdre),
        RaisonOr::VenteMarche | RaisonOr::RestitutionOrdre => Some(Passage::DuCarnet),
        RaisonOr::Colis => Some(Passage::DuColis),
        RaisonOr::Echange => Some(Passage::Echange),
        _ => None,
    }
}

const fn passage_d_item(raison: RaisonItem) -> Option<Passage> {
    match raison {
        RaisonItem::OrdreVente => Some(Passage::VersLOrdre),
        RaisonItem::AchatMarche | RaisonItem::RestitutionOrdre => Some(Passage::DuCarnet),
        RaisonItem::Colis => Some(Passage::DuColis),
        RaisonItem::Echange => Some(Passage::Echange),
        _ => None,
    }
}

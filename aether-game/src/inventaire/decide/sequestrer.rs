//! What leaves the bag for orders to sell, and where it goes from there.

use super::super::events::InventaireEvent;
use super::super::mouvements::ItemEchange;
use super::super::refus::InventaireRefus;
use super::super::state::Lot;
use super::super::vocabulaire::{Reference, Sens};
use super::transferer::Arrivee;
use super::{Decide, Decision};
use crate::values::{
    ColisId, ItemId, JoueurId, OrdreId, Prix, Quantite, RaisonItem, TransactionId,
};

impl Decision {
    /// Items leave the bag for an order.
    pub(super) fn sequestrer(
        &mut self,
        ordre_id: OrdreId,
        item_id: ItemId,
        quantite: Quantite,
    ) -> Decide {
        if self.draft.sequestres.contains_key(&ordre_id) {
            return Err(InventaireRefus::DejaSequestre { ordre_id });
        }
        let parts = self.piles_de(item_id, quantite, |_| true)?;
        for (position, part) in parts {
            if self.draft.slots.get(&position).is_some_and(|slot| !slot.fiche.echangeable) {
                return Err(InventaireRefus::NonEchangeable { item_id });
            }
            let reference = Reference::Ordre(ordre_id);
            self.sortir(position, part, RaisonItem::OrdreVente, Some(&reference));
        }
        Ok(())
    }

    /// What is set aside for an order comes back, with the sheets that it left with.
    pub(super) fn liberer(&mut self, ordre_id: OrdreId, quantite: Quantite) -> Decide {
        let lots = self.lots(ordre_id, quantite)?;
        let reference = Reference::Ordre(ordre_id);
        for Lot { fiche, quantite } in &lots {
            let source = RaisonItem::RestitutionOrdre;
            let reference = Some(&reference);
            self.entrer(Arrivee { fiche, equipement_id: None, source, reference }, *quantite)?;
        }
        Ok(())
    }

    /// What is set aside for an order goes to its buyer.
    pub(super) fn livrer(
        &mut self,
        ordre_id: OrdreId,
        quantite: Quantite,
        acheteur: JoueurId,
        prix: Prix,
        transaction_id: TransactionId,
    ) -> Decide {
        let item_id = self.sequestre(ordre_id, quantite)?;
        if acheteur == self.joueur_id {
            return Err(InventaireRefus::AvecSoi);
        }
        self.draft.emit(InventaireEvent::ItemEchange(ItemEchange {
            joueur_id: self.joueur_id,
            contrepartie: acheteur,
            sens: Sens::Cede,
            item_id,
            quantite,
            prix: Some(prix),
            equipement_id: None,
            ordre_id: Some(ordre_id),
            transaction_id,
        }));
        Ok(())
    }

    /// What is set aside for an order goes into a parcel.
    pub(super) fn consigner(
        &mut self,
        ordre_id: OrdreId,
        quantite: Quantite,
        colis_id: ColisId,
    ) -> Decide {
        let item_id = self.sequestre(ordre_id, quantite)?;
        let sequestre_avant = self.draft.sequestre(ordre_id);
        self.draft.emit(InventaireEvent::ItemConsigne {
            joueur_id: self.joueur_id,
            ordre_id,
            colis_id,
            item_id,
            quantite,
            sequestre_avant,
            sequestre_apres: sequestre_avant.saturating_sub(quantite.get()),
        });
        Ok(())
    }

    /// The item of an order for which so many are set aside.
    fn sequestre(&self, ordre_id: OrdreId, quantite: Quantite) -> Result<ItemId, InventaireRefus> {
        let sequestre = self.draft.sequestre(ordre_id);
        let demande = quantite.get();
        let premier = self.draft.sequestres.get(&ordre_id).and_then(|lots| lots.first());
        let premier = premier.filter(|_| demande <= sequestre);
        let manque = InventaireRefus::SequestreInsuffisant { ordre_id, demande, sequestre };
        premier.map(|lot| lot.fiche.item_id).ok_or(manque)
    }

    /// The oldest lots of an order, up to so many items.
    fn lots(&self, ordre_id: OrdreId, quantite: Quantite) -> Result<Vec<Lot>, InventaireRefus> {
        self.sequestre(ordre_id, quantite)?;
        let mut reste = quantite.get();
        let lots = self.draft.sequestres.get(&ordre_id).into_iter().flatten();
        let parts = lots.filter_map(|lot| {
            let part = Quantite::new(lot.quantite.get().min(reste)).ok()?;
            reste -= part.get();
            Some(Lot { fiche: lot.fiche.clone(), quantite: part })
        });
        Ok(parts.collect())
    }
}

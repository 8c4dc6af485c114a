//! The market: orders are placed and withdrawn, and parcels collected.

use std::sync::Arc;

use aether_core::Context;

use super::Fait;
use crate::economie::unites::{Par, acheter, clore, retirer_or};
use crate::economie::{Economie, PlacerOrdre, TypeContenu, TypeOrdre};
use crate::inventaire::marche::{retirer_colis, vendre};
use crate::values::{CarnetId, ItemId, Montant, OrdreId, Quantite};
use crate::world::bornes;
use crate::world::choix::{marche, sac};
use crate::world::histoire::History;
use crate::world::histoire::agenda::Tache;
use crate::world::histoire::vie::Qui;

impl History {
    /// Offers goods.
    pub(super) fn offre(&mut self, qui: Qui) -> Fait {
        let (item, libres) = {
            let sac = self.sac(qui);
            let (fiche, quantite) = sac::a_ceder(&sac, &mut self.hasard)?;
            (fiche.item_id, quantite)
        };
        let quantite = marche::part(libres, &mut self.hasard);
        let placer = self.ordre(qui, TypeOrdre::Vente, item, quantite)?;
        let ordre = (placer.ordre, placer.duree_s);
        vendre(&self.scribe.pen(), Context::new(), placer).commit().ok()?;
        self.suit_l_ordre(qui, item, ordre)
    }

    /// Asks for goods: for what was named, or for something that is offered or needed.
    pub(super) fn demande(&mut self, qui: Qui, quoi: Option<(ItemId, Quantite)>) -> Fait {
        let (item, voulus) = match quoi {
            Some(voulu) => voulu,
            None => (self.souhait(qui)?, marche::envie(&mut self.hasard)),
        };
        let mut placer = self.ordre(qui, TypeOrdre::Achat, item, voulus)?;
        placer.quantite = marche::payables(self.joueur(qui).or(), placer.prix, voulus)?;
        let ordre = (placer.ordre, placer.duree_s);
        acheter(&self.scribe.pen(), Context::new(), placer).ok()?.commit().ok()?;
        self.suit_l_ordre(qui, item, ordre)
    }

    /// What somebody offers, or else a material.
    fn souhait(&mut self, qui: Qui) -> Option<ItemId> {
        for _ in 0..4 {
            let Some(item) = self.hasard.pick(&self.carnets).copied() else { break };
            let economie = self.carnet(item);
            if marche::autrui(&economie, qui.id, TypeOrdre::Vente).next().is_some() {
                return Some(item);
            }
        }
        marche::materiau(&self.catalogue, &mut self.hasard)
    }

    /// An order at a sensible price; none for who has too many.
    fn ordre(
        &mut self,
        qui: Qui,
        cote: TypeOrdre,
        item: ItemId,
        quantite: Quantite,
    ) -> Option<PlacerOrdre> {
        let pseudo = self.vies.get(qui.n)?.pseudo.clone();
        let joueur = self.joueur(qui);
        let economie = self.carnet(item);
        let ordre = OrdreId::new(self.uuid());
        let quoi = (ordre, item, quantite);
        let qui = (qui.id, pseudo, joueur.as_ref());
        marche::ordre(&self.catalogue, &economie, qui, cote, quoi, &mut self.hasard)
    }

    /// An order was placed: it will end, and what it has traded is to be settled.
    fn suit_l_ordre(&mut self, qui: Qui, item: ItemId, (ordre, duree_s): (OrdreId, u32)) -> Fait {
        self.apres(duree_s, Tache::Expirer { item, ordre });
        self.vie(qui, |vie| vie.ordres.push((ordre, item)));
        if let Err(place) = self.carnets.binary_search(&item) {
            self.carnets.insert(place, item);
        }
        if self.carnet(item).dues().next().is_some() {
            let secondes = self.hasard.between(1, 15);
            self.apres(secondes, Tache::Regler { item });
        }
        Some(())
    }

    /// Withdraws an order.
    pub(super) fn annule(&mut self, qui: Qui) -> Fait {
        let ouverts = self.vies.get(qui.n)?.ordres.iter();
        let ouverts = ouverts.filter(|(ordre, item)| self.carnet(*item).ordre(*ordre).is_some());
        let ouverts: Vec<(OrdreId, ItemId)> = ouverts.copied().collect();
        let (ordre, item) = *self.hasard.pick(&ouverts)?;
        self.vie(qui, |vie| vie.ordres = ouverts);
        self.clot(item, ordre, Par::Joueur(qui.id))
    }

    /// Closes an order that is open; what does not fit any more waits in a parcel.
    pub(in crate::world::histoire) fn clot(
        &mut self,
        item: ItemId,
        ordre: OrdreId,
        par: Par,
    ) -> Fait {
        let economie = self.carnet(item);
        let joueur = economie.ordre(ordre)?.joueur_id;
        let pen = self.scribe.pen();
        let clore = |en_colis| clore(&pen, Context::new(), &economie, ordre, par.clone(), en_colis);
        if clore(false).ok()?.commit().is_ok() {
            return Some(());
        }
        clore(true).ok()?.commit().ok()?;
        self.attend_un_colis(joueur, item)
    }

    /// Collects a parcel, or a third of one that does not fit as a whole.
    pub(super) fn retire(&mut self, qui: Qui) -> Fait {
        let carnets: Vec<ItemId> = self.vies.get(qui.n)?.colis.iter().copied().collect();
        let item = *self.hasard.pick(&carnets)?;
        let economie = self.carnet(item);
        let Some(colis) = economie.colis_de(qui.id).next() else {
            self.vie(qui, |vie| vie.colis.remove(&item));
            return None;
        };
        let pen = self.scribe.pen();
        let parts = [colis.quantite, colis.quantite.div_ceil(3)];
        match colis.type_contenu {
            TypeContenu::Or => parts.into_iter().find_map(|part| {
                let colis = (qui.id, colis.colis_id);
                let montant: Montant = bornes::montant(part.into());
                let unit = retirer_or(&pen, Context::new(), &economie, colis, montant).ok()?;
                unit.commit().ok().map(drop)
            }),
            TypeContenu::Item => {
                let fiche = self.fiche_connue(item)?;
                parts.into_iter().find_map(|part| {
                    let quantite = bornes::quantite(part);
                    let colis = colis.colis_id;
                    let context = Context::new();
                    let unit = retirer_colis(&pen, context, qui.id, &fiche, colis, quantite);
                    unit.commit().ok().map(drop)
                })
            }
        }
    }

    pub(in crate::world::histoire) fn carnet(&self, item: ItemId) -> Arc<Economie> {
        self.scribe.state(CarnetId::de_l_item(item))
    }
}

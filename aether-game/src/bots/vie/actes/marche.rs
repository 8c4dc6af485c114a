//! The market: orders are placed and withdrawn, and parcels collected.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::{Bot, Pas};
use crate::bots::vie::moteur::{Acte, Arret, Etat};
use crate::economie::unites::{Par, acheter, clore, retirer_or};
use crate::economie::{Colis, Economie, PlacerOrdre, TypeContenu, TypeOrdre};
use crate::inventaire::marche::{retirer_colis, vendre};
use crate::values::{CarnetId, ItemId, Montant, OrdreId, Quantite};
use crate::world::choix::{marche, sac};

impl Bot {
    /// Offers goods.
    pub(super) async fn offre(&mut self) -> Acte {
        let sac = self.sac().await?;
        let (fiche, libres) = sac::a_ceder(&sac.state, &mut self.hasard).ok_or(RIEN)?;
        let quantite = marche::part(libres, &mut self.hasard);
        let placer = self.ordre(TypeOrdre::Vente, fiche.item_id, quantite).await?;
        let ordre = (placer.ordre, placer.item);
        self.commet(vendre(&self.engine, Context::new(), placer)).await?;
        self.suit_l_ordre(ordre)
    }

    /// Asks for goods: for what was named, or for something that is offered or needed.
    pub(super) async fn demande(&mut self, quoi: Option<(ItemId, Quantite)>) -> Acte {
        let (item, voulus) = match quoi {
            Some(voulu) => voulu,
            None => (self.souhait().await?, marche::envie(&mut self.hasard)),
        };
        let mut placer = self.ordre(TypeOrdre::Achat, item, voulus).await?;
        let bourse = self.joueur().await?.state.or();
        placer.quantite = marche::payables(bourse, placer.prix, voulus).ok_or(RIEN)?;
        let ordre = (placer.ordre, item);
        let unit = acheter(&self.engine, Context::new(), placer);
        let unit = unit.map_err(|refus| self.refuse(&refus))?;
        self.commet(unit).await?;
        self.suit_l_ordre(ordre)
    }

    /// What somebody offers, or else a material.
    async fn souhait(&mut self) -> Acte<ItemId> {
        for _ in 0..4 {
            let Some(item) = self.place.a_la_criee(&mut self.hasard) else { break };
            let economie = self.carnet(item).await?;
            if marche::autrui(&economie.state, self.id, TypeOrdre::Vente).next().is_some() {
                return Ok(item);
            }
        }
        marche::materiau(self.world.catalogue(), &mut self.hasard).ok_or(RIEN)
    }

    /// An order at a sensible price.
    async fn ordre(
        &mut self,
        cote: TypeOrdre,
        item: ItemId,
        quantite: Quantite,
    ) -> Acte<PlacerOrdre> {
        let joueur = self.joueur().await?;
        let economie = self.carnet(item).await?;
        let quoi = (OrdreId::new(self.uuid()), item, quantite);
        let qui = (self.id, self.pseudo.clone(), &joueur.state);
        let catalogue = self.world.catalogue();
        marche::ordre(catalogue, &economie.state, qui, cote, quoi, &mut self.hasard).ok_or(RIEN)
    }

    fn suit_l_ordre(&mut self, (ordre, item): (OrdreId, ItemId)) -> Acte {
        self.memoire.ordres.push((ordre, item));
        self.memoire.livres.insert(item);
        self.place.crie(item);
        Ok(())
    }

    /// Withdraws an order.
    pub(super) async fn annule(&mut self) -> Acte {
        let mut ouverts = Vec::new();
        for (ordre, item) in self.memoire.ordres.clone() {
            let economie = self.carnet(item).await?;
            if economie.state.ordre(ordre).is_some() {
                ouverts.push((ordre, item));
            }
        }
        self.memoire.ordres = ouverts;
        let (ordre, item) = *self.hasard.pick(&self.memoire.ordres).ok_or(RIEN)?;
        self.clot(ordre, item).await
    }

    /// Closes an order that is open; what does not fit any more waits in a parcel.
    async fn clot(&mut self, ordre: OrdreId, item: ItemId) -> Acte {
        match self.clot_ainsi(ordre, item, false).await {
            Err(Arret::Refuse(_)) => self.clot_ainsi(ordre, item, true).await,
            clos => clos,
        }
    }

    async fn clot_ainsi(&mut self, ordre: OrdreId, item: ItemId, en_colis: bool) -> Acte {
        let economie = self.carnet(item).await?;
        let par = Par::Joueur(self.id);
        let unit = clore(&self.engine, Context::new(), &economie.state, ordre, par, en_colis);
        let unit = unit.map_err(|refus| self.refuse(&refus))?;
        self.commet(unit).await.map(drop)
    }

    /// Collects a parcel, or a third of one that does not fit as a whole.
    pub(super) async fn retire(&mut self) -> Acte {
        let livres: Vec<ItemId> = self.memoire.livres.iter().copied().collect();
        let Some(premier) = self.hasard.pick(&livres) else { return Err(RIEN) };
        let debut = livres.iter().position(|it| it == premier).unwrap_or(0);
        for item in livres.iter().cycle().skip(debut).take(livres.len().min(8)) {
            let economie = self.carnet(*item).await?;
            if let Some(colis) = economie.state.colis_de(self.id).next() {
                return self.retire_un_colis(*item, &economie.state, colis).await;
            }
        }
        Err(RIEN)
    }

    async fn retire_un_colis(&mut self, item: ItemId, carnet: &Economie, colis: &Colis) -> Acte {
        match self.retire_part(item, carnet, colis, colis.quantite).await {
            Err(Arret::Refuse(_)) if colis.quantite > 1 => {
                self.retire_part(item, carnet, colis, colis.quantite.div_ceil(3)).await
            }
            retire => retire,
        }
    }

    async fn retire_part(
        &mut self,
        item: ItemId,
        carnet: &Economie,
        colis: &Colis,
        part: u32,
    ) -> Acte {
        let unit = match colis.type_contenu {
            TypeContenu::Or => {
                let montant = Montant::new(part).map_err(|refus| self.refuse(&refus))?;
                let colis = (self.id, colis.colis_id);
                let unit = retirer_or(&self.engine, Context::new(), carnet, colis, montant);
                unit.map_err(|refus| self.refuse(&refus))?
            }
            TypeContenu::Item => {
                // a bag takes no more at once
                let quantite = part.min(Quantite::MAX.get().into());
                let quantite = Quantite::new(quantite).map_err(|refus| self.refuse(&refus))?;
                let fiche = self.fiche_connue(item).await?;
                let colis = colis.colis_id;
                retirer_colis(&self.engine, Context::new(), self.id, &fiche, colis, quantite)
            }
        };
        self.commet(unit).await.map(drop)
    }

    /// Withdraws one order, or else one offer.
    pub(in crate::bots::vie) async fn se_retire(&mut self) -> Acte<Pas> {
        while let Some((ordre, item)) = self.memoire.ordres.last().copied() {
            if self.carnet(item).await?.state.ordre(ordre).is_some() {
                self.clot(ordre, item).await?;
                return Ok(Pas::Attente);
            }
            self.memoire.ordres.pop();
        }
        self.reprend_une_offre().await.map(|()| Pas::Attente)
    }

    async fn carnet(&self, item: ItemId) -> Acte<Etat<Economie>> {
        self.etat(CarnetId::de_l_item(item)).await
    }
}

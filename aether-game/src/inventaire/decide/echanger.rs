//! Direct exchanges: offers, and the legs of an exchange in both bags.

use std::collections::BTreeSet;

use aether_core::Version;

use super::super::events::InventaireEvent;
use super::super::mouvements::ItemEchange;
use super::super::offre::{LigneEchange, Offre, Termes};
use super::super::refus::InventaireRefus;
use super::super::state::Inventaire;
use super::super::vocabulaire::{Reference, Sens};
use super::transferer::{Arrivee, Parts};
use super::{Decide, Decision};
use crate::values::{JoueurId, OffreId, Quantite, RaisonItem, TransactionId};

impl Decision {
    /// Makes an offer, or changes one.
    pub(super) fn proposer(
        &mut self,
        offre_id: OffreId,
        termes: &Termes,
        version: Version,
    ) -> Decide {
        if termes.contrepartie == self.joueur_id {
            return Err(InventaireRefus::AvecSoi);
        }
        if termes.est_vide() {
            return Err(InventaireRefus::OffreVide);
        }
        lignes_distinctes(&termes.donne)?;
        lignes_distinctes(&termes.demande)?;
        for ligne in &termes.donne {
            self.parts_de(ligne)?;
        }
        let ancienne = self.draft.offre(offre_id);
        if ancienne.is_some_and(|offre| offre.termes == *termes) {
            return Ok(());
        }
        let revision_avant = ancienne.map(|offre| offre.revision);
        let maximum = Inventaire::OFFRES_MAX;
        if revision_avant.is_none() && self.draft.offres.len() >= maximum {
            return Err(InventaireRefus::TropDOffres { maximum });
        }
        // the number of the event: never used again, also when the id of the offer is
        let revision = version.plus(1).get();
        let (joueur_id, termes) = (self.joueur_id, termes.clone());
        let offre = Offre { offre_id, proposeur: joueur_id, revision, termes };
        self.draft.emit(InventaireEvent::OffreProposee { joueur_id, offre, revision_avant });
        Ok(())
    }

    /// Takes an offer back.
    pub(super) fn retirer_offre(&mut self, offre_id: OffreId) -> Decide {
        if self.draft.offre(offre_id).is_none() {
            return Err(InventaireRefus::OffreInconnue { offre_id });
        }
        let joueur_id = self.joueur_id;
        self.draft.emit(InventaireEvent::OffreRetiree { joueur_id, offre_id });
        Ok(())
    }

    /// The exchange in the bag of the one who offers, if the offer is still the one that was accepted.
    pub(super) fn conclure_offre(
        &mut self,
        acceptee: &Offre,
        transaction_id: TransactionId,
    ) -> Decide {
        let Offre { offre_id, revision, .. } = *acceptee;
        let ouverte = self.draft.offre(offre_id);
        let ouverte = ouverte.ok_or(InventaireRefus::OffreInconnue { offre_id })?;
        if ouverte != acceptee {
            let actuelle = ouverte.revision;
            return Err(InventaireRefus::OffreChangee { offre_id, revision, actuelle });
        }
        let Termes { contrepartie, donne, demande, .. } = &acceptee.termes;
        self.echanger(*contrepartie, donne, demande, transaction_id)?;
        self.draft.emit(InventaireEvent::OffreConclue {
            joueur_id: self.joueur_id,
            offre_id,
            revision,
            contrepartie: *contrepartie,
            transaction_id,
        });
        Ok(())
    }

    /// The exchange in the bag of the one who accepts.
    pub(super) fn accepter_offre(
        &mut self,
        offre: &Offre,
        transaction_id: TransactionId,
    ) -> Decide {
        let Termes { contrepartie, donne, demande, .. } = &offre.termes;
        if *contrepartie != self.joueur_id {
            return Err(InventaireRefus::OffreAUnAutre { offre_id: offre.offre_id });
        }
        self.echanger(offre.proposeur, demande, donne, transaction_id)
    }

    /// Gives first, so that what comes finds room.
    fn echanger(
        &mut self,
        contrepartie: JoueurId,
        cede: &[LigneEchange],
        recu: &[LigneEchange],
        transaction_id: TransactionId,
    ) -> Decide {
        if contrepartie == self.joueur_id {
            return Err(InventaireRefus::AvecSoi);
        }
        let reference = Reference::Transaction(transaction_id);
        for ligne in cede {
            for (position, part) in self.parts_de(ligne)? {
                self.sortir(position, part, RaisonItem::Echange, Some(&reference));
            }
            self.note(contrepartie, Sens::Cede, ligne, transaction_id);
        }
        for ligne in recu {
            let LigneEchange { fiche, equipement_id, quantite } = ligne;
            let source = RaisonItem::Echange;
            let reference = Some(&reference);
            let arrivee = Arrivee { fiche, equipement_id: *equipement_id, source, reference };
            self.entrer(arrivee, *quantite)?;
            self.note(contrepartie, Sens::Recu, ligne, transaction_id);
        }
        Ok(())
    }

    fn note(
        &mut self,
        contrepartie: JoueurId,
        sens: Sens,
        ligne: &LigneEchange,
        transaction_id: TransactionId,
    ) {
        self.draft.emit(InventaireEvent::ItemEchange(ItemEchange {
            joueur_id: self.joueur_id,
            contrepartie,
            sens,
            item_id: ligne.fiche.item_id,
            quantite: ligne.quantite,
            prix: None,
            equipement_id: ligne.equipement_id,
            ordre_id: None,
            transaction_id,
        }));
    }

    /// Where a line is taken from. What changes hands has the sheet that the line says.
    fn parts_de(&self, ligne: &LigneEchange) -> Result<Parts, InventaireRefus> {
        let LigneEchange { fiche, quantite, equipement_id } = ligne;
        let item_id = fiche.item_id;
        if !fiche.echangeable {
            return Err(InventaireRefus::NonEchangeable { item_id });
        }
        let Some(piece) = equipement_id else {
            return self.piles_de(item_id, *quantite, |slot| slot.fiche == *fiche);
        };
        let slot = self.draft.piece(*piece).filter(|slot| slot.fiche == *fiche);
        let demande = quantite.get();
        let slot = slot.ok_or(InventaireRefus::ItemAbsent { item_id, demande, disponible: 0 })?;
        let (position, _) = self.slot_avec(slot.slot_id, *quantite)?;
        Ok(vec![(position, *quantite)])
    }
}

/// No line twice, not too many of them, and no piece more than once.
fn lignes_distinctes(lignes: &[LigneEchange]) -> Decide {
    let nombre = lignes.len();
    let maximum = Inventaire::LIGNES_MAX;
    let cles = lignes.iter().map(|ligne| (ligne.fiche.item_id, ligne.equipement_id));
    let distinctes = cles.collect::<BTreeSet<_>>().len() == nombre;
    let mut pieces = lignes.iter().filter(|ligne| ligne.equipement_id.is_some());
    match nombre <= maximum && distinctes && pieces.all(|it| it.quantite == Quantite::MIN) {
        true => Ok(()),
        false => Err(InventaireRefus::Lignes { nombre, maximum }),
    }
}

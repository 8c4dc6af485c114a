//! What comes into a bag.

use super::super::events::InventaireEvent;
use super::super::mouvements::ItemEchange;
use super::super::parties::Provenance;
use super::super::refus::InventaireRefus;
use super::super::vocabulaire::{Reference, Sens};
use super::transferer::Arrivee;
use super::{Decide, Decision};
use crate::item::FicheItem;
use crate::values::{Flux, Quantite, RaisonItem};

impl Decision {
    /// Items come into the game.
    pub(super) fn ajouter(
        &mut self,
        fiche: &FicheItem,
        quantite: Quantite,
        source: RaisonItem,
        reference: Option<&Reference>,
    ) -> Decide {
        if source.flux() != Flux::Source {
            return Err(InventaireRefus::RaisonInterdite { raison: source });
        }
        signe(source, RaisonItem::OperateurAjout, reference)?;
        self.entrer(Arrivee { fiche, equipement_id: None, source, reference }, quantite)
    }

    /// Items come from elsewhere in the game. None of them was ever worn: such pieces change hands in exchanges only.
    pub(super) fn recevoir(
        &mut self,
        fiche: &FicheItem,
        quantite: Quantite,
        provenance: Provenance,
    ) -> Decide {
        let (source, reference) = match provenance {
            Provenance::Marche { vendeur, transaction_id, .. } => {
                if vendeur == self.joueur_id {
                    return Err(InventaireRefus::AvecSoi);
                }
                (RaisonItem::AchatMarche, Reference::Transaction(transaction_id))
            }
            Provenance::Colis { colis_id } => (RaisonItem::Colis, Reference::Colis(colis_id)),
        };
        let reference = Some(&reference);
        self.entrer(Arrivee { fiche, equipement_id: None, source, reference }, quantite)?;
        if let Provenance::Marche { vendeur, prix, transaction_id } = provenance {
            self.draft.emit(InventaireEvent::ItemEchange(ItemEchange {
                joueur_id: self.joueur_id,
                contrepartie: vendeur,
                sens: Sens::Recu,
                item_id: fiche.item_id,
                quantite,
                prix: Some(prix),
                equipement_id: None,
                ordre_id: None,
                transaction_id,
            }));
        }
        Ok(())
    }
}

/// The reason of an operator comes with his act, and no other reason does.
pub(super) fn signe(
    raison: RaisonItem,
    de_l_operateur: RaisonItem,
    reference: Option<&Reference>,
) -> Decide {
    let intervient = matches!(reference, Some(Reference::Intervention(_)));
    if (raison == de_l_operateur) == intervient {
        return Ok(());
    }
    Err(InventaireRefus::InterventionIncoherente { raison })
}

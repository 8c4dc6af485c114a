//! Parcels: put down instead of a delivery that does not fit, and collected.

use std::num::NonZeroU32;

use crate::economie::commands::DeposerRecompense;
use crate::economie::events::{ColisDepose, ColisRetire, EconomieEvent, RecompenseDeposee};
use crate::economie::mots::{RaisonColis, TypeContenu};
use crate::economie::refus::EconomieRefus;
use crate::economie::state::Economie;
use crate::values::{ColisId, ItemId, JoueurId, OrdreId, TransactionId};

/// A parcel to be put down.
pub(super) struct Nouveau {
    pub(super) colis_id: ColisId,
    pub(super) joueur_id: JoueurId,
    pub(super) type_contenu: TypeContenu,
    pub(super) quantite: u32,
    pub(super) raison: RaisonColis,
    pub(super) transaction_id: Option<TransactionId>,
    pub(super) ordre_id: Option<OrdreId>,
}

impl Nouveau {
    /// What happens; nothing for a parcel that would be empty.
    pub(super) fn depose(self, item_id: ItemId) -> Option<EconomieEvent> {
        let depose = ColisDepose {
            colis_id: self.colis_id,
            joueur_id: self.joueur_id,
            item_id,
            type_contenu: self.type_contenu,
            quantite: self.quantite,
            raison: self.raison,
            transaction_id: self.transaction_id,
            ordre_id: self.ordre_id,
        };
        (self.quantite > 0).then_some(EconomieEvent::ColisDepose(depose))
    }
}

/// A reward that does not fit comes into the game in a parcel.
pub(super) fn deposer(
    economie: &Economie,
    depot: &DeposerRecompense,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    let DeposerRecompense { colis, joueur, item, contenu, quantite, origine } = *depot;
    economie.verifie_item(item)?;
    if economie.colis.trouve((joueur, colis)).is_some() {
        return Err(EconomieRefus::ColisDejaDepose { colis });
    }
    Ok(vec![EconomieEvent::RecompenseDeposee(RecompenseDeposee {
        colis_id: colis,
        joueur_id: joueur,
        item_id: item,
        type_contenu: contenu,
        quantite: quantite.get(),
        origine,
    })])
}

pub(super) fn retirer(
    economie: &Economie,
    (joueur_id, colis_id): (JoueurId, ColisId),
    attendu: TypeContenu,
    quantite: NonZeroU32,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    let introuvable = EconomieRefus::ColisIntrouvable { colis: colis_id };
    let colis = economie.colis.trouve((joueur_id, colis_id));
    let (colis, item_id) = colis.zip(economie.item).ok_or(introuvable)?;
    let type_contenu = colis.type_contenu;
    if attendu != type_contenu {
        let trouve = type_contenu;
        return Err(EconomieRefus::AutreContenu { colis: colis_id, attendu, trouve });
    }
    let (avant, demande) = (colis.quantite, quantite.get());
    let trop_petit = EconomieRefus::ColisTropPetit { colis: colis_id, demande, contenu: avant };
    let apres = avant.checked_sub(demande).ok_or(trop_petit)?;
    let retire = ColisRetire { colis_id, joueur_id, item_id, type_contenu, avant, apres };
    Ok(vec![EconomieEvent::ColisRetire(retire)])
}

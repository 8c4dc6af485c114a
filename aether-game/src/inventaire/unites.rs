//! Units over bags and what else changes with them: all of it happens or nothing.

use aether_core::Context;

use super::commands::InventaireCommand;
use super::offre::{LigneEchange, Offre};
use crate::equipement::EquipementCommand;
use crate::item::{FicheItem, Item};
use crate::joueur::JoueurCommand;
use crate::unite::{Unite, Unites};
use crate::values::{InventaireId, JoueurId, Or, RaisonOr, TransactionId};

/// Adds the condition that a sheet is the one of the catalogue, to a unit that brings the item into a bag.
pub fn avec_fiche<U: Unite>(unit: U, fiche: FicheItem) -> U {
    unit.provided(fiche.item_id, move |item: &Item| item.verifie(&fiche))
}

/// Carries out an exchange: what both give changes hands, and the offer is closed. It is refused if the offer is not the one that was
/// accepted any more.
pub fn echanger<E: Unites>(
    engine: &E,
    context: Context,
    offre: &Offre,
    transaction_id: TransactionId,
) -> E::Unite {
    let proposeur = offre.proposeur;
    let accepteur = offre.termes.contrepartie;
    let conclure = InventaireCommand::ConclureOffre {
        joueur_id: proposeur,
        offre: Box::new(offre.clone()),
        transaction_id,
    };
    let accepter = InventaireCommand::AccepterOffre {
        joueur_id: accepteur,
        offre: Box::new(offre.clone()),
        transaction_id,
    };
    let unit = engine
        .atomic(context)
        .command(InventaireId::du_joueur(proposeur), conclure)
        .command(InventaireId::du_joueur(accepteur), accepter);
    let unit = ceder(unit, &offre.termes.donne, (proposeur, accepteur), transaction_id);
    let unit = ceder(unit, &offre.termes.demande, (accepteur, proposeur), transaction_id);
    let unit = payer(unit, offre.termes.or_donne, (proposeur, accepteur), transaction_id);
    payer(unit, offre.termes.or_demande, (accepteur, proposeur), transaction_id)
}

/// Gold moves from purse to purse.
fn payer<U: Unite>(
    unit: U,
    or: Or,
    (de, a): (JoueurId, JoueurId),
    transaction: TransactionId,
) -> U {
    let raison = RaisonOr::Echange;
    match or.montant() {
        Some(montant) => unit
            .command(de, JoueurCommand::Debiter { montant, raison, transaction })
            .command(a, JoueurCommand::Crediter { montant, raison, transaction }),
        None => unit,
    }
}

/// Pieces that were ever worn know whose they are.
fn ceder<U: Unite>(
    unit: U,
    lignes: &[LigneEchange],
    (joueur_id, a): (JoueurId, JoueurId),
    transaction_id: TransactionId,
) -> U {
    let pieces = lignes.iter().filter_map(|ligne| ligne.equipement_id);
    pieces.fold(unit, |unit, piece| {
        unit.command(piece, EquipementCommand::Ceder { joueur_id, a, transaction_id })
    })
}

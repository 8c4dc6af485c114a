//! Units over a bag, the order book of an item, and the purses of those who trade: all of it happens or nothing.
//!
//! What is set aside for an order is counted twice: by the bag that it left, and by the book, as open or as owed. Both change in the same
//! units, so each checks the other. A sum over the game counts one of them.

use std::num::NonZeroU32;

use aether_core::Context;

use super::commands::InventaireCommand;
use super::parties::Provenance;
use crate::economie::{
    Economie, EconomieCommand, EconomieRefus, EnColis, PlacerOrdre, TypeContenu,
};
use crate::item::{FicheItem, Item};
use crate::joueur::JoueurCommand;
use crate::unite::{Unite, Unites};
use crate::values::{
    CarnetId, ColisId, InventaireId, JoueurId, OrdreId, Quantite, RaisonOr, TransactionId,
};

/// Offers goods: they leave the bag, the player counts the order, and it is in the book. [`clore`](crate::economie::unites::clore) is the
/// way back.
pub fn vendre<E: Unites>(engine: &E, context: Context, placer: PlacerOrdre) -> E::Unite {
    let PlacerOrdre { ordre, joueur, item, quantite, .. } = placer;
    let sequestrer = InventaireCommand::Sequestrer {
        joueur_id: joueur,
        ordre_id: ordre,
        item_id: item,
        quantite,
    };
    engine
        .atomic(context)
        .command(InventaireId::du_joueur(joueur), sequestrer)
        .command(joueur, JoueurCommand::CompterVente { ordre })
        .command(CarnetId::de_l_item(item), EconomieCommand::PlacerVente(placer))
}

/// Settles a trade: the goods go from the seller's order to the buyer, the proceeds to the seller, and what the buyer paid less than his
/// limit back to him. What does not fit waits in parcels, as `en_colis` says. `fiche` is the sheet of the item that the book trades; without
/// one the goods wait.
///
/// # Errors
///
/// [`EconomieRefus::TransactionNonDue`]: the trade owes nothing in this state of the book.
pub fn regler<E: Unites>(
    engine: &E,
    context: Context,
    economie: &Economie,
    transaction_id: TransactionId,
    fiche: Option<&FicheItem>,
    en_colis: EnColis,
) -> Result<E::Unite, EconomieRefus> {
    let non_due = EconomieRefus::TransactionNonDue { transaction: transaction_id };
    let (due, item_id) = economie.due(transaction_id).zip(economie.item()).ok_or(non_due)?;
    let (prix, ferme) = (due.prix, economie.fermetures(due));
    let fiche = fiche.filter(|_| !en_colis.items).map(|it| FicheItem { item_id, ..it.clone() });
    let en_colis = EnColis { items: fiche.is_none(), ..en_colis };
    let livrer = InventaireCommand::Livrer {
        joueur_id: due.vendeur,
        ordre_id: due.ordre_vente_id,
        quantite: due.quantite,
        acheteur: due.acheteur,
        prix,
        transaction_id,
    };
    let carnet = CarnetId::de_l_item(item_id);
    let regler = EconomieCommand::Regler { transaction: transaction_id, en_colis, ferme };
    let mut unit = engine
        .atomic(context)
        .command(carnet, regler)
        .command(InventaireId::du_joueur(due.vendeur), livrer);
    if let Some(fiche) = &fiche {
        let vendeur = due.vendeur;
        let provenance = Provenance::Marche { vendeur, prix, transaction_id };
        unit = recevoir(unit, due.acheteur, fiche, due.quantite, provenance);
    }
    if let Some(montant) = due.produit.montant().filter(|_| !en_colis.produit) {
        let (raison, transaction) = (RaisonOr::VenteMarche, transaction_id);
        let crediter = JoueurCommand::Crediter { montant, raison, transaction };
        unit = unit.command(due.vendeur, crediter);
    }
    if let Some(montant) = due.rendu.montant().filter(|_| !en_colis.rendu) {
        let ordre = due.ordre_achat_id;
        unit = unit.command(due.acheteur, JoueurCommand::RendreOr { ordre, montant });
    }
    let unit = fermer(unit, ferme.vente, due.vendeur, due.ordre_vente_id);
    Ok(fermer(unit, ferme.achat, due.acheteur, due.ordre_achat_id))
}

/// Collects goods from a parcel, or as many of them as fit.
pub fn retirer_colis<E: Unites>(
    engine: &E,
    context: Context,
    joueur: JoueurId,
    fiche: &FicheItem,
    colis: ColisId,
    quantite: Quantite,
) -> E::Unite {
    let combien = NonZeroU32::MIN.saturating_add(u32::from(quantite.get()) - 1);
    let retirer = EconomieCommand::RetirerColis {
        joueur,
        colis,
        contenu: TypeContenu::Item,
        quantite: combien,
    };
    let unit = engine.atomic(context).command(CarnetId::de_l_item(fiche.item_id), retirer);
    recevoir(unit, joueur, fiche, quantite, Provenance::Colis { colis_id: colis })
}

/// Goods come into a bag, with the sheet of the catalogue. Those of a withdrawn item do too: they are in the game.
fn recevoir<U: Unite>(
    unit: U,
    joueur_id: JoueurId,
    fiche: &FicheItem,
    quantite: Quantite,
    provenance: Provenance,
) -> U {
    let connue = fiche.clone();
    let fiche = Box::new(fiche.clone());
    let command = InventaireCommand::Recevoir { joueur_id, fiche, quantite, provenance };
    unit.provided(connue.item_id, move |item: &Item| item.reconnait(&connue))
        .command(InventaireId::du_joueur(joueur_id), command)
}

/// The player counts an order no more of which nothing is left.
fn fermer<U: Unite>(unit: U, ferme: bool, joueur: JoueurId, ordre: OrdreId) -> U {
    match ferme {
        true => unit.command(joueur, JoueurCommand::FermerOrdre { ordre }),
        false => unit,
    }
}

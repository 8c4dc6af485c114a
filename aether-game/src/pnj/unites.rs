//! Trade with a character, in one append with bag and purse: all of it happens or nothing.

use aether_core::Context;

use super::commands::{Affaire, PnjCommand};
use crate::inventaire::{InventaireCommand, Prelevement, Reference, unites::avec_fiche};
use crate::item::FicheItem;
use crate::joueur::JoueurCommand;
use crate::unite::{Unite, Unites};
use crate::values::{InventaireId, Montant, PnjId, RaisonItem, RaisonOr};

/// A player buys from a character. `fiche` is the sheet of the item, as the catalogue has it. It is that of the item that the trade
/// names, whatever id it says: the catalogue refuses another one.
#[must_use = "nothing happens before it is committed"]
pub fn acheter<E: Unites>(
    engine: &E,
    context: Context,
    pnj: PnjId,
    affaire: Affaire,
    fiche: FicheItem,
) -> E::Unite {
    let Affaire { joueur_id, item_id, quantite, transaction, .. } = affaire;
    let fiche = FicheItem { item_id, ..fiche };
    let unit = engine.atomic(context).command(pnj, PnjCommand::Vendre(affaire));
    // without a sum that a purse holds the character refuses
    let Some(montant) = montant(&affaire) else { return unit };
    let raison = RaisonOr::AchatPnj;
    let ajouter = InventaireCommand::Ajouter {
        joueur_id,
        fiche: Box::new(fiche.clone()),
        quantite,
        source: RaisonItem::AchatPnj,
        reference: Some(Reference::Pnj(pnj)),
    };
    let unit = unit
        .command(joueur_id, JoueurCommand::Debiter { montant, raison, transaction })
        .command(InventaireId::du_joueur(joueur_id), ajouter);
    avec_fiche(unit, fiche)
}

/// A player sells to a character.
#[must_use = "nothing happens before it is committed"]
pub fn vendre<E: Unites>(engine: &E, context: Context, pnj: PnjId, affaire: Affaire) -> E::Unite {
    let Affaire { joueur_id, item_id, quantite, transaction, .. } = affaire;
    let unit = engine.atomic(context).command(pnj, PnjCommand::Racheter(affaire));
    let Some(montant) = montant(&affaire) else { return unit };
    let raison = RaisonOr::VentePnj;
    let retirer = InventaireCommand::Retirer {
        joueur_id,
        prelevement: Prelevement::Item(item_id),
        quantite,
        raison: RaisonItem::VentePnj,
        reference: Some(Reference::Pnj(pnj)),
    };
    unit.command(InventaireId::du_joueur(joueur_id), retirer)
        .command(joueur_id, JoueurCommand::Crediter { montant, raison, transaction })
}

fn montant(affaire: &Affaire) -> Option<Montant> {
    affaire.prix_unitaire.fois(affaire.quantite)?.montant()
}

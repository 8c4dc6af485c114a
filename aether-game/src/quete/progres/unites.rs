//! What a quest takes and gives, in one append with bag and purse: all of it happens or nothing.

use aether_core::Context;

use super::commands::{Livraison, ProgresCommand};
use super::events::Engagement;
use crate::inventaire::{InventaireCommand, Prelevement, Reference};
use crate::item::FicheItem;
use crate::quete::fiche::ItemOffert;
use crate::recompense::{EnAttente, Recompense};
use crate::unite::{Unite, Unites};
use crate::values::{
    InventaireId, ItemId, JoueurId, Origine, ProgresId, QueteId, RaisonItem, TransactionId,
};

/// Hands items in: they leave the bag and count for the quest.
#[must_use = "nothing happens before it is committed"]
pub fn livrer<E: Unites>(
    engine: &E,
    context: Context,
    joueur_id: JoueurId,
    quete_id: QueteId,
    livraison: Livraison,
) -> E::Unite {
    let retirer = InventaireCommand::Retirer {
        joueur_id,
        prelevement: Prelevement::Item(livraison.item_id),
        quantite: livraison.quantite,
        raison: RaisonItem::RemiseQuete,
        reference: Some(Reference::Quete(quete_id)),
    };
    engine
        .atomic(context)
        .command(InventaireId::du_joueur(joueur_id), retirer)
        .command(ProgresId::du_joueur(quete_id, joueur_id), ProgresCommand::Livrer(livraison))
}

/// Pays what is due for a finished attempt: gold, experience and items. What does not fit waits in parcels, as `en_attente` says; when
/// anything is refused, all stays due.
///
/// `fiches` are the sheets of the items, as the catalogue has them.
///
/// # Errors
///
/// The item whose sheet is missing.
pub fn recompenser<E: Unites>(
    engine: &E,
    context: Context,
    engagement: &Engagement,
    fiches: &[FicheItem],
    transaction: TransactionId,
    en_attente: &EnAttente,
) -> Result<E::Unite, ItemId> {
    let Engagement { joueur_id, quete_id, tentative, .. } = *engagement;
    let recompense = recompense(engagement, fiches, transaction)?;
    let unit = engine.atomic(context).command(
        ProgresId::du_joueur(quete_id, joueur_id),
        ProgresCommand::Recompenser { tentative, transaction },
    );
    Ok(recompense.accorder(unit, en_attente))
}

/// What is due for a finished attempt.
///
/// # Errors
///
/// The item whose sheet is missing.
pub fn recompense(
    engagement: &Engagement,
    fiches: &[FicheItem],
    transaction: TransactionId,
) -> Result<Recompense, ItemId> {
    let Engagement { joueur_id, quete_id, ref recompenses, .. } = *engagement;
    let item = |item: &ItemOffert| {
        let fiche = fiches.iter().find(|fiche| fiche.item_id == item.item_id);
        let fiche = fiche.ok_or(item.item_id)?;
        Ok::<_, ItemId>((fiche.clone(), item.quantite.get().into()))
    };
    Ok(Recompense {
        joueur_id,
        origine: Origine::Quete(quete_id),
        transaction,
        experience: recompenses.experience,
        or: recompenses.or,
        items: recompenses.items.iter().map(item).collect::<Result<_, _>>()?,
    })
}

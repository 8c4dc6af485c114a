//! What a quest takes and gives, in one append with bag and purse: all of it happens or nothing.

use aether_core::Context;

use super::commands::{Livraison, ProgresCommand};
use super::events::Engagement;
use crate::inventaire::{InventaireCommand, Prelevement, Reference, unites::avec_fiche};
use crate::item::FicheItem;
use crate::joueur::{JoueurCommand, RaisonExperience};
use crate::quete::fiche::ItemOffert;
use crate::unite::{Unite, Unites};
use crate::values::{
    Experience, InventaireId, ItemId, JoueurId, ProgresId, QueteId, RaisonItem, RaisonOr,
    TransactionId,
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

/// Pays what is due for a finished attempt: gold, experience and items. When one of them does not fit, all stays due.
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
) -> Result<E::Unite, ItemId> {
    let Engagement { joueur_id, quete_id, tentative, recompenses, .. } = engagement;
    let progres = ProgresId::du_joueur(*quete_id, *joueur_id);
    let mut unit = engine
        .atomic(context)
        .command(progres, ProgresCommand::Recompenser { tentative: *tentative, transaction });
    if let Some(montant) = recompenses.or.montant() {
        let raison = RaisonOr::RecompenseQuete;
        unit = unit.command(*joueur_id, JoueurCommand::Crediter { montant, raison, transaction });
    }
    if recompenses.experience > Experience::ZERO {
        let (montant, raison) = (recompenses.experience, RaisonExperience::Quete);
        unit = unit.command(*joueur_id, JoueurCommand::GagnerExperience { montant, raison });
    }
    for item in &recompenses.items {
        let fiche = fiches.iter().find(|it| it.item_id == item.item_id).ok_or(item.item_id)?;
        unit = offrir(unit, *joueur_id, *quete_id, item, fiche);
    }
    Ok(unit)
}

fn offrir<U: Unite>(
    unit: U,
    joueur_id: JoueurId,
    quete_id: QueteId,
    item: &ItemOffert,
    fiche: &FicheItem,
) -> U {
    let ajouter = InventaireCommand::Ajouter {
        joueur_id,
        fiche: Box::new(fiche.clone()),
        quantite: item.quantite,
        source: RaisonItem::RecompenseQuete,
        reference: Some(Reference::Quete(quete_id)),
    };
    avec_fiche(unit.command(InventaireId::du_joueur(joueur_id), ajouter), fiche.clone())
}

//! Settling a trade: what it owes is handed over, once.

use super::clore::verifie_fermeture;
use super::colis::Nouveau;
use crate::economie::commands::{EnColis, Fermetures};
use crate::economie::events::{EconomieEvent, Reglement};
use crate::economie::mots::{RaisonColis, TypeContenu};
use crate::economie::refus::EconomieRefus;
use crate::economie::state::{Due, Economie};
use crate::values::TransactionId;

pub(super) fn regler(
    economie: &Economie,
    transaction_id: TransactionId,
    en_colis: EnColis,
    ferme: Fermetures,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    let due = economie.due(transaction_id).zip(economie.item);
    let non_due = EconomieRefus::TransactionNonDue { transaction: transaction_id };
    let (due, item_id) = due.ok_or(non_due)?;
    let trouvees = economie.fermetures(due);
    verifie_fermeture(due.ordre_vente_id, ferme.vente, trouvees.vente)?;
    verifie_fermeture(due.ordre_achat_id, ferme.achat, trouvees.achat)?;
    let reglee = EconomieEvent::TransactionReglee(Reglement {
        transaction_id,
        item_id,
        ordre_vente_id: due.ordre_vente_id,
        ferme_vente: ferme.vente,
        vendeur: due.vendeur,
        ordre_achat_id: due.ordre_achat_id,
        ferme_achat: ferme.achat,
        acheteur: due.acheteur,
        quantite: due.quantite,
        produit: due.produit,
        rendu: due.rendu,
    });
    let colis = colis_de(due, en_colis).filter_map(|nouveau| nouveau.depose(item_id));
    Ok([reglee].into_iter().chain(colis).collect())
}

/// The parts that cannot be delivered.
fn colis_de(due: &Due, en_colis: EnColis) -> impl Iterator<Item = Nouveau> {
    let nouveau = |joueur_id, type_contenu, quantite, raison| Nouveau {
        colis_id: due.colis(raison),
        joueur_id,
        type_contenu,
        quantite,
        raison,
        transaction_id: Some(due.transaction_id),
        ordre_id: None,
    };
    let (produit, rendu) = (due.produit.get(), due.rendu.get());
    let items = due.quantite.get().into();
    let parts = [
        (en_colis.produit, nouveau(due.vendeur, TypeContenu::Or, produit, RaisonColis::Produit)),
        (en_colis.rendu, nouveau(due.acheteur, TypeContenu::Or, rendu, RaisonColis::Difference)),
        (en_colis.items, nouveau(due.acheteur, TypeContenu::Item, items, RaisonColis::Achat)),
    ];
    parts.into_iter().filter_map(|(choisi, part)| choisi.then_some(part))
}

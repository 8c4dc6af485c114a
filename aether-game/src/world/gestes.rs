//! Units that players cause and that no aggregate's folder makes: to be equipped at birth, to gather, to make, to have a larger bag.

use aether_core::Context;

use super::bornes;
use super::choix::monde::Recolte;
use super::items::WorldItem;
use crate::inventaire::unites::avec_fiche;
use crate::inventaire::{Inventaire, InventaireCommand, Prelevement, RaisonCapacite};
use crate::item::{FicheItem, Ingredient};
use crate::joueur::JoueurCommand;
use crate::monde::MondeCommand;
use crate::unite::{Unite, Unites};
use crate::values::{
    InventaireId, JoueurId, MondeId, Nom, Quantite, RaisonItem, RaisonOr, TransactionId, ZoneId,
};

/// What a player begins with: one piece of what is worn, three of what is used up.
pub(crate) fn doter<'a, E: Unites>(
    engine: &E,
    context: Context,
    joueur_id: JoueurId,
    dotation: impl Iterator<Item = &'a WorldItem>,
) -> E::Unite {
    dotation.fold(engine.atomic(context), |unit, item| {
        let fiche = item.fiche();
        let quantite = bornes::quantite(if fiche.piece().is_some() { 1 } else { 3 });
        recevoir(unit, joueur_id, fiche, quantite, RaisonItem::Dotation)
    })
}

/// Resources leave a zone and come into a bag. `fiches` are the sheets of their items.
pub(crate) fn cueillir<E: Unites>(
    engine: &E,
    context: Context,
    (joueur_id, zone): (JoueurId, ZoneId),
    recoltes: &[Recolte],
    fiches: Vec<FicheItem>,
) -> E::Unite {
    let du_monde = recoltes.iter().map(|(ressource, _, n)| (*ressource, *n)).collect();
    let recolter = MondeCommand::Recolter { zone, joueur: joueur_id, recoltes: du_monde };
    let unit = engine.atomic(context).command(MondeId::UNIQUE, recolter);
    fiches.into_iter().zip(recoltes).fold(unit, |unit, (fiche, (.., quantite))| {
        recevoir(unit, joueur_id, fiche, *quantite, RaisonItem::Recolte)
    })
}

/// What a recipe asks for leaves a bag, and the work comes in.
pub(crate) fn fabriquer<E: Unites>(
    engine: &E,
    context: Context,
    joueur_id: JoueurId,
    item: &WorldItem,
) -> E::Unite {
    let sac = InventaireId::du_joueur(joueur_id);
    let recette = item.proprietes.recette.iter();
    let unit = recette.fold(engine.atomic(context), |unit, part| {
        let Ingredient { item_id, quantite } = *part;
        let de = Prelevement::Item(item_id);
        unit.command(sac, retirer(joueur_id, de, quantite, RaisonItem::Ingredient))
    });
    recevoir(unit, joueur_id, item.fiche(), Quantite::MIN, RaisonItem::Fabrication)
}

/// Ten more slots for a bag, and the strength to carry them; none for a purse that cannot pay.
pub(crate) fn agrandir<E: Unites>(
    engine: &E,
    context: Context,
    (joueur_id, sac): (JoueurId, &Inventaire),
    bourse: crate::values::Or,
    transaction: TransactionId,
) -> Option<E::Unite> {
    let capacite = sac.capacite() + 10;
    let extensions = (capacite - Inventaire::CAPACITE) / 10;
    let montant = bornes::montant(150 * u64::from(extensions));
    let raison = RaisonOr::ExtensionInventaire;
    let debiter = JoueurCommand::Debiter { montant, raison, transaction };
    let agrandir = InventaireCommand::ModifierCapacite {
        joueur_id,
        capacite,
        poids_max: bornes::poids(sac.poids_max().get() + 400),
        raison: RaisonCapacite::Achat,
        extension: Some(Nom::epure(&format!("Sacoche n° {extensions}"))),
        intervention: None,
    };
    (bourse >= montant.into()).then(|| {
        let unit = engine.atomic(context).command(joueur_id, debiter);
        unit.command(InventaireId::du_joueur(joueur_id), agrandir)
    })
}

/// Items leave the game out of a player's bag.
pub(crate) const fn retirer(
    joueur_id: JoueurId,
    prelevement: Prelevement,
    quantite: Quantite,
    raison: RaisonItem,
) -> InventaireCommand {
    InventaireCommand::Retirer { joueur_id, prelevement, quantite, raison, reference: None }
}

/// Items come into the game and into a player's bag.
fn recevoir<U: Unite>(
    unit: U,
    joueur_id: JoueurId,
    fiche: FicheItem,
    quantite: Quantite,
    source: RaisonItem,
) -> U {
    let connue = fiche.clone();
    let fiche = Box::new(fiche);
    let ajouter =
        InventaireCommand::Ajouter { joueur_id, fiche, quantite, source, reference: None };
    avec_fiche(unit.command(InventaireId::du_joueur(joueur_id), ajouter), connue)
}

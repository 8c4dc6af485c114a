//! What to ask or to pay for a piece on the market.

use crate::economie::{Economie, Ordre, PlacerOrdre, TypeOrdre};
use crate::item::TypeItem;
use crate::joueur::Joueur;
use crate::values::{ItemId, JoueurId, Or, OrdreId, Prix, Pseudo, Quantite};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;
use crate::world::items::WorldItem;

/// Most open orders that a player looks after.
const ORDRES_MAX: usize = 12;

/// What a piece is worth to those who trade it: the price of the last trade, or else its value, and never a tenth or ten times of that.
#[must_use]
pub fn cours(economie: &Economie, valeur: Or) -> Prix {
    let valeur = u64::from(valeur.get()).max(1);
    let dernier = economie.dernier_prix().map_or(valeur, |prix| prix.get().into());
    bornes::prix(dernier.clamp(valeur.div_ceil(10), valeur * 10))
}

/// The price of an order: in half of the cases that of the best one across, so that it trades at once; else one of its own.
pub fn limite(
    economie: &Economie,
    joueur: JoueurId,
    cote: TypeOrdre,
    cours: Prix,
    hasard: &mut Hasard,
) -> Prix {
    let meilleur = autrui(economie, joueur, cote.autre()).next().map(|ordre| ordre.prix);
    if let Some(prix) = meilleur.filter(|_| hasard.chance(50)) {
        return prix;
    }
    let pourcent = match cote {
        TypeOrdre::Vente => hasard.between(92, 130),
        TypeOrdre::Achat => hasard.between(75, 108),
    };
    bornes::prix((u64::from(cours.get()) * u64::from(pourcent)).div_ceil(100))
}

/// How many pieces two thirds of a purse can pay, of those that are wanted.
#[must_use]
pub fn payables(bourse: Or, prix: Prix, voulus: Quantite) -> Option<Quantite> {
    let payables = u64::from(bourse.get()) * 2 / 3 / u64::from(prix.get());
    Quantite::new(u16::try_from(payables).unwrap_or(u16::MAX).min(voulus.get())).ok()
}

/// The orders of others on one side, the best first.
pub fn autrui(
    economie: &Economie,
    joueur: JoueurId,
    cote: TypeOrdre,
) -> impl Iterator<Item = &Ordre> {
    economie.cote(cote).filter(move |ordre| ordre.joueur_id != joueur)
}

/// An order at a sensible price, for 1 to 29 days; none for who has too many.
pub fn ordre(
    catalogue: &Catalogue,
    economie: &Economie,
    (id, pseudo, joueur): (JoueurId, Pseudo, &Joueur),
    cote: TypeOrdre,
    (ordre, item, quantite): (OrdreId, ItemId, Quantite),
    hasard: &mut Hasard,
) -> Option<PlacerOrdre> {
    let valeur = catalogue.item(item)?.presentation.valeur_or;
    let cours = cours(economie, valeur);
    let prix = limite(economie, id, cote, cours, hasard);
    let duree_s = hasard.between(1, 29) * 24 * 3_600;
    let libre = joueur.ordres().len() < ORDRES_MAX;
    libre.then_some(PlacerOrdre { ordre, joueur: id, pseudo, item, quantite, prix, duree_s })
}

/// How many of what can be given away are offered: half of them or more.
pub fn part(libres: Quantite, hasard: &mut Hasard) -> Quantite {
    let libres = u32::from(libres.get());
    bornes::quantite(hasard.between(libres.div_ceil(2), libres))
}

/// How many pieces are asked for.
pub fn envie(hasard: &mut Hasard) -> Quantite {
    bornes::quantite(hasard.between(1, 40))
}

/// A material that is always of use.
pub fn materiau(catalogue: &Catalogue, hasard: &mut Hasard) -> Option<ItemId> {
    let items = catalogue.items().iter();
    let materiaux = items.filter(|it| it.proprietes.type_item == TypeItem::Materiau);
    let materiaux: Vec<&WorldItem> = materiaux.step_by(10).collect();
    hasard.pick(&materiaux).map(|item| item.id)
}

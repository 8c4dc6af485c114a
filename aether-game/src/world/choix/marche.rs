//! What to ask or to pay for a piece on the market.

use crate::economie::{Economie, Ordre, TypeOrdre};
use crate::values::{JoueurId, Or, Prix, Quantite};
use crate::world::bornes;
use crate::world::hasard::Hasard;

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

/// How many pieces a purse can pay, of those that are wanted.
#[must_use]
pub fn payables(bourse: Or, prix: Prix, voulus: Quantite) -> Option<Quantite> {
    let payables = bourse.get() / prix.get();
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

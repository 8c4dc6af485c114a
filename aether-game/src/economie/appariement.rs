//! Matching: whom an arriving order trades with. A pure function.
//!
//! Price-time priority, as exchanges have it: the best price first, among equal prices the oldest order. Each trade is made at the
//! price of the order that was there. A player's own orders are passed over, so two of them may stand across each other; both
//! still trade with everybody else. Orders whose time is over are passed over as well, until their timer closes them.

use chrono::{DateTime, Utc};

use super::mots::TypeOrdre;
use super::ordre::Ordre;
use crate::values::{JoueurId, Prix, Quantite};

/// An order that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entrant {
    /// Whose it is.
    pub joueur_id: JoueurId,
    /// Its side.
    pub type_ordre: TypeOrdre,
    /// Its limit for a piece.
    pub prix: Prix,
    /// For how many pieces.
    pub quantite: Quantite,
    /// When.
    pub maintenant: DateTime<Utc>,
}

/// A trade of an arriving order with one that was there, at that one's price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rencontre<'a> {
    /// The order that was there.
    pub ordre: &'a Ordre,
    /// How many pieces change hands.
    pub quantite: Quantite,
    /// How many the order that was there is still for; none when that was all.
    pub reste: Option<Quantite>,
    /// How many the arriving order is still for; none when that was all.
    pub reste_entrant: Option<Quantite>,
}

/// The trades of an order with the other side, which comes best price first, then oldest first.
///
/// It looks at each order at most once, and stops at the first price that does not meet the limit.
#[must_use]
pub fn apparier<'a>(
    entrant: &Entrant,
    contre: impl IntoIterator<Item = &'a Ordre>,
) -> Vec<Rencontre<'a>> {
    let mut rencontres = Vec::new();
    let mut reste = Some(entrant.quantite);
    for ordre in contre.into_iter().take_while(|ordre| ordre.croise(entrant.prix)) {
        let Some(voulu) = reste else { break };
        if ordre.joueur_id == entrant.joueur_id || ordre.expire_a <= entrant.maintenant {
            continue;
        }
        let quantite = voulu.min(ordre.reste);
        reste = voulu.moins(quantite);
        rencontres.push(Rencontre {
            ordre,
            quantite,
            reste: ordre.reste.moins(quantite),
            reste_entrant: reste,
        });
    }
    rencontres
}

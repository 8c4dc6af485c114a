//! The ledger: what was created, less what was destroyed, is somewhere. For gold, and for each item of the catalogue.
//!
//! ```text
//! created − destroyed = held + in orders + owed + in parcels
//! ```
//!
//! *Held* is in purses, and in bags with what is worn and what is set aside for combats. *In orders* is what open orders hold back.
//! *Owed* is what trades have matched and not handed over yet.
//!
//! [`Livre::du_journal`] folds both sides from the log. Every event of a purse, a bag and a book is an entry. What leaves one place for another is
//! on its way between the two entries of one append, and nothing is on its way at rest: so a fault tells at which passage gold or
//! goods were lost or made. [`queries::livre`](crate::queries::livre) reads both sides from the read models, and [`Livre::ecarts`] compares the two.

mod compte;
mod ecritures;
mod journal;

pub use compte::{Compte, Lieux, Passage};
pub use journal::EvenementDuLivre;

use std::collections::BTreeMap;

use self::compte::{ecarts, fautes};

use crate::values::{ItemId, RaisonItem, RaisonOr};

/// Both sides of the equation, for gold and for each item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Livre {
    /// Gold, in coins.
    pub or: Compte<RaisonOr>,
    /// Items, in pieces.
    pub items: BTreeMap<ItemId, Compte<RaisonItem>>,
}

/// A fault: an entry that two ledgers disagree about, or a sum that does not balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ecart {
    /// The item; none for gold.
    pub item: Option<ItemId>,
    /// The entry.
    pub cause: String,
    /// What is expected there: in a comparison, what the log says.
    pub attendu: i128,
    /// What is found there.
    pub trouve: i128,
}

impl Livre {
    /// The faults within: what does not balance, and each passage on which something was lost or made.
    #[must_use]
    pub fn fautes(&self) -> Vec<Ecart> {
        let of_items = self.items.iter().flat_map(|(item, compte)| fautes(Some(*item), compte));
        fautes(None, &self.or).chain(of_items).collect()
    }

    /// What another ledger says otherwise, entry by entry: this one is what is expected.
    #[must_use]
    pub fn ecarts(&self, autre: &Self) -> Vec<Ecart> {
        let mut ecarts: Vec<_> = ecarts(None, &self.or, &autre.or).collect();
        let vide = Compte::default();
        let of_items = |livre: &'_ Self, item| livre.items.get(item).unwrap_or(&vide).clone();
        let mut items: Vec<_> = self.items.keys().chain(autre.items.keys()).collect();
        items.sort_unstable();
        items.dedup();
        for item in items {
            let (attendu, trouve) = (of_items(self, item), of_items(autre, item));
            ecarts.extend(self::ecarts(Some(*item), &attendu, &trouve));
        }
        ecarts
    }
}

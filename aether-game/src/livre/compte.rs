//! The account of one thing: gold, or one item.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::Ecart;
use crate::values::{Flux, ItemId};

/// What was created and destroyed of one thing, and where the rest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compte<R> {
    /// Created, by reason.
    pub crees: BTreeMap<R, i128>,
    /// Destroyed, by reason.
    pub detruits: BTreeMap<R, i128>,
    /// Where the rest is.
    pub lieux: Lieux,
    /// What has left one place and not reached another: nothing, between two appends.
    pub en_chemin: BTreeMap<Passage, i128>,
}

/// Where a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lieux {
    /// In purses or bags.
    pub detenu: i128,
    /// Held back by open orders.
    pub ordres: i128,
    /// Matched in trades that are not settled.
    pub du: i128,
    /// In parcels.
    pub colis: i128,
}

/// A way from one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passage {
    /// Into an order.
    VersLOrdre,
    /// Out of the book: settled, given back, or into a parcel.
    DuCarnet,
    /// Out of a parcel.
    DuColis,
    /// From one player to another.
    Echange,
}

impl Passage {
    const fn nom(self) -> &'static str {
        match self {
            Self::VersLOrdre => "on its way into orders",
            Self::DuCarnet => "on its way out of the book",
            Self::DuColis => "on its way out of parcels",
            Self::Echange => "on its way between players",
        }
    }
}

impl Lieux {
    /// Everything that is somewhere.
    #[must_use]
    pub const fn total(&self) -> i128 {
        self.detenu + self.ordres + self.du + self.colis
    }

    const fn nommes(&self) -> [(&'static str, i128); 4] {
        [
            ("held", self.detenu),
            ("in orders", self.ordres),
            ("owed", self.du),
            ("in parcels", self.colis),
        ]
    }
}

impl<R> Default for Compte<R> {
    fn default() -> Self {
        Self {
            crees: BTreeMap::new(),
            detruits: BTreeMap::new(),
            lieux: Lieux::default(),
            en_chemin: BTreeMap::new(),
        }
    }
}

impl<R> Compte<R> {
    /// Created, for all reasons.
    #[must_use]
    pub fn total_cree(&self) -> i128 {
        self.crees.values().sum()
    }

    /// Destroyed, for all reasons.
    #[must_use]
    pub fn total_detruit(&self) -> i128 {
        self.detruits.values().sum()
    }

    /// Created less destroyed.
    #[must_use]
    pub fn emis(&self) -> i128 {
        self.total_cree() - self.total_detruit()
    }

    /// What is somewhere beyond what was created and not destroyed: 0 in a whole game.
    #[must_use]
    pub fn difference(&self) -> i128 {
        self.lieux.total() - self.emis()
    }
}

impl<R: Ord + Copy> Compte<R> {
    /// What a purse or bag holds changes for a reason: something is created, destroyed, or on its way.
    pub(super) fn detient(
        &mut self,
        change: i128,
        raison: R,
        flux: Flux,
        passage: Option<Passage>,
    ) {
        self.lieux.detenu += change;
        match flux {
            Flux::Source => *self.crees.entry(raison).or_default() += change,
            Flux::Puits => *self.detruits.entry(raison).or_default() -= change,
            Flux::Mouvement => self.chemine(passage, -change),
        }
    }

    pub(super) fn cree(&mut self, raison: R, combien: i128) {
        *self.crees.entry(raison).or_default() += combien;
    }

    pub(super) fn detruit(&mut self, raison: R, combien: i128) {
        *self.detruits.entry(raison).or_default() += combien;
    }

    /// So much more is on its way. Movements that name no passage stay within a bag.
    pub(super) fn chemine(&mut self, passage: Option<Passage>, combien: i128) {
        if let Some(passage) = passage {
            *self.en_chemin.entry(passage).or_default() += combien;
        }
    }
}

/// What does not balance in an account.
pub(super) fn fautes<R>(item: Option<ItemId>, compte: &Compte<R>) -> impl Iterator<Item = Ecart> {
    let total = ("created less destroyed", compte.emis(), compte.lieux.total());
    let ways = compte.en_chemin.iter().map(|(passage, somme)| (passage.nom(), 0, *somme));
    let places = compte.lieux.nommes().into_iter().filter(|(_, somme)| *somme < 0);
    let negative = places.map(|(place, somme)| (place, 0, somme));
    let all = std::iter::once(total).chain(ways).chain(negative);
    let unequal = all.filter(|(_, attendu, trouve)| attendu != trouve);
    let ecart = move |(cause, attendu, trouve): (&str, _, _)| Ecart {
        item,
        cause: cause.to_owned(),
        attendu,
        trouve,
    };
    unequal.map(ecart).collect::<Vec<_>>().into_iter()
}

/// Where two accounts of one thing differ.
pub(super) fn ecarts<R: Ord + Copy + Display>(
    item: Option<ItemId>,
    attendu: &Compte<R>,
    trouve: &Compte<R>,
) -> impl Iterator<Item = Ecart> {
    let mut entries = BTreeMap::<String, (i128, i128)>::new();
    for (side, of) in [(0, attendu), (1, trouve)] {
        let sums = [("created", &of.crees), ("destroyed", &of.detruits)];
        let sums = sums.into_iter().flat_map(|(what, sums)| {
            sums.iter().map(move |(raison, somme)| (format!("{what}, {raison}"), *somme))
        });
        let places = of.lieux.nommes().map(|(place, somme)| (place.to_owned(), somme));
        for (cause, somme) in sums.chain(places) {
            let entry = entries.entry(cause).or_default();
            *(if side == 0 { &mut entry.0 } else { &mut entry.1 }) += somme;
        }
    }
    let unequal = entries.into_iter().filter(|(_, (attendu, trouve))| attendu != trouve);
    unequal.map(move |(cause, (attendu, trouve))| Ecart { item, cause, attendu, trouve })
}

//! What is to happen, and when: the earliest first, and what is due at the same time in the order in which it was planned.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, TimeDelta, Utc};

use super::vie::Qui;
use crate::values::{CombatId, EvenementId, ItemId, JoueurId, OffreId, OrdreId, QueteId};

/// Something that is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tache {
    /// The player with this number comes.
    Naitre { numero: u32 },
    /// Somebody who has only reserved the name of that player gives it up, or does not come back.
    Hesiter { numero: u32, joueur: JoueurId, renonce: bool },
    /// A player lives on, unless something else was planned for him since.
    Vivre { vie: usize, jeton: u32 },
    /// The next turn of a combat is played.
    Jouer { combat: CombatId },
    /// What the book of an item owes is handed over.
    Regler { item: ItemId },
    /// The time of an order is over.
    Expirer { item: ItemId, ordre: OrdreId },
    /// The time of an attempt at a quest is over.
    Echeance { qui: Qui, quete: QueteId, tentative: u32 },
    /// An offer is accepted, changed or taken back.
    Conclure { de: Qui, a: Qui, offre: OffreId },
    /// The time of a world event is over.
    Clore { evenement: EvenementId },
    /// The world itself is looked after.
    Veiller,
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Agenda {
    maintenant: DateTime<Utc>,
    taches: BinaryHeap<Reverse<(DateTime<Utc>, u64, Tache)>>,
    inscrites: u64,
}

impl Agenda {
    pub(super) const fn new(maintenant: DateTime<Utc>) -> Self {
        Self { maintenant, taches: BinaryHeap::new(), inscrites: 0 }
    }

    /// The time of what happens.
    pub(super) const fn maintenant(&self) -> DateTime<Utc> {
        self.maintenant
    }

    /// Plans something for later.
    pub(super) fn inscrit(&mut self, dans: TimeDelta, tache: Tache) {
        let quand = self.maintenant.checked_add_signed(dans).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.inscrit_a(quand, tache);
    }

    /// Plans something for a time; what is over happens now.
    pub(super) fn inscrit_a(&mut self, quand: DateTime<Utc>, tache: Tache) {
        self.taches.push(Reverse((quand.max(self.maintenant), self.inscrites, tache)));
        self.inscrites += 1;
    }

    /// What happens next; its time has come.
    pub(super) fn suivante(&mut self) -> Option<Tache> {
        let Reverse((quand, _, tache)) = self.taches.pop()?;
        self.maintenant = quand;
        Some(tache)
    }
}

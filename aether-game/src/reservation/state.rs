//! Who holds a name.

use aether_core::Shape;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::values::JoueurId;

/// The state of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Reservation {
    /// The key of the name; none before the first event.
    pub(super) cle: Option<String>,
    pub(super) tenue: Option<Tenue>,
}

/// Who holds a name, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Tenue {
    /// The name as it was accepted.
    pub nom: String,
    /// The holder.
    pub joueur: JoueurId,
    /// Until when it is reserved; none if it is the name of a player.
    pub expire_a: Option<DateTime<Utc>>,
}

impl Reservation {
    /// How long a name is kept for somebody who signs up.
    pub const DUREE: TimeDelta = TimeDelta::days(30);

    /// Who holds the name. A reservation that is over still counts here, until it is freed or somebody else takes the name.
    #[must_use]
    pub const fn tenue(&self) -> Option<&Tenue> {
        self.tenue.as_ref()
    }
}

impl Tenue {
    /// Whether the reservation is over.
    #[must_use]
    pub fn est_expiree(&self, maintenant: DateTime<Utc>) -> bool {
        self.expire_a.is_some_and(|expire_a| expire_a <= maintenant)
    }
}

//! What happens to a name.

use aether_core::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::values::{JoueurId, mots};

mots! {
    /// Why a name is free again.
    RaisonLiberation {
        /// The reservation was over.
        Expiree = "EXPIREE",
        /// It was given up.
        Renoncee = "RENONCEE",
    }
}

/// The events of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ReservationEvent {
    /// The name is kept for somebody.
    NomReserve {
        /// As it was accepted.
        nom: String,
        /// Its key.
        cle: String,
        /// For whom.
        joueur_id: JoueurId,
        /// When.
        reserve_a: DateTime<Utc>,
        /// Until when, if no player is created.
        expire_a: DateTime<Utc>,
    },
    /// The name is that of a player.
    NomAttribue {
        /// As it was accepted.
        nom: String,
        /// Its key.
        cle: String,
        /// Whose.
        joueur_id: JoueurId,
        /// When.
        attribue_a: DateTime<Utc>,
    },
    /// The name is free again.
    NomLibere {
        /// As it was accepted.
        nom: String,
        /// Its key.
        cle: String,
        /// For whom it was.
        joueur_id: JoueurId,
        /// Why.
        raison: RaisonLiberation,
        /// When.
        libere_a: DateTime<Utc>,
    },
}

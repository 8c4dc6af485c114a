//! The words of the bag, and what its events say again and again.

use std::collections::BTreeMap;

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use crate::joueur::Stats;
use crate::values::{
    ColisId, CombatId, EvenementId, Intervention, Nom, OrdreId, PnjId, Poids, QueteId,
    TransactionId, mots,
};

mots! {
    /// Which side of an exchange a bag is on.
    Sens {
        /// It gives.
        Cede = "CEDE",
        /// It receives.
        Recu = "RECU",
    }

    /// Why a piece is taken off.
    MotifRetrait {
        /// Its bearer wants it.
        Choix = "CHOIX",
        /// Another piece takes its place.
        Remplacement = "REMPLACEMENT",
        /// It is worn out.
        Usure = "USURE",
    }

    /// Why a bag holds more or less from now on.
    RaisonCapacite {
        /// It was bought.
        Achat = "ACHAT",
        /// A quest or an event granted it.
        Recompense = "RECOMPENSE",
        /// An operator changed it.
        Operateur = "OPERATEUR",
    }
}

/// What a movement of items belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(tag = "type", content = "id", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reference {
    /// An order on the market.
    Ordre(OrdreId),
    /// A trade or an exchange.
    Transaction(TransactionId),
    /// A parcel.
    Colis(ColisId),
    /// A combat.
    Combat(CombatId),
    /// A quest.
    Quete(QueteId),
    /// An event of the world.
    Evenement(EvenementId),
    /// A character.
    Pnj(PnjId),
    /// The act of an operator.
    Intervention(Intervention),
}

/// What a bag carries, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// Its weight before.
    pub poids_avant: Poids,
    /// Its weight after.
    pub poids_apres: Poids,
    /// How many of its slots were taken before.
    pub slots_avant: u16,
    /// How many of its slots are taken after.
    pub slots_apres: u16,
}

/// What is worn, in sums.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Tenue {
    /// The attack of all that is worn.
    pub attaque: u32,
    /// The defence of all that is worn.
    pub defense: u32,
    /// What all of it adds to its bearer.
    pub stats: Stats,
    /// How many pieces of each set are worn.
    pub ensembles: BTreeMap<Nom, u8>,
}

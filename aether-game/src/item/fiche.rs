//! What the catalogue says of an item, and the sheet that goes with it into a bag.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::vocabulaire::{Famille, Rarete, TypeItem, TypeSlot};
use crate::combat::{Ciblage, Pouvoir};
use crate::joueur::Stats;
use crate::values::{Description, ItemId, Niveau, Nom, Or, Poids, Quantite, Stat};

/// How an item is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Presentation {
    /// Its name.
    pub nom: Nom,
    /// Its description.
    pub description: Description,
    /// How rare it is.
    pub rarete: Rarete,
    /// What a character pays or asks for it.
    pub valeur_or: Or,
    /// Where its picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icone_url: Option<Nom>,
}

/// What an item is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Proprietes {
    /// Its kind.
    pub type_item: TypeItem,
    /// From which level on it can be used or worn.
    pub niveau_requis: Niveau,
    /// What one of it weighs.
    pub poids: Poids,
    /// Whether it lies in stacks or is worn piece by piece.
    pub rangement: Rangement,
    /// Whether it can be sold or exchanged.
    pub echangeable: bool,
    /// Whether it can be thrown away.
    pub destructible: bool,
    /// What it does when it is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What it is made of. Empty: it cannot be made.
    #[serde(default)]
    pub recette: Vec<Ingredient>,
}

/// How an item lies in a bag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rangement {
    /// In stacks.
    Pile {
        /// How many a stack holds at most.
        max: Quantite,
    },
    /// Piece by piece.
    Piece(NaturePiece),
}

/// What a piece of equipment is when it is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct NaturePiece {
    /// Where it is worn.
    pub famille: Famille,
    /// Its attack.
    pub attaque: Stat,
    /// Its defence.
    pub defense: Stat,
    /// What it adds to its bearer.
    pub stats: Stats,
    /// How much use it stands, from 1.
    pub durabilite_max: Quantite,
    /// What the repair of one point costs.
    pub cout_reparation: Or,
    /// The set that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ensemble: Option<Nom>,
}

/// What an item does when it is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Whom it is used on.
    pub ciblage: Ciblage,
    /// How far it reaches, in steps.
    pub portee: u32,
    /// What it does to each target, in order.
    pub pouvoirs: Vec<Pouvoir>,
}

/// A part of a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Ingredient {
    /// Which item.
    pub item_id: ItemId,
    /// How many of it.
    pub quantite: Quantite,
}

/// The sheet of an item: what a bag has to know of it. It goes with the item from bag to bag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct FicheItem {
    /// The item.
    pub item_id: ItemId,
    /// Its kind.
    pub type_item: TypeItem,
    /// From which level on it can be used or worn.
    pub niveau_requis: Niveau,
    /// What one of it weighs.
    pub poids: Poids,
    /// Whether it lies in stacks or is worn piece by piece.
    pub rangement: Rangement,
    /// Whether it can be sold or exchanged.
    pub echangeable: bool,
    /// Whether it can be thrown away.
    pub destructible: bool,
}

impl Rangement {
    /// Where it is worn; none if it lies in stacks.
    #[must_use]
    pub fn famille(&self) -> Option<Famille> {
        match self {
            Self::Pile { .. } => None,
            Self::Piece(nature) => Some(nature.famille),
        }
    }
}

impl Proprietes {
    /// The sheet of the item with this id.
    #[must_use]
    pub fn fiche(&self, item_id: ItemId) -> FicheItem {
        FicheItem {
            item_id,
            type_item: self.type_item,
            niveau_requis: self.niveau_requis,
            poids: self.poids,
            rangement: self.rangement.clone(),
            echangeable: self.echangeable,
            destructible: self.destructible,
        }
    }
}

impl FicheItem {
    /// How many lie in one slot at most: one, if it is worn.
    #[must_use]
    pub const fn par_slot(&self) -> Quantite {
        match self.rangement {
            Rangement::Pile { max } => max,
            Rangement::Piece(_) => Quantite::MIN,
        }
    }

    /// What it is as equipment; none if it lies in stacks.
    #[must_use]
    pub const fn piece(&self) -> Option<&NaturePiece> {
        match &self.rangement {
            Rangement::Pile { .. } => None,
            Rangement::Piece(nature) => Some(nature),
        }
    }

    /// The kind of slot that it lies in.
    #[must_use]
    pub const fn type_slot(&self) -> TypeSlot {
        self.type_item.slot()
    }
}

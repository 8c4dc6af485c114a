//! Rows of the catalogue.

use serde::{Deserialize, Serialize};

use crate::item::{Ingredient, NaturePiece, Rarete, TypeItem, Usage};
use crate::read_models::row::Row;
use crate::values::{Description, ItemId, Niveau, Nom, Or, Poids, Quantite};

/// A row of `items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The item.
    pub item_id: ItemId,
    /// Its name.
    pub nom: Nom,
    /// Its description.
    pub description: Description,
    /// Its kind.
    pub type_item: TypeItem,
    /// How rare it is.
    pub rarete: Rarete,
    /// From which level on it can be used or worn.
    pub niveau_requis: Niveau,
    /// What it is when it is new, if it is worn.
    pub stats: Option<NaturePiece>,
    /// What it does, if it is used up.
    pub effets: Option<Usage>,
    /// What a character pays or asks for it.
    pub valeur_or: Or,
    /// What one of it weighs.
    pub poids: Poids,
    /// Whether it lies in stacks.
    pub empilable: bool,
    /// How many lie in one slot at most.
    pub stack_max: Quantite,
    /// Whether it can be sold or exchanged.
    pub echangeable: bool,
    /// Whether it can be thrown away.
    pub destructible: bool,
    /// Where its picture is.
    pub icone_url: Option<Nom>,
    /// What it is made of. Empty: it cannot be made.
    pub recette_craft: Vec<Ingredient>,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// Whether it was withdrawn.
    pub retire: bool,
}

impl Row for Item {
    const TABLE: &'static str = "items";

    type Key = ItemId;

    fn key(&self) -> ItemId {
        self.item_id
    }
}

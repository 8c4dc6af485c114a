//! What the catalogue remembers of an item.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::fiche::{FicheItem, Presentation, Proprietes, Usage};
use super::refus::ItemRefus;
use crate::combat::Objet;

/// An item of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Item {
    /// What is known of it; none before it was created.
    pub(super) definition: Option<Definition>,
    pub(super) detruit: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub(super) struct Definition {
    pub(super) presentation: Presentation,
    pub(super) proprietes: Proprietes,
}

impl Item {
    /// Most powers of an item that is used up.
    pub const POUVOIRS_MAX: usize = 5;
    /// Most ingredients of a recipe.
    pub const INGREDIENTS_MAX: usize = 20;
    /// How far an item reaches at most, in steps.
    pub const PORTEE_MAX: u32 = 99;
    /// For how many turns an effect lasts at most.
    pub const DUREE_MAX: u8 = 20;

    /// How it is shown.
    #[must_use]
    pub fn presentation(&self) -> Option<&Presentation> {
        self.definition.as_ref().map(|it| &it.presentation)
    }

    /// What it is and can do.
    #[must_use]
    pub fn proprietes(&self) -> Option<&Proprietes> {
        self.definition.as_ref().map(|it| &it.proprietes)
    }

    /// Whether it was withdrawn.
    #[must_use]
    pub const fn est_detruit(&self) -> bool {
        self.detruit
    }

    /// Checks that a sheet is the one of the catalogue, and that the item can still be had: a condition of each unit that brings a
    /// sheet into a bag from outside of the game.
    ///
    /// ```
    /// # use aether_core::{Context, Engine, command::Atomic};
    /// # use aether_game::item::{FicheItem, Item};
    /// fn with_its_sheet(unit: Atomic, fiche: FicheItem) -> Atomic {
    ///     unit.provided(fiche.item_id, move |item: &Item| item.verifie(&fiche))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such item, it was withdrawn, or its sheet is another one.
    pub fn verifie(&self, fiche: &FicheItem) -> Result<(), ItemRefus> {
        self.en_catalogue()?;
        self.reconnait(fiche)
    }

    /// Checks that a sheet is the one of the catalogue, be the item withdrawn or not: a condition of units that bring what is in the
    /// game already into a bag.
    ///
    /// # Errors
    ///
    /// There is no such item, or its sheet is another one.
    pub fn reconnait(&self, fiche: &FicheItem) -> Result<(), ItemRefus> {
        let definition = self.definition.as_ref().ok_or(ItemRefus::Inconnu)?;
        match definition.proprietes.fiche(fiche.item_id) == *fiche {
            true => Ok(()),
            false => Err(ItemRefus::FicheDepassee { item_id: fiche.item_id }),
        }
    }

    /// Checks that what somebody brings into a combat does what the catalogue says.
    ///
    /// # Errors
    ///
    /// There is no such item, or it does something else.
    pub fn verifie_objet(&self, objet: &Objet) -> Result<(), ItemRefus> {
        let definition = self.definition.as_ref().ok_or(ItemRefus::Inconnu)?;
        let meme = |usage: &Usage| {
            (usage.ciblage, usage.portee) == (objet.ciblage, objet.portee)
                && usage.pouvoirs == objet.pouvoirs
        };
        match definition.proprietes.usage.as_ref().is_some_and(meme) {
            true => Ok(()),
            false => Err(ItemRefus::UsageDepasse { item_id: objet.item_id }),
        }
    }

    /// What is known of it, if it is in the catalogue.
    pub(super) fn en_catalogue(&self) -> Result<&Definition, ItemRefus> {
        match &self.definition {
            None => Err(ItemRefus::Inconnu),
            Some(_) if self.detruit => Err(ItemRefus::Detruit),
            Some(definition) => Ok(definition),
        }
    }
}

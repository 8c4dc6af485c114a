//! What a character remembers, and what can be read from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::fiche::{Article, DialogueId, DialoguePnj, FichePnj};
use super::reputation::Reputation;
use crate::values::{ItemId, JoueurId};

/// A character.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Pnj {
    /// What it was created with; none before.
    pub(super) fiche: Option<Arc<FichePnj>>,
    /// How many pieces there are of each article that is limited.
    pub(super) stocks: BTreeMap<ItemId, u32>,
    /// How it likes players, without those whom it likes as it likes strangers. Shared between copies: it can be large.
    pub(super) reputations: Arc<BTreeMap<JoueurId, Reputation>>,
    pub(super) mort: bool,
}

impl Pnj {
    /// Most players of whom it has an opinion.
    pub const JOUEURS_MAX: usize = 10_000;
    /// How much it must like a player to trade.
    pub const REPUTATION_COMMERCE: i16 = -500;

    /// What it was created with.
    #[must_use]
    pub fn fiche(&self) -> Option<&FichePnj> {
        self.fiche.as_deref()
    }

    /// Whether it is dead.
    #[must_use]
    pub const fn est_mort(&self) -> bool {
        self.mort
    }

    /// How it likes a player.
    #[must_use]
    pub fn reputation(&self, joueur: JoueurId) -> Reputation {
        self.reputations.get(&joueur).copied().unwrap_or_default()
    }

    /// Of how many players it has an opinion.
    #[must_use]
    pub fn nombre_de_reputations(&self) -> usize {
        self.reputations.len()
    }

    /// What it sells, with what there is now.
    pub fn articles(&self) -> impl Iterator<Item = Article> {
        let articles = self.fiche().into_iter().flat_map(|fiche| &fiche.articles);
        articles.map(|it| Article { stock: self.stocks.get(&it.item_id).copied(), ..*it })
    }

    /// An article, with what there is now.
    #[must_use]
    pub fn article(&self, item: ItemId) -> Option<Article> {
        self.articles().find(|it| it.item_id == item)
    }

    pub(super) fn dialogue(&self, id: DialogueId) -> Option<&DialoguePnj> {
        self.fiche()?.dialogues.iter().find(|it| it.dialogue_id == id)
    }
}

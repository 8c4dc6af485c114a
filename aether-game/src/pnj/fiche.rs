//! What a character is: all that its creation says.

use aether_core::{Shape, id};
use serde::{Deserialize, Serialize};

use super::mots::TypePnj;
use super::reputation::Reputation;
use crate::values::{Description, ItemId, Niveau, Nom, PnjId, Prix, ZoneId};

id! {
    /// Something that a character has to say.
    pub struct DialogueId;
}

/// A character as it is created. [`Pnj`](super::Pnj) checks what its types leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct FichePnj {
    /// Its id, which is that of its stream.
    pub pnj_id: PnjId,
    /// Its name.
    pub nom: Nom,
    /// What it is for.
    pub type_pnj: TypePnj,
    /// Its level.
    pub niveau: Niveau,
    /// Where it stands.
    pub zone_id: ZoneId,
    /// What it has to say, at most [`DIALOGUES_MAX`](Self::DIALOGUES_MAX).
    pub dialogues: Vec<DialoguePnj>,
    /// What it sells, at most [`ARTICLES_MAX`](Self::ARTICLES_MAX). Nothing: it has no shop.
    pub articles: Vec<Article>,
}

impl FichePnj {
    /// Most dialogues of a character.
    pub const DIALOGUES_MAX: usize = 50;
    /// Most articles of a shop.
    pub const ARTICLES_MAX: usize = 100;
}

/// Something that a character has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct DialoguePnj {
    /// Its id.
    pub dialogue_id: DialogueId,
    /// The text.
    pub texte: Description,
    /// How much it must like a player to say it.
    pub reputation_min: Reputation,
}

/// Something that a character sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Article {
    /// Which item.
    pub item_id: ItemId,
    /// What it asks for a piece.
    pub prix: Prix,
    /// What it pays for a piece, never more than it asks. None: it buys none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prix_rachat: Option<Prix>,
    /// How many there are, at most [`STOCK_MAX`](Self::STOCK_MAX). None: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<u32>,
}

impl Article {
    /// Most pieces of an article.
    pub const STOCK_MAX: u32 = 1_000_000;
}

//! What a quest is: all that its definition says.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::ids::CibleId;
use super::mots::{FrequenceRepetition, MomentDialogue, TypeObjectif, TypeQuete};
use crate::values::{
    Description, Experience, ItemId, Niveau, Nom, ObjectifId, Or, PnjId, Quantite, QueteId, ZoneId,
};

/// The definition of a quest. [`Quete`](super::Quete) checks what its types leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct FicheQuete {
    /// Its id, which is that of its stream.
    pub quete_id: QueteId,
    /// Its name.
    pub nom: Nom,
    /// What it is about.
    pub description: Description,
    /// Its kind.
    pub type_quete: TypeQuete,
    /// The least level at which it can be accepted.
    pub niveau_requis: Niveau,
    /// The level that it is meant for, not below the least one.
    pub niveau_recommande: Niveau,
    /// What must be done before.
    pub pre_requis: PreRequis,
    /// What it asks for: 1 to [`OBJECTIFS_MAX`](Self::OBJECTIFS_MAX).
    pub objectifs: Vec<Objectif>,
    /// What it pays.
    pub recompenses: RecompensesQuete,
    /// Where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_depart: Option<ZoneId>,
    /// Who offers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pnj_donneur: Option<PnjId>,
    /// How long an attempt may take, in minutes, 1 to [`DUREE_LIMITE_MAX`](Self::DUREE_LIMITE_MAX). None: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duree_limite_minutes: Option<u32>,
    /// Whether it can be accepted again once it was finished.
    pub repete: bool,
    /// How often at most. None: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequence_repetition: Option<FrequenceRepetition>,
    /// What is said.
    pub dialogues: Vec<DialogueQuete>,
}

impl FicheQuete {
    /// Most objectives of a quest.
    pub const OBJECTIFS_MAX: usize = 10;
    /// The most that all objectives of a quest ask for together.
    pub const REQUIS_TOTAL_MAX: u32 = 10_000;
    /// Most quests that must be finished before.
    pub const PRE_REQUIS_MAX: usize = 10;
    /// Most kinds of items that a quest pays.
    pub const ITEMS_MAX: usize = 10;
    /// Most texts of a quest.
    pub const DIALOGUES_MAX: usize = 50;
    /// The longest time limit: a year, in minutes.
    pub const DUREE_LIMITE_MAX: u32 = 525_600;
}

/// What must be done before a quest is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct PreRequis {
    /// Quests that the player has finished, at most [`FicheQuete::PRE_REQUIS_MAX`].
    pub quetes: Vec<QueteId>,
}

/// One thing that a quest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Objectif {
    /// Its id.
    pub id: ObjectifId,
    /// What is to be done.
    #[serde(rename = "type")]
    pub type_objectif: TypeObjectif,
    /// To what or whom.
    pub cible: CibleId,
    /// How often, or how many pieces.
    pub requis: Quantite,
    /// Its stage: an objective is open once all objectives of lower stages are complete.
    pub ordre: u8,
}

/// What a quest pays, once for each attempt that is finished.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct RecompensesQuete {
    /// Experience.
    pub experience: Experience,
    /// Gold.
    pub or: Or,
    /// Items, each once.
    pub items: Vec<ItemOffert>,
}

impl RecompensesQuete {
    /// Whether there is nothing to pay.
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.experience == Experience::ZERO && self.or == Or::ZERO && self.items.is_empty()
    }
}

/// Pieces of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemOffert {
    /// Which.
    pub item_id: ItemId,
    /// How many.
    pub quantite: Quantite,
}

/// Something that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct DialogueQuete {
    /// When.
    pub moment: MomentDialogue,
    /// What.
    pub texte: Description,
}

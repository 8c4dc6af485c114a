//! Who fights, and what they bring: the sheets that a combat starts with and never changes.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::ids::{CompetenceId, EntiteId, ItemId, ParticipantId};
use super::mots::{Camp, Ciblage, ConditionVictoire, TypeDegats, TypeEffet, TypeEntite};

/// A participant as it enters the combat. Limits are checked when the combat starts, see
/// [`Combat`](super::Combat).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Its id, made for this combat.
    pub participant_id: ParticipantId,
    /// Who it is outside.
    pub entite_id: EntiteId,
    /// What kind of being.
    pub type_entite: TypeEntite,
    /// Its side.
    pub camp: Camp,
    /// Its name, 1 to 100 characters.
    pub nom: String,
    /// Its level, from 1.
    pub niveau: u32,
    /// Who goes first: higher before lower; equal ones by dexterity, then in the order of the list.
    pub initiative: i32,
    /// Where it stands, `0..=99`.
    pub position: u32,
    /// Hit points on entering, `1..=hp_max`.
    pub hp: u32,
    /// Most hit points, from 1.
    pub hp_max: u32,
    /// Mana on entering, `0..=mp_max`.
    pub mp: u32,
    /// Most mana.
    pub mp_max: u32,
    /// Stamina on entering, `0..=stamina_max`.
    pub stamina: u32,
    /// Most stamina.
    pub stamina_max: u32,
    /// Its stats.
    pub stats: StatsCombat,
    /// What it resists.
    #[serde(default)]
    pub resistances: Resistances,
    /// The skills it may use.
    #[serde(default)]
    pub competences: Vec<Competence>,
    /// The items it may use up.
    #[serde(default)]
    pub objets: Vec<Objet>,
}

/// What a participant fights with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct StatsCombat {
    /// Strength: the raw damage of a blow.
    pub force: u32,
    /// Dexterity: helps to flee, settles equal initiative.
    pub dexterite: u32,
    /// Intelligence: a tenth of it is added to the power of skills.
    pub intelligence: u32,
    /// Armour: taken off raw physical damage.
    pub armure: u32,
    /// Chance of a critical blow in percent, `0..=100`.
    pub critique: u8,
    /// Chance to dodge a blow in percent, `0..=90`.
    pub esquive: u8,
    /// How far a blow reaches, in steps, from 1.
    pub portee: u32,
}

/// Damage kept off, in percent `0..=100` by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase", default)]
pub struct Resistances {
    /// Against weapons.
    pub physique: u8,
    /// Against fire.
    pub feu: u8,
    /// Against water.
    pub eau: u8,
    /// Against earth.
    pub terre: u8,
    /// Against air.
    pub air: u8,
    /// Against light.
    pub lumiere: u8,
    /// Against shadow.
    pub ombre: u8,
}

impl Resistances {
    /// The percentage kept off of this kind of damage.
    #[must_use]
    pub const fn contre(&self, type_degats: TypeDegats) -> u8 {
        match type_degats {
            TypeDegats::Physique => self.physique,
            TypeDegats::Feu => self.feu,
            TypeDegats::Eau => self.eau,
            TypeDegats::Terre => self.terre,
            TypeDegats::Air => self.air,
            TypeDegats::Lumiere => self.lumiere,
            TypeDegats::Ombre => self.ombre,
            TypeDegats::Neutre => 0,
        }
    }
}

/// A skill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Competence {
    /// Its id.
    pub competence_id: CompetenceId,
    /// Its name.
    pub nom: String,
    /// Whom it is used on.
    pub ciblage: Ciblage,
    /// How far it reaches, in steps.
    pub portee: u32,
    /// What it costs.
    pub cout: Cout,
    /// After how many of its owner's turns it can be used again; 0 and 1 both mean in the next.
    pub cooldown_tours: u8,
    /// What it does to each target, in order.
    pub pouvoirs: Vec<Pouvoir>,
}

/// An item that is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Objet {
    /// Its id.
    pub item_id: ItemId,
    /// Its name.
    pub nom: String,
    /// How many there are.
    pub quantite: u32,
    /// Whom it is used on.
    pub ciblage: Ciblage,
    /// How far it reaches, in steps.
    pub portee: u32,
    /// What it does to each target, in order.
    pub pouvoirs: Vec<Pouvoir>,
}

/// What an action costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Cout {
    /// Mana.
    pub mp: u32,
    /// Stamina.
    pub stamina: u32,
}

/// What a skill or an item does to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(tag = "pouvoir", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Pouvoir {
    /// Harms it.
    Degats {
        /// The kind of damage.
        type_degats: TypeDegats,
        /// How much, before anything is added or taken off.
        puissance: u32,
    },
    /// Heals it.
    Soin {
        /// How much.
        puissance: u32,
    },
    /// Lays an effect on it.
    Effet {
        /// Which.
        type_effet: TypeEffet,
        /// Points per turn, or percent, by kind.
        puissance: u32,
        /// For how many of the bearer's turns, `1..=20`.
        duree_tours: u8,
        /// How likely it takes, in percent.
        chance: u8,
    },
    /// Takes every dispellable harmful effect off it.
    Dissipation,
}

/// When the combat ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Conditions {
    /// What beats [`Camp::Adversaires`].
    pub victoire: ConditionVictoire,
    /// What beats [`Camp::Allies`].
    pub defaite: ConditionVictoire,
    /// For how long it may last, in milliseconds.
    pub limite_temps: Option<u32>,
    /// How many turns it may last, `1..=10 000`: who cannot hurt each other does not fight for
    /// ever. Default 1000.
    pub limite_tours: u32,
}

impl Default for Conditions {
    /// Elimination of either side, ten minutes, 1000 turns.
    fn default() -> Self {
        Self {
            victoire: ConditionVictoire::Elimination,
            defaite: ConditionVictoire::Elimination,
            limite_temps: Some(600_000),
            limite_tours: 1000,
        }
    }
}

/// What the players of the winning side share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase", default)]
pub struct Recompenses {
    /// Experience.
    pub experience: u32,
    /// Gold.
    pub or: u32,
    /// Items.
    pub items: Vec<ItemGagne>,
}

/// Items won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemGagne {
    /// Which.
    pub item_id: ItemId,
    /// How many.
    pub quantite: u32,
}

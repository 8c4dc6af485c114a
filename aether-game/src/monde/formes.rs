//! What the events of the world are made of.

use aether_core::Shape;
use aether_core::uuid::Uuid;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mots::TypeEvenement;
use crate::values::{
    EvenementId, Experience, ItemId, JoueurId, Nom, Or, Quantite, RessourceId, ZoneId,
};

/// A world event that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct EvenementDeclenche {
    /// The event.
    pub evenement_id: EvenementId,
    /// Its name.
    pub nom: Nom,
    /// Its kind.
    pub type_evenement: TypeEvenement,
    /// Where; everywhere without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_id: Option<ZoneId>,
    /// What has to be done.
    pub requis: u32,
    /// What each participant is granted if it succeeds.
    pub recompense: RecompenseEvenement,
    /// When it began.
    pub debute_a: DateTime<Utc>,
    /// When its time is over.
    pub fin_a: DateTime<Utc>,
}

/// What each participant of a world event is granted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct RecompenseEvenement {
    /// Experience.
    pub experience: Experience,
    /// Gold.
    pub or: Or,
    /// Items, at most [`Monde::ITEMS_MAX`](super::Monde::ITEMS_MAX).
    pub items: Vec<ItemAccorde>,
}

/// An item that is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ItemAccorde {
    /// The item.
    pub item_id: ItemId,
    /// How many pieces.
    pub quantite: Quantite,
}

/// What a player did for a world event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Contribution {
    /// Who.
    pub joueur_id: JoueurId,
    /// How much.
    pub quantite: u32,
    /// How much together so far.
    pub total: u64,
}

/// What a player did for a world event altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Participation {
    /// Who.
    pub joueur_id: JoueurId,
    /// How much.
    pub total: u64,
}

/// A resource of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Gisement {
    /// Its id.
    pub ressource_id: RessourceId,
    /// The item that one gathers.
    pub item_id: ItemId,
    /// How many pieces there are.
    pub quantite: u32,
    /// How many there can be.
    pub maximum: u32,
    /// How many grow in an hour of the world.
    pub par_heure: u32,
}

/// What a player gathered of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Recolte {
    /// The resource.
    pub ressource_id: RessourceId,
    /// The item.
    pub item_id: ItemId,
    /// How many pieces.
    pub quantite: Quantite,
    /// How many there were.
    pub avant: u32,
    /// How many there are.
    pub apres: u32,
}

/// How much of a resource grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Croissance {
    /// The resource.
    pub ressource_id: RessourceId,
    /// How many pieces there were.
    pub avant: u32,
    /// How many there are.
    pub apres: u32,
    /// How many there can be.
    pub maximum: u32,
}

/// A line of a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct LigneClassement {
    /// From 1; equal scores have equal ranks.
    pub rang: u32,
    /// The player or guild.
    pub id: Uuid,
    /// The name that is shown.
    pub nom: Nom,
    /// The score.
    pub score: u64,
}

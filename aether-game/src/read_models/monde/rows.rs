//! The row of the world.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::monde::{
    EvenementDeclenche, Facteur, Gisement, LigneClassement, Monde, Saison, TypeClassement,
};
use crate::read_models::row::Row;
use crate::values::{
    BossId, CombatId, EvenementId, ItemId, JoueurId, MondeId, Nom, RessourceId, ZoneId,
};

/// The row of `etat_monde`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EtatMonde {
    /// The world.
    pub monde_id: MondeId,
    /// The hour of the day, 0 to 23; none before the clock moved for the first time.
    pub cycle_jour_nuit: Option<u8>,
    /// The season.
    pub saison: Option<Saison>,
    /// The day of the season, 1 to 30.
    pub jour_saison: Option<u8>,
    /// The world events that are on.
    pub evenements_actifs: BTreeMap<EvenementId, EvenementActif>,
    /// The last defeat of each boss.
    pub boss_vaincus: BTreeMap<BossId, BossVaincu>,
    /// The zones that somebody has set foot in.
    pub zones_decouvertes: BTreeMap<ZoneId, ZoneDecouverte>,
    /// The resources of each zone.
    pub ressources_mondiales: BTreeMap<ZoneId, RessourcesDeZone>,
    /// The percentages that operators have changed; see [`facteur`](Self::facteur).
    pub facteurs_economiques: BTreeMap<Facteur, u16>,
    /// The last ranking of each kind.
    pub classements: BTreeMap<TypeClassement, Classement>,
    /// When the clock moved last.
    pub derniere_mise_a_jour_cycle: Option<DateTime<Utc>>,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// How many hours of the world have passed.
    pub heure_absolue: Option<i64>,
    /// The bosses that are there.
    pub boss_presents: BTreeMap<BossId, BossPresent>,
}

impl EtatMonde {
    /// The percentage of a factor.
    #[must_use]
    pub fn facteur(&self, facteur: Facteur) -> u16 {
        self.facteurs_economiques.get(&facteur).copied().unwrap_or(Monde::FACTEUR_NEUTRE)
    }
}

/// A world event that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvenementActif {
    /// How it began.
    #[serde(flatten)]
    pub depart: EvenementDeclenche,
    /// What is done, at most what is required.
    pub progres: u32,
}

/// The defeat of a boss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BossVaincu {
    /// Its name.
    pub nom: Nom,
    /// Where.
    pub zone_id: ZoneId,
    /// Which of its appearances ended.
    pub apparition: u32,
    /// The combat.
    pub combat_id: CombatId,
    /// When.
    pub vaincu_a: DateTime<Utc>,
    /// From when on it can appear again.
    pub reapparait_a: DateTime<Utc>,
}

/// A boss that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BossPresent {
    /// Its name.
    pub nom: Nom,
    /// Where.
    pub zone_id: ZoneId,
    /// How many times it has appeared.
    pub apparition: u32,
    /// Since when.
    pub apparu_a: DateTime<Utc>,
}

/// Who found a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ZoneDecouverte {
    /// Its name.
    pub nom: Nom,
    /// Who.
    pub joueur_id: JoueurId,
    /// When.
    pub decouverte_a: DateTime<Utc>,
}

/// What a zone has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RessourcesDeZone {
    /// The hour of the world up to which they have grown.
    pub heure: i64,
    /// Its resources.
    pub gisements: BTreeMap<RessourceId, Ressource>,
}

/// A resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ressource {
    /// The item that one gathers.
    pub item_id: ItemId,
    /// How many pieces there are.
    pub quantite: u32,
    /// How many there can be.
    pub maximum: u32,
    /// How many grow in an hour of the world.
    pub par_heure: u32,
}

impl From<&Gisement> for Ressource {
    fn from(gisement: &Gisement) -> Self {
        let Gisement { item_id, quantite, maximum, par_heure, .. } = *gisement;
        Self { item_id, quantite, maximum, par_heure }
    }
}

/// A ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Classement {
    /// Its lines, the first one first.
    pub lignes: Vec<LigneClassement>,
    /// When it was published.
    pub publie_a: DateTime<Utc>,
}

impl Row for EtatMonde {
    const TABLE: &'static str = "etat_monde";

    type Key = MondeId;

    fn key(&self) -> MondeId {
        self.monde_id
    }
}

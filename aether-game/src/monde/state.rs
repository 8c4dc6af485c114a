//! What the world remembers, and what can be read from it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use aether_core::Shape;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::formes::{EvenementDeclenche, Gisement};
use super::horloge::Moment;
use super::mots::Facteur;
use crate::values::{BossId, EvenementId, JoueurId, Nom, RessourceId, ZoneId};

/// The world: its clock, zones, bosses, events and resources.
///
/// What changes alone is shared between copies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Monde {
    pub(super) moment: Option<Moment>,
    pub(super) zones_decouvertes: Arc<BTreeSet<ZoneId>>,
    pub(super) boss: Arc<BTreeMap<BossId, Boss>>,
    pub(super) evenements: BTreeMap<EvenementId, Arc<Evenement>>,
    /// The last ones that ended, the newest last: they do not begin again.
    pub(super) termines: VecDeque<EvenementId>,
    pub(super) zones: BTreeMap<ZoneId, Arc<Zone>>,
    pub(super) facteurs: BTreeMap<Facteur, u16>,
}

/// A boss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Boss {
    /// Its name.
    pub nom: Nom,
    /// Where it appeared last.
    pub zone_id: ZoneId,
    /// How many times it has appeared.
    pub apparition: u32,
    /// When it appeared last.
    pub apparu_a: DateTime<Utc>,
    /// How many seconds it rests when it is beaten.
    pub repos_s: u32,
    /// From when on it can appear again; none while it is there.
    pub reapparait_a: Option<DateTime<Utc>>,
}

/// A world event that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Evenement {
    /// How it began.
    pub depart: EvenementDeclenche,
    /// What is done, at most what is required.
    pub progres: u32,
    /// How much each participant did.
    pub participants: BTreeMap<JoueurId, u64>,
}

/// A zone with resources.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Zone {
    /// Its resources.
    pub gisements: BTreeMap<RessourceId, Gisement>,
    /// The hour of the world up to which they have grown.
    pub heure: i64,
}

impl Monde {
    /// Most zones, discovered or with resources.
    pub const ZONES_MAX: usize = 1_000;
    /// Most bosses.
    pub const BOSS_MAX: usize = 1_000;
    /// Most players who beat a boss together.
    pub const VAINQUEURS_MAX: usize = 50;
    /// Most world events at the same time.
    pub const EVENEMENTS_MAX: usize = 20;
    /// Most participants of a world event.
    pub const PARTICIPANTS_MAX: usize = 10_000;
    /// How many ended events the world knows by id; older ones have to be known by their command id.
    pub const TERMINES_MAX: usize = 256;
    /// The shortest world event, in seconds: a minute.
    pub const DUREE_MIN_S: u32 = 60;
    /// The longest world event, in seconds: 30 days.
    pub const DUREE_MAX_S: u32 = 30 * 24 * 3_600;
    /// Most kinds of items that a world event grants.
    pub const ITEMS_MAX: usize = 10;
    /// Most entries of a batch.
    pub const LOT_MAX: usize = 100;
    /// Most resources of a zone.
    pub const GISEMENTS_MAX: usize = 50;
    /// The highest percentage of a factor.
    pub const FACTEUR_MAX: u16 = 1_000;
    /// The percentage of a factor that nobody has changed.
    pub const FACTEUR_NEUTRE: u16 = 100;

    /// The time of the world, as far as the clock was moved.
    #[must_use]
    pub const fn moment(&self) -> Option<Moment> {
        self.moment
    }

    /// Whether somebody has set foot in a zone.
    #[must_use]
    pub fn est_decouverte(&self, zone_id: ZoneId) -> bool {
        self.zones_decouvertes.contains(&zone_id)
    }

    /// A boss that has appeared.
    #[must_use]
    pub fn boss(&self, boss_id: BossId) -> Option<&Boss> {
        self.boss.get(&boss_id)
    }

    /// A world event that is on.
    #[must_use]
    pub fn evenement(&self, evenement_id: EvenementId) -> Option<&Evenement> {
        self.evenements.get(&evenement_id).map(AsRef::as_ref)
    }

    /// The world events that are on, in order of their ids.
    pub fn evenements(&self) -> impl Iterator<Item = EvenementId> {
        self.evenements.keys().copied()
    }

    /// The resources of a zone.
    #[must_use]
    pub fn zone(&self, zone_id: ZoneId) -> Option<&Zone> {
        self.zones.get(&zone_id).map(AsRef::as_ref)
    }

    /// The percentage of a factor.
    #[must_use]
    pub fn facteur(&self, facteur: Facteur) -> u16 {
        self.facteurs.get(&facteur).copied().unwrap_or(Self::FACTEUR_NEUTRE)
    }
}

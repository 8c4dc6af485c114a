//! The clock of the world: a pure function of real time, so that no outage makes it drift.
//!
//! An hour of the world takes [`Moment::HEURE_S`] real seconds, a day 24 hours, a season 30 days, a year four seasons. Hour 0 began in
//! 1970, in spring.

use aether_core::Shape;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mots::Saison;

const HEURES_PAR_JOUR: i64 = 24;
const JOURS_PAR_SAISON: i64 = 30;

/// A time of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// How many hours of the world have passed since hour 0.
    pub heure_absolue: i64,
    /// The hour of the day, `0..=23`.
    pub heure: u8,
    /// The day of the season, `1..=30`.
    pub jour_saison: u8,
    /// The season.
    pub saison: Saison,
}

impl Moment {
    /// How many real seconds an hour of the world takes: 5 minutes.
    pub const HEURE_S: i64 = 300;

    /// The time of the world at a real time.
    #[must_use]
    pub fn a(maintenant: DateTime<Utc>) -> Self {
        Self::de_l_heure(maintenant.timestamp().div_euclid(Self::HEURE_S))
    }

    /// The time of the world in an hour of it.
    #[must_use]
    pub fn de_l_heure(heure_absolue: i64) -> Self {
        let jours = heure_absolue.div_euclid(HEURES_PAR_JOUR);
        let saisons = jours.div_euclid(JOURS_PAR_SAISON);
        let saison = match saisons.rem_euclid(4) {
            0 => Saison::Printemps,
            1 => Saison::Ete,
            2 => Saison::Automne,
            _ => Saison::Hiver,
        };
        Self {
            heure_absolue,
            heure: heure_absolue.rem_euclid(HEURES_PAR_JOUR) as u8,
            jour_saison: jours.rem_euclid(JOURS_PAR_SAISON) as u8 + 1,
            saison,
        }
    }

    /// Whether it is night: before 6 and from 20 on.
    #[must_use]
    pub const fn est_nuit(&self) -> bool {
        self.heure < 6 || self.heure >= 20
    }
}

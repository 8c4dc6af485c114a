//! What a player's skill remembers, and what can be read from it.

use std::sync::Arc;

use aether_core::Shape;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::events::{CompetenceApprise, ModificateursActifs};
use super::refus::ApprentissageRefus;
use crate::competence::mots::TypeCompetence;
use crate::values::{Experience, Niveau, NiveauCompetence};

/// A skill as a player has learned it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Apprentissage {
    /// What was learned; none before.
    pub(super) apprise: Option<Arc<CompetenceApprise>>,
    pub(super) niveau: NiveauCompetence,
    pub(super) experience: Experience,
    pub(super) dernier_usage: Option<DateTime<Utc>>,
    /// From when on it can be used again.
    pub(super) repos_jusqu_a: Option<DateTime<Utc>>,
}

impl Apprentissage {
    /// The experience of one use.
    pub const EXPERIENCE_PAR_USAGE: Experience = Experience::fixe::<10>();
    /// How many seconds of rest stand for a turn, between combats.
    pub const SECONDES_PAR_TOUR: u32 = 30;

    /// The experience that a skill needs for a level: 100 for the second, 300 for the third, 4,500 for the tenth.
    #[must_use]
    pub fn experience_requise(niveau: NiveauCompetence) -> Experience {
        let niveau = u32::from(niveau.get());
        Experience::new(50 * niveau * (niveau - 1)).unwrap_or_default()
    }

    /// The skill points that a level costs the player: as many as its number.
    #[must_use]
    pub fn points(niveau: NiveauCompetence) -> u32 {
        niveau.get().into()
    }

    /// The level that a player needs for a level of a skill: one more for each level past the first.
    #[must_use]
    pub fn niveau_joueur_requis(requis: Niveau, niveau: NiveauCompetence) -> Niveau {
        Niveau::new(u16::from(requis.get()) + u16::from(niveau.get()) - 1).unwrap_or(Niveau::MAX)
    }

    /// What was learned.
    #[must_use]
    pub fn apprise(&self) -> Option<&CompetenceApprise> {
        self.apprise.as_deref()
    }

    /// Its level; none before it is learned.
    #[must_use]
    pub fn niveau(&self) -> Option<NiveauCompetence> {
        self.apprise().map(|_| self.niveau)
    }

    /// Its experience.
    #[must_use]
    pub const fn experience(&self) -> Experience {
        self.experience
    }

    /// When it was used last.
    #[must_use]
    pub const fn dernier_usage(&self) -> Option<DateTime<Utc>> {
        self.dernier_usage
    }

    /// From when on it can be used again, if it rests at this time.
    #[must_use]
    pub fn au_repos(&self, maintenant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.repos_jusqu_a.filter(|fin| maintenant < *fin)
    }

    /// What its level does.
    #[must_use]
    pub fn modificateurs(&self) -> ModificateursActifs {
        let par_niveau = self.apprise().map(|it| it.modificateurs_niveau).unwrap_or_default();
        ModificateursActifs::au_niveau(par_niveau, self.niveau)
    }

    /// Whether it can be used at all, and so be put on a bar.
    ///
    /// # Errors
    ///
    /// It was not learned, or is passive.
    pub fn utilisable(&self) -> Result<&CompetenceApprise, ApprentissageRefus> {
        let apprise = self.apprise().ok_or(ApprentissageRefus::PasApprise)?;
        match apprise.type_competence {
            TypeCompetence::Passive => Err(ApprentissageRefus::Passive),
            TypeCompetence::Active | TypeCompetence::Ultimate => Ok(apprise),
        }
    }
}

//! What a player's progress remembers, and what can be read from it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aether_core::Shape;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::events::Engagement;
use crate::quete::fiche::Objectif;
use crate::quete::ids::FaitId;
use crate::quete::mots::EtatQuete;
use crate::values::{ObjectifId, Pourcent};

/// A player's progress in a quest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Progres {
    /// What the last attempt is about; none before the first.
    pub(super) engagement: Option<Arc<Engagement>>,
    /// How the last attempt stands.
    pub(super) etat: Option<EtatQuete>,
    /// How much of each objective is done, in their order.
    pub(super) avances: Vec<u16>,
    /// What the attempt has counted; forgotten when it ends. At most as many as the objectives ask for together.
    pub(super) comptes: BTreeSet<FaitId>,
    /// Whether it was noted that the time of the attempt is over.
    #[serde(default)]
    pub(super) echue: bool,
    pub(super) suivie: bool,
    pub(super) recompense_due: bool,
    pub(super) fois_terminee: u32,
    /// When an attempt was finished last.
    pub(super) terminee_a: Option<DateTime<Utc>>,
}

impl Engagement {
    /// From when on the quest can be accepted again if it was finished then; none if it cannot.
    #[must_use]
    pub fn disponible_a(&self, terminee_a: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let frequence = self.frequence_repetition;
        let suivante = frequence.map_or(terminee_a, |it| it.a_partir_de(terminee_a));
        self.repete.then_some(suivante)
    }
}

impl Progres {
    /// What the last attempt is about.
    #[must_use]
    pub fn engagement(&self) -> Option<&Engagement> {
        self.engagement.as_deref()
    }

    /// The number of the last attempt; 0 before the first.
    #[must_use]
    pub fn tentative(&self) -> u32 {
        self.engagement().map_or(0, |it| it.tentative)
    }

    /// How the last attempt stands; none before the first.
    #[must_use]
    pub const fn etat(&self) -> Option<EtatQuete> {
        self.etat
    }

    /// Whether the quest was ever finished, as quests that require it ask.
    #[must_use]
    pub const fn est_terminee(&self) -> bool {
        self.fois_terminee > 0
    }

    /// How many attempts were finished.
    #[must_use]
    pub const fn fois_terminee(&self) -> u32 {
        self.fois_terminee
    }

    /// Whether the last attempt is finished and not paid.
    #[must_use]
    pub const fn recompense_due(&self) -> bool {
        self.recompense_due
    }

    /// Whether the player follows it.
    #[must_use]
    pub const fn est_suivie(&self) -> bool {
        self.suivie
    }

    /// The objectives of the last attempt, and how much of each is done.
    pub fn objectifs(&self) -> impl Iterator<Item = (&Objectif, u16)> {
        let objectifs = self.engagement().into_iter().flat_map(|it| &it.objectifs);
        objectifs.zip(self.avances.iter().copied())
    }

    /// Whether every objective of the last attempt is complete.
    #[must_use]
    pub fn est_complete(&self) -> bool {
        self.etat.is_some() && self.etape().is_none()
    }

    /// The stage that is open: the lowest one with an objective that is not complete.
    #[must_use]
    pub fn etape(&self) -> Option<u8> {
        let ouverts = self.objectifs().filter(|(objectif, fait)| *fait < objectif.requis.get());
        ouverts.map(|(objectif, _)| objectif.ordre).min()
    }

    /// How much of the last attempt is done: every objective counts alike, rounded down.
    #[must_use]
    pub fn pourcentage(&self) -> Pourcent {
        moyenne(self.objectifs())
    }

    /// How much would be done if an objective had come this far.
    pub(super) fn pourcentage_avec(&self, id: ObjectifId, avance: u16) -> Pourcent {
        moyenne(self.objectifs().map(|(it, fait)| (it, if it.id == id { avance } else { fait })))
    }

    pub(super) fn place(&self, id: ObjectifId) -> Option<usize> {
        self.engagement()?.objectifs.iter().position(|it| it.id == id)
    }
}

fn moyenne<'a>(objectifs: impl Iterator<Item = (&'a Objectif, u16)>) -> Pourcent {
    let parts = objectifs.map(|(it, fait)| u32::from(fait) * 100 / u32::from(it.requis.get()));
    let (somme, nombre) = parts.fold((0, 0), |(somme, nombre), part| (somme + part, nombre + 1));
    Pourcent::new(somme / u32::max(nombre, 1)).unwrap_or(Pourcent::MAX)
}

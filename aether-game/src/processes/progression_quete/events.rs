//! What the process of a player's quests hears.

use aether_core::EventSet;
use chrono::{DateTime, Utc};
use serde::Deserialize;

pub use crate::processes::combat_lifecycle::Present;

use crate::combat::CombatEvent;
use crate::joueur::JoueurEvent;
use crate::monde::MondeEvent;
use crate::pnj::PnjEvent;
use crate::quete::{Objectif, ProgresEvent};
use crate::values::{CombatId, JoueurId, ObjectifId, PnjId, QueteId, ZoneId};

/// What it hears.
#[derive(Debug, EventSet)]
pub enum Nouvelle {
    /// Of quests.
    Quete(Avancee),
    /// Of combats.
    Combat(Depart),
    /// Of players.
    Joueur(Sortie),
    /// Of characters.
    Pnj(Parole),
    /// Of the world.
    Monde(Declenche),
}

/// Of quests.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = ProgresEvent)]
#[allow(missing_docs, reason = "as in ProgresEvent")]
pub enum Avancee {
    QueteAcceptee {
        joueur_id: JoueurId,
        quete_id: QueteId,
        tentative: u32,
        objectifs: Vec<Objectif>,
        #[serde(default)]
        expire_a: Option<DateTime<Utc>>,
    },
    ObjectifComplete {
        joueur_id: JoueurId,
        quete_id: QueteId,
        tentative: u32,
        debloques: Vec<ObjectifId>,
        dernier: bool,
    },
    QueteTerminee {
        joueur_id: JoueurId,
        quete_id: QueteId,
        tentative: u32,
        recompense_due: bool,
    },
    EcheanceAtteinte {
        joueur_id: JoueurId,
        quete_id: QueteId,
        tentative: u32,
    },
    QueteEchouee {
        joueur_id: JoueurId,
        quete_id: QueteId,
        tentative: u32,
    },
    QueteAbandonnee {
        joueur_id: JoueurId,
        quete_id: QueteId,
        tentative: u32,
    },
}

/// Of combats: where they are.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = CombatEvent)]
#[allow(missing_docs, reason = "as in CombatEvent")]
pub enum Depart {
    CombatDemarre { zone_id: ZoneId, participants: Vec<Present> },
}

/// Of players: when they leave a combat.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = JoueurEvent)]
#[allow(missing_docs, reason = "as in JoueurEvent")]
pub enum Sortie {
    CombatQuitte { combat_id: CombatId },
}

/// Of characters.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = PnjEvent)]
#[allow(missing_docs, reason = "as in PnjEvent")]
pub enum Parole {
    DialogueDeclenche {
        pnj_id: PnjId,
        zone_id: ZoneId,
        joueur_id: JoueurId,
    },
    PnjMort {
        pnj_id: PnjId,
        #[serde(default)]
        tueur: Option<JoueurId>,
    },
}

/// Of the world.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = MondeEvent)]
#[allow(missing_docs, reason = "as in MondeEvent")]
pub enum Declenche {
    ZoneDecouverte { zone_id: ZoneId, joueur_id: JoueurId },
    RessourcesRecoltees { zone_id: ZoneId, joueur_id: JoueurId },
}

impl Nouvelle {
    /// The one player that it is about, if it says so.
    pub(super) fn joueur(&self) -> Option<JoueurId> {
        match *self {
            Self::Quete(
                Avancee::QueteAcceptee { joueur_id, .. }
                | Avancee::ObjectifComplete { joueur_id, .. }
                | Avancee::QueteTerminee { joueur_id, .. }
                | Avancee::EcheanceAtteinte { joueur_id, .. }
                | Avancee::QueteEchouee { joueur_id, .. }
                | Avancee::QueteAbandonnee { joueur_id, .. },
            )
            | Self::Pnj(Parole::DialogueDeclenche { joueur_id, .. })
            | Self::Monde(
                Declenche::ZoneDecouverte { joueur_id, .. }
                | Declenche::RessourcesRecoltees { joueur_id, .. },
            ) => Some(joueur_id),
            Self::Pnj(Parole::PnjMort { tueur, .. }) => tueur,
            Self::Combat(_) | Self::Joueur(_) => None,
        }
    }
}

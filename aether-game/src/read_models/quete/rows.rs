//! Rows of quests.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::quete::{
    DialogueQuete, EtatQuete, FicheQuete, FrequenceRepetition, Objectif, PreRequis,
    RecompensesQuete, TypeQuete,
};
use crate::read_models::row::Row;
use crate::values::{
    Description, JoueurId, Niveau, Nom, ObjectifId, PnjId, Pourcent, ProgresId, QueteId, ZoneId,
};

/// A row of `quetes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quete {
    /// The quest.
    pub quete_id: QueteId,
    /// Its name.
    pub nom: Nom,
    /// What it is about.
    pub description: Description,
    /// Its kind.
    pub type_quete: TypeQuete,
    /// The least level at which it can be accepted.
    pub niveau_requis: Niveau,
    /// The level that it is meant for.
    pub niveau_recommande: Niveau,
    /// What must be done before.
    pub pre_requis: PreRequis,
    /// What it asks for.
    pub objectifs: Vec<Objectif>,
    /// What it pays.
    pub recompenses: RecompensesQuete,
    /// Where it begins.
    pub zone_depart: Option<ZoneId>,
    /// Who offers it.
    pub pnj_donneur: Option<PnjId>,
    /// How long an attempt may take, in minutes.
    pub duree_limite_minutes: Option<u32>,
    /// Whether it can be accepted again once it was finished.
    pub repete: bool,
    /// How often at most.
    pub frequence_repetition: Option<FrequenceRepetition>,
    /// What is said.
    pub dialogues: Vec<DialogueQuete>,
    /// The event that created it.
    pub last_event_sequence: i64,
}

impl Quete {
    /// The row of a definition.
    pub(super) fn of(fiche: &FicheQuete, last_event_sequence: i64) -> Self {
        Self {
            quete_id: fiche.quete_id,
            nom: fiche.nom.clone(),
            description: fiche.description.clone(),
            type_quete: fiche.type_quete,
            niveau_requis: fiche.niveau_requis,
            niveau_recommande: fiche.niveau_recommande,
            pre_requis: fiche.pre_requis.clone(),
            objectifs: fiche.objectifs.clone(),
            recompenses: fiche.recompenses.clone(),
            zone_depart: fiche.zone_depart,
            pnj_donneur: fiche.pnj_donneur,
            duree_limite_minutes: fiche.duree_limite_minutes,
            repete: fiche.repete,
            frequence_repetition: fiche.frequence_repetition,
            dialogues: fiche.dialogues.clone(),
            last_event_sequence,
        }
    }
}

/// A row of `quetes_joueur`: how a player stands with a quest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueteJoueur {
    /// The progress.
    pub quete_joueur_id: ProgresId,
    /// Who.
    pub joueur_id: JoueurId,
    /// Which quest.
    pub quete_id: QueteId,
    /// How the last attempt stands.
    pub etat: EtatQuete,
    /// How much of each objective is done.
    pub progres_objectifs: BTreeMap<ObjectifId, Avancement>,
    /// How much of the quest is done.
    pub pourcentage_completion: Pourcent,
    /// Whether the player follows it.
    pub suivie: bool,
    /// When the last attempt began.
    pub acceptee_a: DateTime<Utc>,
    /// When the last attempt was finished, if it was.
    pub completee_a: Option<DateTime<Utc>>,
    /// From when on it cannot be finished any more.
    pub expire_a: Option<DateTime<Utc>>,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// The number of the last attempt.
    pub tentative: u32,
    /// Whether the last attempt is finished and not paid.
    pub recompense_due: bool,
    /// Whether any attempt was ever finished.
    pub deja_terminee: bool,
    /// If so: from when on the quest can be accepted again; none if it cannot.
    pub disponible_a: Option<DateTime<Utc>>,
}

/// How far an objective is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Avancement {
    /// How much of it is done.
    pub fait: u16,
    /// How much it asks for.
    pub requis: u16,
}

impl Row for Quete {
    const TABLE: &'static str = "quetes";

    type Key = QueteId;

    fn key(&self) -> QueteId {
        self.quete_id
    }
}

impl Row for QueteJoueur {
    const TABLE: &'static str = "quetes_joueur";

    type Key = ProgresId;

    fn key(&self) -> ProgresId {
        self.quete_joueur_id
    }
}

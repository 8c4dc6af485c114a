//! What happens to a player's progress in a quest.

use aether_core::{Event, Shape};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::quete::fiche::{Objectif, RecompensesQuete};
use crate::quete::ids::FaitId;
use crate::quete::mots::{FrequenceRepetition, RaisonEchec};
use crate::values::{JoueurId, ObjectifId, Pourcent, QueteId, TransactionId};

/// The events of a player's progress. Each names player, quest and attempt, so that a reader has to look nothing up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ProgresEvent {
    /// The player accepted the quest.
    QueteAcceptee(Box<Engagement>),

    /// An objective came closer.
    ObjectifProgresse {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// Which objective.
        objectif_id: ObjectifId,
        /// How much of it was done before.
        avant: u16,
        /// How much of it is done now, never more than `requis`.
        apres: u16,
        /// How much it asks for.
        requis: u16,
        /// How much of the quest was done before.
        pourcentage_avant: Pourcent,
        /// How much of the quest is done now.
        pourcentage_apres: Pourcent,
        /// What counted.
        fait_id: FaitId,
    },

    /// An objective is complete.
    ObjectifComplete {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// Which objective.
        objectif_id: ObjectifId,
        /// The objectives that this opened.
        debloques: Vec<ObjectifId>,
        /// Whether every objective is complete now.
        dernier: bool,
        /// When.
        complete_a: DateTime<Utc>,
    },

    /// The player finished the quest.
    QueteTerminee {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// What is due for it.
        recompenses: RecompensesQuete,
        /// Whether anything is due.
        recompense_due: bool,
        /// From when on the quest can be accepted again; none if it cannot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disponible_a: Option<DateTime<Utc>>,
        /// When.
        terminee_a: DateTime<Utc>,
    },

    /// What was due was paid: purse and bag say so in the same append.
    RecompenseObtenue {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// What was paid.
        recompenses: RecompensesQuete,
        /// What names the payment in purse and bag as well.
        transaction_id: TransactionId,
        /// When.
        obtenue_a: DateTime<Utc>,
    },

    /// The quest failed.
    QueteEchouee {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// Why.
        raison: RaisonEchec,
        /// How much of it was done.
        pourcentage: Pourcent,
        /// When.
        echouee_a: DateTime<Utc>,
    },

    /// The player gave the quest up.
    QueteAbandonnee {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// How much of it was done.
        pourcentage: Pourcent,
        /// When.
        abandonnee_a: DateTime<Utc>,
    },

    /// The player follows the quest, or no longer.
    SuiviModifie {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// Whether it was followed before.
        suivie_avant: bool,
        /// Whether it is followed now.
        suivie_apres: bool,
    },

    /// The time of the attempt is over. What happened before is in the log before this; so who has heard this knows all that counts.
    EcheanceAtteinte {
        /// Who.
        joueur_id: JoueurId,
        /// Which quest.
        quete_id: QueteId,
        /// Which attempt.
        tentative: u32,
        /// When it was over.
        expire_a: DateTime<Utc>,
        /// When this was noted.
        constatee_a: DateTime<Utc>,
    },
}

/// What a player accepted: all that the attempt needs of the definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Engagement {
    /// Who.
    pub joueur_id: JoueurId,
    /// Which quest.
    pub quete_id: QueteId,
    /// The number of the attempt, from 1.
    pub tentative: u32,
    /// What is asked for.
    pub objectifs: Vec<Objectif>,
    /// What is paid.
    pub recompenses: RecompensesQuete,
    /// Whether the quest can be accepted again once it was finished.
    pub repete: bool,
    /// How often at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequence_repetition: Option<FrequenceRepetition>,
    /// Whether the player follows it.
    pub suivie: bool,
    /// When it was accepted.
    pub acceptee_a: DateTime<Utc>,
    /// From when on it cannot be finished any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_a: Option<DateTime<Utc>>,
}

//! What happens to a skill that a player has learned.

use aether_core::{Event, Shape};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::competence::fiche::ModificateursNiveau;
use crate::competence::mots::TypeCompetence;
use crate::values::{CompetenceId, Experience, JoueurId, Niveau, NiveauCompetence, Stat};

/// The events of a player's skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ApprentissageEvent {
    /// The player learned it.
    CompetenceApprise(Box<CompetenceApprise>),

    /// The player used it.
    CompetenceUtilisee {
        /// Who.
        joueur_id: JoueurId,
        /// Which skill.
        competence_id: CompetenceId,
        /// At which level.
        niveau_competence: NiveauCompetence,
        /// The mana that this use costs.
        cout_mana: Stat,
        /// The stamina that this use costs.
        cout_stamina: Stat,
        /// Its experience before.
        experience_avant: Experience,
        /// Its experience now.
        experience_apres: Experience,
        /// When it was used before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dernier_usage_avant: Option<DateTime<Utc>>,
        /// When.
        utilisee_a: DateTime<Utc>,
    },

    /// It rests.
    CooldownDemarre {
        /// Who.
        joueur_id: JoueurId,
        /// Which skill.
        competence_id: CompetenceId,
        /// For how long, in seconds.
        duree_secondes: u32,
        /// From when on.
        debute_a: DateTime<Utc>,
        /// From when on it can be used again.
        finit_a: DateTime<Utc>,
    },

    /// It is a level higher.
    CompetenceAmelioree {
        /// Who.
        joueur_id: JoueurId,
        /// Which skill.
        competence_id: CompetenceId,
        /// Its level before.
        niveau_avant: NiveauCompetence,
        /// Its level now.
        niveau_apres: NiveauCompetence,
        /// What its level did before.
        modificateurs_avant: ModificateursActifs,
        /// What its level does now.
        modificateurs_apres: ModificateursActifs,
        /// When.
        amelioree_a: DateTime<Utc>,
    },
}

/// What a player learned: all that its use needs of the definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct CompetenceApprise {
    /// Who.
    pub joueur_id: JoueurId,
    /// Which skill.
    pub competence_id: CompetenceId,
    /// Its level: the first.
    pub niveau_competence: NiveauCompetence,
    /// Its experience: none.
    pub experience_competence: Experience,
    /// What its level does.
    pub modificateurs_actifs: ModificateursActifs,
    /// Its kind.
    pub type_competence: TypeCompetence,
    /// The least level at which it can be learned.
    pub niveau_requis: Niveau,
    /// The mana that a use costs at the first level.
    pub cout_mana: Stat,
    /// The stamina that a use costs at the first level.
    pub cout_stamina: Stat,
    /// For how many turns it rests after a use.
    pub cooldown_tours: u8,
    /// What each level adds.
    pub modificateurs_niveau: ModificateursNiveau,
    /// When.
    pub apprise_a: DateTime<Utc>,
}

/// What the level of a skill does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ModificateursActifs {
    /// Added to its power, in percent.
    pub puissance: u16,
    /// Taken off its cost, in percent.
    pub reduction_cout: u16,
}

impl ModificateursActifs {
    /// What a level does.
    #[must_use]
    pub fn au_niveau(par_niveau: ModificateursNiveau, niveau: NiveauCompetence) -> Self {
        let au_dela = u16::from(niveau.get()) - 1;
        Self {
            puissance: u16::from(par_niveau.puissance) * au_dela,
            reduction_cout: u16::from(par_niveau.reduction_cout) * au_dela,
        }
    }

    /// A cost at this level, rounded up: what costs something is never free.
    #[must_use]
    pub fn cout(self, cout: Stat) -> Stat {
        let pourcent = u64::from(100 - self.reduction_cout.min(100));
        let reduit = (u64::from(cout.get()) * pourcent).div_ceil(100);
        Stat::new(reduit).unwrap_or(cout)
    }
}

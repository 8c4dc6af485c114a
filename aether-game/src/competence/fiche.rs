//! What a skill is: all that its definition says.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use super::mots::{CibleCompetence, Element, TypeCompetence};
use crate::combat::Pouvoir;
use crate::values::{CompetenceId, Description, Niveau, NiveauCompetence, Nom, Stat};

/// The definition of a skill. [`Competence`](super::Competence) checks what its types leave open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct FicheCompetence {
    /// Its id, which is that of its stream.
    pub competence_id: CompetenceId,
    /// Its name.
    pub nom: Nom,
    /// What it does, in words.
    pub description: Description,
    /// Its kind.
    pub type_competence: TypeCompetence,
    /// What it is made of.
    pub element: Element,
    /// Whom it is used on.
    pub cible: CibleCompetence,
    /// The least level at which it can be learned.
    pub niveau_requis: Niveau,
    /// The mana that a use costs.
    pub cout_mana: Stat,
    /// The stamina that a use costs.
    pub cout_stamina: Stat,
    /// For how many turns it rests after a use.
    pub cooldown_tours: u8,
    /// How far it reaches, in steps.
    pub portee: u8,
    /// What it does to each target, in order: 1 to [`EFFETS_MAX`](Self::EFFETS_MAX).
    pub effets: Vec<Pouvoir>,
    /// What each level adds.
    pub modificateurs_niveau: ModificateursNiveau,
    /// How it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub animation: Option<Nom>,
    /// Its icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icone_url: Option<Nom>,
    /// What must be learned before.
    pub pre_requis: PreRequisCompetence,
}

impl FicheCompetence {
    /// Most effects of a skill.
    pub const EFFETS_MAX: usize = 5;
    /// Most skills that must be learned before.
    pub const PRE_REQUIS_MAX: usize = 5;
    /// The strongest effect.
    pub const PUISSANCE_MAX: u32 = 1_000_000;
    /// The longest effect, in turns.
    pub const DUREE_TOURS_MAX: u8 = 20;
    /// The most that a level adds to the power of a skill, in percent.
    pub const PUISSANCE_PAR_NIVEAU_MAX: u8 = 100;
    /// The most that a level takes off the cost of a skill, in percent. At the highest level something is left.
    pub const REDUCTION_PAR_NIVEAU_MAX: u8 = 10;
}

/// What each level past the first adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct ModificateursNiveau {
    /// To its power, in percent, up to [`FicheCompetence::PUISSANCE_PAR_NIVEAU_MAX`].
    pub puissance: u8,
    /// Off its cost, in percent, up to [`FicheCompetence::REDUCTION_PAR_NIVEAU_MAX`].
    pub reduction_cout: u8,
}

/// What must be learned before a skill.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct PreRequisCompetence {
    /// Other skills, at most [`FicheCompetence::PRE_REQUIS_MAX`].
    pub competences: Vec<CompetenceRequise>,
}

/// A skill that must be learned up to a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct CompetenceRequise {
    /// Which.
    pub competence_id: CompetenceId,
    /// Up to which level.
    pub niveau: NiveauCompetence,
}

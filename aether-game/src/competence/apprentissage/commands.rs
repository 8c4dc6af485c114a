//! What can be asked of a skill that a player has learned, or wants to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::competence::fiche::FicheCompetence;
use crate::competence::refus::CompetenceRefus;
use crate::competence::state::Competence;
use crate::values::{CompetenceId, JoueurId, Niveau, NiveauCompetence};

/// A command to a player's skill.
#[derive(Debug, Clone, PartialEq)]
pub enum ApprentissageCommand {
    /// Learn it. Only in one unit with the points that it costs, see [`apprendre`](super::unites::apprendre).
    Apprendre(Box<Apprendre>),
    /// Use it. It rests then.
    Utiliser,
    /// Raise it by one level. Only in one unit with the points that it costs, see [`ameliorer`](super::unites::ameliorer).
    Ameliorer {
        /// The level of the player.
        niveau_joueur: Niveau,
        /// To which level: the next one, for which the points are.
        vers: NiveauCompetence,
    },
}

/// What a skill is learned with.
#[derive(Debug, Clone, PartialEq)]
pub struct Apprendre {
    /// Who learns.
    pub joueur_id: JoueurId,
    /// The level of the player.
    pub niveau: Niveau,
    /// The skills that the player has learned. Levels never fall: they can be read before.
    pub apprises: BTreeMap<CompetenceId, NiveauCompetence>,
    pub(super) fiche: Arc<FicheCompetence>,
}

impl Apprendre {
    /// A player of this level learns a skill.
    ///
    /// # Errors
    ///
    /// [`CompetenceRefus::Inconnue`]: the skill does not exist.
    pub fn new(
        competence: &Competence,
        joueur_id: JoueurId,
        niveau: Niveau,
    ) -> Result<Self, CompetenceRefus> {
        let fiche = competence.fiche().ok_or(CompetenceRefus::Inconnue)?.clone();
        Ok(Self { joueur_id, niveau, apprises: BTreeMap::new(), fiche })
    }

    /// The skill.
    #[must_use]
    pub fn fiche(&self) -> &FicheCompetence {
        &self.fiche
    }
}

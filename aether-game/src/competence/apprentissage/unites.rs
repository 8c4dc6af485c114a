//! A skill is learned and improved for skill points: both happen, or neither.

use aether_core::Context;

use super::commands::{Apprendre, ApprentissageCommand};
use super::state::Apprentissage;
use crate::joueur::JoueurCommand;
use crate::unite::{Unite, Unites};
use crate::values::{ApprentissageId, CompetenceId, JoueurId, Niveau, NiveauCompetence};

/// The unit by which a player learns a skill. Nothing happens before it is committed.
#[must_use = "nothing happens before it is committed"]
pub fn apprendre<E: Unites>(engine: &E, context: Context, demande: Apprendre) -> E::Unite {
    let competence = demande.fiche().competence_id;
    let joueur = demande.joueur_id;
    let nombre = Apprentissage::points(NiveauCompetence::MIN);
    engine
        .atomic(context)
        .command(joueur, JoueurCommand::DepenserPoints { nombre, competence })
        .command(
            ApprentissageId::du_joueur(competence, joueur),
            ApprentissageCommand::Apprendre(Box::new(demande)),
        )
}

/// The unit by which a player of this level improves a skill to its next level, `vers`. Nothing happens before it is committed.
#[must_use = "nothing happens before it is committed"]
pub fn ameliorer<E: Unites>(
    engine: &E,
    context: Context,
    joueur: JoueurId,
    niveau_joueur: Niveau,
    competence: CompetenceId,
    vers: NiveauCompetence,
) -> E::Unite {
    let nombre = Apprentissage::points(vers);
    engine
        .atomic(context)
        .command(joueur, JoueurCommand::DepenserPoints { nombre, competence })
        .command(
            ApprentissageId::du_joueur(competence, joueur),
            ApprentissageCommand::Ameliorer { niveau_joueur, vers },
        )
}

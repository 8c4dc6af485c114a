//! A skill is placed if it was learned.

use aether_core::Context;

use super::commands::BarreCommand;
use super::ids::BarreId;
use crate::competence::apprentissage::Apprentissage;
use crate::unite::{Unite, Unites};
use crate::values::{ApprentissageId, CompetenceId, JoueurId, PositionBarre};

/// The unit that puts a skill on a player's bar. It is refused with
/// [`ApprentissageRefus`](crate::competence::ApprentissageRefus) when the player has not learned the skill, or it is passive.
pub fn placer<E: Unites>(
    engine: &E,
    context: Context,
    joueur_id: JoueurId,
    competence_id: CompetenceId,
    position: PositionBarre,
) -> E::Unite {
    let apprise = ApprentissageId::du_joueur(competence_id, joueur_id);
    engine
        .atomic(context)
        .provided(apprise, |it: &Apprentissage| it.utilisable().map(drop))
        .command(
            BarreId::du_joueur(joueur_id),
            BarreCommand::Placer { joueur_id, competence_id, position },
        )
}

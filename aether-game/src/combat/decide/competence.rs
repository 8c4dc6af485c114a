//! A skill.

use super::action::Plan;
use super::requirements::targets;
use crate::combat::ids::{CompetenceId, ParticipantId};
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;

pub(super) fn plan(
    play: &Play<'_>,
    acteur: usize,
    competence_id: CompetenceId,
    cibles: &[ParticipantId],
) -> Result<Plan, CombatRefus> {
    let vue = play.vue(acteur);
    let unknown = CombatRefus::CompetenceInconnue { competence_id };
    let competence = vue.competence(competence_id).ok_or(unknown)?;
    let tours_restants = vue.recharge(competence_id);
    if tours_restants > 0 {
        return Err(CombatRefus::EnRecharge { competence_id, tours_restants });
    }
    Ok(Plan {
        cibles: targets(play, &vue, competence.ciblage, competence.portee, cibles)?,
        cout: competence.cout,
        pouvoirs: competence.pouvoirs.clone(),
        bonus: vue.fiche.stats.intelligence / 10,
        competence: Some((competence_id, competence.cooldown_tours)),
        objet: None,
    })
}

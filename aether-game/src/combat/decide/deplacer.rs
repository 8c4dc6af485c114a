//! A few steps.

use super::action::Plan;
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;
use crate::combat::state::Combat;

pub(super) fn plan(play: &Play<'_>, acteur: usize, vers: u32) -> Result<Plan, CombatRefus> {
    let de = play.vue(acteur).combattant.position;
    let pas_max = Combat::PAS_MAX;
    let position_max = Combat::POSITION_MAX;
    if de == vers || de.abs_diff(vers) > pas_max || vers > position_max {
        return Err(CombatRefus::DeplacementInvalide { de, vers, pas_max, position_max });
    }
    Ok(Plan::default())
}

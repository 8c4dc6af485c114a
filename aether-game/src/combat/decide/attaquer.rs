//! A blow with the weapon.

use super::action::Plan;
use super::requirements::targets;
use crate::combat::ids::ParticipantId;
use crate::combat::mots::{Ciblage, TypeDegats};
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;
use crate::combat::roster::Pouvoir;

pub(super) fn plan(
    play: &Play<'_>,
    acteur: usize,
    cible: ParticipantId,
) -> Result<Plan, CombatRefus> {
    let vue = play.vue(acteur);
    let stats = &vue.fiche.stats;
    let cibles = targets(play, &vue, Ciblage::Ennemi, stats.portee, &[cible])?;
    let puissance = stats.force;
    let pouvoirs = vec![Pouvoir::Degats { type_degats: TypeDegats::Physique, puissance }];
    Ok(Plan { cibles, pouvoirs, ..Plan::default() })
}

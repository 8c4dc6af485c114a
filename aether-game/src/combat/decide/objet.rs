//! An item that is used up.

use super::action::Plan;
use super::requirements::targets;
use crate::combat::ids::{ItemId, ParticipantId};
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;

pub(super) fn plan(
    play: &Play<'_>,
    acteur: usize,
    item_id: ItemId,
    cibles: &[ParticipantId],
) -> Result<Plan, CombatRefus> {
    let vue = play.vue(acteur);
    let unknown = CombatRefus::ObjetInconnu { item_id };
    let (objet, quantite) = vue.objet(item_id).ok_or(unknown)?;
    if quantite == 0 {
        return Err(CombatRefus::ObjetEpuise { item_id });
    }
    Ok(Plan {
        cibles: targets(play, &vue, objet.ciblage, objet.portee, cibles)?,
        pouvoirs: objet.pouvoirs.clone(),
        objet: Some(item_id),
        ..Plan::default()
    })
}

//! What an action needs before it is carried out: targets, means, and somewhere to go.

use std::collections::HashSet;

use super::error::CombatError;
use super::ids::ParticipantId;
use super::play::Play;
use super::roster::Cout;
use super::state::{Combat, Vue};
use super::vocabulary::Ciblage;

/// The places of the targets, each of which the action may have.
pub(super) fn targets(
    play: &Play<'_>,
    acteur: &Vue<'_>,
    ciblage: Ciblage,
    portee: u32,
    cibles: &[ParticipantId],
) -> Result<Vec<usize>, CombatError> {
    let maximum = if ciblage == Ciblage::Zone { Combat::CIBLES_MAX } else { 1 };
    match cibles.len() {
        0 => return Err(CombatError::SansCible),
        nombre if nombre > maximum => return Err(CombatError::TropDeCibles { nombre, maximum }),
        _ => {}
    }
    let mut seen = HashSet::new();
    let check = |&cible: &ParticipantId| {
        if !seen.insert(cible) {
            return Err(CombatError::CibleEnDouble { cible });
        }
        let place = play.combat.place(cible).ok_or(CombatError::CibleInconnue { cible })?;
        let vue = play.vue(place);
        if !vue.est_debout() {
            return Err(CombatError::CibleHorsCombat { cible, etat: vue.combattant.etat });
        }
        let allowed = match ciblage {
            Ciblage::Soi => cible == acteur.id(),
            Ciblage::Allie => vue.fiche.camp == acteur.fiche.camp,
            Ciblage::Ennemi | Ciblage::Zone => vue.fiche.camp != acteur.fiche.camp,
        };
        if !allowed {
            return Err(CombatError::CibleInterdite { cible, ciblage });
        }
        let distance = acteur.distance(&vue);
        if distance > portee {
            return Err(CombatError::HorsDePortee { cible, distance, portee });
        }
        Ok(place)
    };
    cibles.iter().map(check).collect()
}

pub(super) fn check_cost(vue: &Vue<'_>, cout: Cout) -> Result<(), CombatError> {
    let (mp, stamina) = (vue.combattant.mp, vue.combattant.stamina);
    if cout.mp > mp {
        return Err(CombatError::PasAssezDeMp { cout: cout.mp, disponible: mp });
    }
    if cout.stamina > stamina {
        return Err(CombatError::PasAssezDeStamina { cout: cout.stamina, disponible: stamina });
    }
    Ok(())
}

pub(super) fn check_step(de: u32, vers: u32) -> Result<(), CombatError> {
    let (pas_max, position_max) = (Combat::PAS_MAX, Combat::POSITION_MAX);
    if de == vers || de.abs_diff(vers) > pas_max || vers > position_max {
        return Err(CombatError::DeplacementInvalide { de, vers, pas_max, position_max });
    }
    Ok(())
}

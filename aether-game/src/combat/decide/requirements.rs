//! What an action needs before it is carried out: targets and means.

use std::collections::HashSet;

use crate::combat::ids::ParticipantId;
use crate::combat::mots::Ciblage;
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;
use crate::combat::roster::Cout;
use crate::combat::state::Combat;
use crate::combat::vue::Vue;

/// The places of the targets, each of which the action may have.
pub(super) fn targets(
    play: &Play<'_>,
    acteur: &Vue<'_>,
    ciblage: Ciblage,
    portee: u32,
    cibles: &[ParticipantId],
) -> Result<Vec<usize>, CombatRefus> {
    let maximum = if ciblage == Ciblage::Zone { Combat::CIBLES_MAX } else { 1 };
    match cibles.len() {
        0 => return Err(CombatRefus::SansCible),
        nombre if nombre > maximum => return Err(CombatRefus::TropDeCibles { nombre, maximum }),
        _ => {}
    }
    let mut seen = HashSet::new();
    let check = |&cible: &ParticipantId| {
        if !seen.insert(cible) {
            return Err(CombatRefus::CibleEnDouble { cible });
        }
        let place = play.combat.place(cible).ok_or(CombatRefus::CibleInconnue { cible })?;
        let vue = play.vue(place);
        if !vue.est_debout() {
            return Err(CombatRefus::CibleHorsCombat { cible, etat: vue.combattant.etat });
        }
        let allowed = match ciblage {
            Ciblage::Soi => cible == acteur.id(),
            Ciblage::Allie => vue.fiche.camp == acteur.fiche.camp,
            Ciblage::Ennemi | Ciblage::Zone => vue.fiche.camp != acteur.fiche.camp,
        };
        if !allowed {
            return Err(CombatRefus::CibleInterdite { cible, ciblage });
        }
        let distance = acteur.distance(&vue);
        if distance > portee {
            return Err(CombatRefus::HorsDePortee { cible, distance, portee });
        }
        Ok(place)
    };
    cibles.iter().map(check).collect()
}

pub(super) fn check_cost(vue: &Vue<'_>, cout: Cout) -> Result<(), CombatRefus> {
    let mp = vue.combattant.mp;
    let stamina = vue.combattant.stamina;
    if cout.mp > mp {
        return Err(CombatRefus::PasAssezDeMp { cout: cout.mp, disponible: mp });
    }
    if cout.stamina > stamina {
        return Err(CombatRefus::PasAssezDeStamina { cout: cout.stamina, disponible: stamina });
    }
    Ok(())
}

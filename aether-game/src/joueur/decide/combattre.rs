//! The one combat that a player is in.

use aether_core::Facts;

use super::Suite;
use crate::joueur::events::JoueurEvent;
use crate::joueur::mots::IssueCombat;
use crate::joueur::refus::JoueurRefus;
use crate::values::CombatId;

pub(super) fn rejoindre(
    suite: &mut Suite,
    combat_id: CombatId,
    facts: &Facts,
) -> Result<(), JoueurRefus> {
    if let Some(combat) = suite.combat {
        return Err(JoueurRefus::DejaEnCombat { combat });
    }
    suite.emit(JoueurEvent::CombatRejoint { combat_id, rejoint_a: facts.now() });
    Ok(())
}

pub(super) fn quitter(
    suite: &mut Suite,
    combat_id: CombatId,
    issue: IssueCombat,
    mort: bool,
    facts: &Facts,
) -> Result<(), JoueurRefus> {
    if suite.combat != Some(combat_id) {
        return Err(JoueurRefus::PasDansCeCombat { combat: combat_id });
    }
    if mort {
        let morts = suite.bilan.morts.saturating_add(1);
        suite.emit(JoueurEvent::JoueurMort { combat_id, morts, mort_a: facts.now() });
    }
    let mut bilan = suite.bilan;
    let compte = match issue {
        IssueCombat::Victoire => Some(&mut bilan.victoires),
        IssueCombat::Defaite => Some(&mut bilan.defaites),
        IssueCombat::Fuite => Some(&mut bilan.fuites),
        IssueCombat::SansVainqueur => None,
    };
    if let Some(compte) = compte {
        *compte = compte.saturating_add(1);
    }
    bilan.combats = bilan.combats.saturating_add(1);
    suite.emit(JoueurEvent::CombatQuitte { combat_id, issue, bilan, quitte_a: facts.now() });
    Ok(())
}

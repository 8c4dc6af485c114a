//! A flight.

use super::action::Plan;
use crate::combat::play::Play;
use crate::combat::roster::Cout;
use crate::combat::state::Combat;

pub(super) fn plan() -> Plan {
    Plan { cout: Cout { mp: 0, stamina: Combat::COUT_FUITE }, ..Plan::default() }
}

impl Play<'_> {
    /// Half of the attempts of one as quick as the quickest foe; 5 to 95 in 100 at the most.
    pub(super) fn flight_succeeds(&mut self, acteur: usize) -> bool {
        let vue = self.vue(acteur);
        let camp = vue.fiche.camp;
        let own = i64::from(vue.fiche.stats.dexterite);
        let foes = self.combat.participants().filter(|it| it.fiche.camp != camp && it.est_debout());
        let quickest = foes.map(|it| i64::from(it.fiche.stats.dexterite)).max().unwrap_or(0);
        let percent = (50 + own - quickest).clamp(5, 95);
        self.dice.chance(percent as u32)
    }
}

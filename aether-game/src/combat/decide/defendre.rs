//! The guard.

use super::action::{Outcome, Plan};
use crate::combat::ids::ActionId;
use crate::combat::mots::{SourceEffet, TypeEffet};
use crate::combat::play::Play;

pub(super) fn plan(acteur: usize) -> Plan {
    Plan { cibles: vec![acteur], ..Plan::default() }
}

impl Play<'_> {
    /// Half of the damage until the next own turn.
    pub(super) fn raise_guard(
        &mut self,
        acteur: usize,
        action_id: ActionId,
        outcome: &mut Outcome,
    ) {
        outcome.reussites = 1;
        let guard = (TypeEffet::Garde, 50, 1);
        let source = (SourceEffet::Competence, action_id.as_uuid());
        self.lay_on_next(acteur, acteur, action_id, guard, source, outcome);
    }
}

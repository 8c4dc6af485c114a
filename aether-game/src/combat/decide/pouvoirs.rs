//! What skills, items and blows do to a target.

use uuid::Uuid;

use super::action::{Outcome, Plan};
use crate::combat::effects::{Pose, percent_of};
use crate::combat::ids::{ActionId, EffetId};
use crate::combat::mots::{FinEffet, SourceEffet, TypeDegats, TypeEffet};
use crate::combat::play::{Coup, Play};
use crate::combat::roster::Pouvoir;

impl Play<'_> {
    /// Everything an action does to one target; a target that dodges or falls is spared the rest.
    pub(super) fn use_powers(
        &mut self,
        acteur: usize,
        cible: usize,
        action_id: ActionId,
        plan: &Plan,
        outcome: &mut Outcome,
    ) {
        for pouvoir in &plan.pouvoirs {
            if !self.vue(cible).est_debout() {
                return;
            }
            match *pouvoir {
                Pouvoir::Degats { type_degats, puissance } => {
                    if type_degats == TypeDegats::Physique
                        && self.dice.chance(self.vue(cible).fiche.stats.esquive.into())
                    {
                        outcome.esquives += 1;
                        return;
                    }
                    let bruts = puissance.saturating_add(plan.bonus);
                    self.strike(acteur, cible, action_id, type_degats, bruts, outcome);
                }
                Pouvoir::Soin { puissance } => {
                    let critique = self.critical(acteur);
                    let brut = percent_of(puissance.saturating_add(plan.bonus), critique.factor());
                    let source = self.vue(acteur).id();
                    self.heal(cible, Some(action_id), source, brut, critique.0);
                    outcome.count(critique, true);
                }
                Pouvoir::Effet { type_effet, puissance, duree_tours, chance } => {
                    if self.dice.chance(chance.into()) {
                        let effect = (type_effet, puissance, duree_tours);
                        self.lay_on_next(acteur, cible, action_id, effect, plan.source(), outcome);
                    }
                }
                Pouvoir::Dissipation => {
                    self.expire(cible, FinEffet::Dissipe, |effet| {
                        effet.type_effet.est_debuff() && effet.type_effet.peut_etre_dissipe()
                    });
                    outcome.reussites += 1;
                }
            }
        }
    }

    /// Damage: raw (±10 %, effects, critical), less armour, resistance and protection, never below 0.
    fn strike(
        &mut self,
        acteur: usize,
        cible: usize,
        action_id: ActionId,
        type_degats: TypeDegats,
        puissance: u32,
        outcome: &mut Outcome,
    ) {
        let spread = self.dice.below(21) as i32;
        let critique = self.critical(acteur);
        let (attacker, target) = (self.vue(acteur), self.vue(cible));
        let dealt = attacker.modificateurs().degats_infliges.clamp(-90, 500);
        let taken = target.modificateurs().degats_recus.clamp(-90, 0);
        let raw = percent_of(percent_of(puissance, 90 + spread), 100 + dealt);
        let bruts = percent_of(raw, critique.factor());
        let armour = match type_degats {
            TypeDegats::Physique => target.fiche.stats.armure,
            _ => 0,
        };
        let resistance = i32::from(target.fiche.resistances.contre(type_degats).min(100));
        let resisted = percent_of(bruts.saturating_sub(armour), 100 - resistance);
        let finaux = percent_of(resisted, 100 + taken);
        let source = attacker.id();
        let (action_id, critique_hit) = (Some(action_id), critique.0);
        let coup = Coup { action_id, source, type_degats, bruts, finaux, critique: critique_hit };
        self.hurt(cible, &coup);
        outcome.count(critique, finaux > 0);
    }

    fn critical(&mut self, acteur: usize) -> Critical {
        Critical(self.dice.chance(self.vue(acteur).fiche.stats.critique.into()))
    }

    /// Lays an effect on a target under the next id of the action.
    pub(super) fn lay_on_next(
        &mut self,
        acteur: usize,
        cible: usize,
        action_id: ActionId,
        (type_effet, puissance, duree_tours): (TypeEffet, u32, u8),
        (source_type, source_id): (SourceEffet, Uuid),
        outcome: &mut Outcome,
    ) {
        let index = u32::try_from(outcome.effets.len()).unwrap_or(u32::MAX);
        let pose = Pose {
            effet_id: EffetId::of_action(action_id, index),
            type_effet,
            puissance,
            duree_tours,
            source: self.vue(acteur).id(),
            source_type,
            source_id,
        };
        if let Some(laid) = self.lay_on(cible, &pose) {
            outcome.effets.push(laid);
            outcome.reussites += 1;
        }
    }
}

/// Whether a blow is critical.
#[derive(Clone, Copy)]
struct Critical(bool);

impl Critical {
    /// In percent.
    const fn factor(self) -> i32 {
        if self.0 { 150 } else { 100 }
    }
}

impl Outcome {
    const fn count(&mut self, critique: Critical, took: bool) {
        match (took, critique.0) {
            (true, true) => self.critiques += 1,
            (true, false) => self.reussites += 1,
            (false, _) => self.bloques += 1,
        }
    }
}

impl Plan {
    fn source(&self) -> (SourceEffet, Uuid) {
        match (self.competence, self.objet) {
            (Some((id, _)), _) => (SourceEffet::Competence, id.as_uuid()),
            (None, Some(id)) => (SourceEffet::Objet, id.as_uuid()),
            (None, None) => (SourceEffet::Environnement, Uuid::nil()),
        }
    }
}

//! An action: the rules of its kind, then what it does.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::requirements::check_cost;
use super::{attaquer, competence, defendre, deplacer, fuir, objet};
use crate::combat::commands::Action;
use crate::combat::events::CombatEvent;
use crate::combat::ids::{ActionId, CompetenceId, ItemId};
use crate::combat::mots::{EtatParticipant, FinEffet, FinTour, ResultatAction};
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;
use crate::combat::roster::{Cout, Pouvoir};
use crate::combat::state::{Combat, Depart};
use crate::combat::suivi::{EffetPose, ObjetRestant, Recharge};
use crate::combat::vue::Vue;

pub(super) fn agir(
    combat: &Combat,
    depart: &Arc<Depart>,
    acteur: usize,
    action: &Action,
    maintenant: DateTime<Utc>,
) -> Result<Vec<CombatEvent>, CombatRefus> {
    let mut play = Play::new(combat.clone(), depart, maintenant);
    let plan = plan(&play, acteur, action)?;
    check_cost(&play.vue(acteur), plan.cout)?;
    let fled = play.carry_out(acteur, action, plan);
    play.end_turn(FinTour::Action, fled);
    Ok(play.events)
}

/// Checks every rule of the action but its cost.
fn plan(play: &Play<'_>, acteur: usize, action: &Action) -> Result<Plan, CombatRefus> {
    match action {
        Action::Attaque { cible } => attaquer::plan(play, acteur, *cible),
        Action::Competence { competence_id, cibles } => {
            competence::plan(play, acteur, *competence_id, cibles)
        }
        Action::Objet { item_id, cibles } => objet::plan(play, acteur, *item_id, cibles),
        Action::Deplacement { vers } => deplacer::plan(play, acteur, *vers),
        Action::Defense => Ok(defendre::plan(acteur)),
        Action::Fuite => Ok(fuir::plan()),
    }
}

/// An action that breaks no rule.
#[derive(Default)]
pub(super) struct Plan {
    /// The targets' places.
    pub(super) cibles: Vec<usize>,
    pub(super) cout: Cout,
    pub(super) pouvoirs: Vec<Pouvoir>,
    /// Added to the power of damage and healing.
    pub(super) bonus: u32,
    pub(super) competence: Option<(CompetenceId, u8)>,
    pub(super) objet: Option<ItemId>,
}

/// How the parts of an action went.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) critiques: u32,
    pub(super) reussites: u32,
    pub(super) bloques: u32,
    pub(super) esquives: u32,
    pub(super) effets: Vec<EffetPose>,
}

impl Outcome {
    const fn resultat(&self) -> ResultatAction {
        match (self.critiques, self.reussites, self.bloques, self.esquives) {
            (1.., ..) => ResultatAction::Critique,
            (0, 1.., ..) => ResultatAction::Succes,
            (0, 0, 1.., _) => ResultatAction::Bloque,
            (0, 0, 0, 1..) => ResultatAction::Esquive,
            (0, 0, 0, 0) => ResultatAction::Echec,
        }
    }
}

impl Play<'_> {
    /// Carries an action out; tells whether the actor fled.
    fn carry_out(&mut self, acteur: usize, action: &Action, plan: Plan) -> bool {
        let action_id = ActionId::of_turn(self.vue(acteur).id(), self.combat.numero_tour);
        let fled = matches!(action, Action::Fuite) && self.flight_succeeds(acteur);
        let at = self.events.len();
        let event = self.action_event(acteur, action_id, action, &plan, fled);
        self.emit(event);

        let mut outcome = Outcome::default();
        match action {
            Action::Attaque { .. } | Action::Competence { .. } | Action::Objet { .. } => {
                for &cible in &plan.cibles {
                    self.use_powers(acteur, cible, action_id, &plan, &mut outcome);
                }
            }
            Action::Deplacement { .. } => outcome.reussites = 1,
            Action::Defense => self.raise_guard(acteur, action_id, &mut outcome),
            Action::Fuite => outcome.reussites = fled.into(),
        }
        if fled {
            self.expire(acteur, FinEffet::HorsCombat, |_| true);
        }

        // Now that all is done the action's own event can tell how it went.
        self.combat.tirages = self.dice.drawn();
        if let Some(CombatEvent::ActionExecutee { resultat, effets_appliques, tirages, .. }) =
            self.events.get_mut(at)
        {
            *resultat = outcome.resultat();
            *effets_appliques = outcome.effets;
            *tirages = self.dice.drawn();
        }
        fled
    }

    /// The action's event: its cost and what it changed about the actor.
    fn action_event(
        &self,
        acteur: usize,
        action_id: ActionId,
        action: &Action,
        plan: &Plan,
        fled: bool,
    ) -> CombatEvent {
        let vue = self.vue(acteur);
        let Vue { fiche, combattant } = vue;
        let mut recharges = combattant.recharges.clone();
        if let Some((competence_id, tours_restants @ 1..)) = plan.competence {
            recharges.push(Recharge { competence_id, tours_restants });
        }
        let objets_restants = plan.objet.map(|used| {
            let left = vue.objets().map(|(objet, quantite)| ObjetRestant {
                item_id: objet.item_id,
                quantite: quantite - u32::from(objet.item_id == used),
            });
            left.collect()
        });
        let elapsed = (self.maintenant - self.combat.tour_debut).num_milliseconds();
        CombatEvent::ActionExecutee {
            action_id,
            numero_tour: self.combat.numero_tour,
            acteur: fiche.participant_id,
            type_action: action.type_action(),
            competence_id: plan.competence.map(|(id, _)| id),
            item_id: plan.objet,
            cibles: plan.cibles.iter().map(|&cible| self.vue(cible).id()).collect(),
            cout: plan.cout,
            resultat: ResultatAction::Echec,
            duree_ms: u32::try_from(elapsed.max(0)).unwrap_or(u32::MAX),
            mp_avant: combattant.mp,
            mp_apres: combattant.mp - plan.cout.mp,
            stamina_avant: combattant.stamina,
            stamina_apres: combattant.stamina - plan.cout.stamina,
            position_avant: combattant.position,
            position_apres: match action {
                Action::Deplacement { vers } => *vers,
                _ => combattant.position,
            },
            etat_avant: combattant.etat,
            etat_apres: if fled { EtatParticipant::Fuite } else { combattant.etat },
            recharges,
            objets_restants,
            effets_appliques: Vec::new(),
            tirages: self.dice.drawn(),
        }
    }
}

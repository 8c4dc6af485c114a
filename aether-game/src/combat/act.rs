//! Actions: what each needs, and how it is carried out.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::commands::Action;
use super::effects::{Pose, percent_of};
use super::error::CombatError;
use super::events::{CombatEvent, EffetPose, ObjetRestant, Recharge};
use super::ids::{ActionId, CompetenceId, EffetId, ItemId};
use super::play::{Coup, Play};
use super::requirements::{check_cost, check_step, targets};
use super::roster::{Cout, Pouvoir};
use super::state::{Combat, Depart, Vue};
use super::vocabulary::{
    Ciblage, EtatParticipant, FinEffet, FinTour, ResultatAction, SourceEffet, TypeDegats, TypeEffet,
};

pub(super) fn act(
    combat: &Combat,
    depart: &Depart,
    acteur: usize,
    action: &Action,
    maintenant: DateTime<Utc>,
) -> Result<Vec<CombatEvent>, CombatError> {
    let mut play = Play::new(combat.clone(), depart, maintenant);
    let plan = Plan::of(&play, acteur, action)?;
    let fled = play.carry_out(acteur, action, plan);
    play.end_turn(FinTour::Action, fled);
    Ok(play.events)
}

/// An action that breaks no rule.
#[derive(Default)]
struct Plan {
    /// The targets' places.
    cibles: Vec<usize>,
    cout: Cout,
    pouvoirs: Vec<Pouvoir>,
    /// Added to the power of damage and healing.
    bonus: u32,
    competence: Option<(CompetenceId, u8)>,
    objet: Option<ItemId>,
}

impl Plan {
    /// Checks every rule of the action.
    fn of(play: &Play<'_>, acteur: usize, action: &Action) -> Result<Self, CombatError> {
        let vue = play.vue(acteur);
        let plan = match action {
            Action::Attaque { cible } => {
                let stats = &vue.fiche.stats;
                let cibles = targets(play, &vue, Ciblage::Ennemi, stats.portee, &[*cible])?;
                let pouvoirs = vec![Pouvoir::Degats {
                    type_degats: TypeDegats::Physique,
                    puissance: stats.force,
                }];
                Self { cibles, pouvoirs, ..Self::default() }
            }
            Action::Competence { competence_id, cibles } => {
                let competence_id = *competence_id;
                let unknown = CombatError::CompetenceInconnue { competence_id };
                let competence = vue.competence(competence_id).ok_or(unknown)?;
                let tours_restants = vue.recharge(competence_id);
                if tours_restants > 0 {
                    return Err(CombatError::EnRecharge { competence_id, tours_restants });
                }
                Self {
                    cibles: targets(play, &vue, competence.ciblage, competence.portee, cibles)?,
                    cout: competence.cout,
                    pouvoirs: competence.pouvoirs.clone(),
                    bonus: vue.fiche.stats.intelligence / 10,
                    competence: Some((competence_id, competence.cooldown_tours)),
                    objet: None,
                }
            }
            Action::Objet { item_id, cibles } => {
                let item_id = *item_id;
                let unknown = CombatError::ObjetInconnu { item_id };
                let (objet, quantite) = vue.objet(item_id).ok_or(unknown)?;
                if quantite == 0 {
                    return Err(CombatError::ObjetEpuise { item_id });
                }
                Self {
                    cibles: targets(play, &vue, objet.ciblage, objet.portee, cibles)?,
                    pouvoirs: objet.pouvoirs.clone(),
                    objet: Some(item_id),
                    ..Self::default()
                }
            }
            Action::Deplacement { vers } => {
                check_step(vue.combattant.position, *vers)?;
                Self::default()
            }
            Action::Defense => Self { cibles: vec![acteur], ..Self::default() },
            Action::Fuite => {
                Self { cout: Cout { mp: 0, stamina: Combat::COUT_FUITE }, ..Self::default() }
            }
        };
        check_cost(&vue, plan.cout)?;
        Ok(plan)
    }
}

/// How the parts of an action went.
#[derive(Default)]
struct Outcome {
    critiques: u32,
    reussites: u32,
    bloques: u32,
    esquives: u32,
    effets: Vec<EffetPose>,
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
            Action::Defense => {
                outcome.reussites = 1;
                let source_id = action_id.as_uuid();
                let guard = (TypeEffet::Garde, 50, 1);
                let source = (SourceEffet::Competence, source_id);
                self.lay_on_next(acteur, acteur, action_id, guard, source, &mut outcome);
            }
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

    /// Half of the attempts of one as quick as the quickest foe; 5 to 95 in 100 at the most.
    fn flight_succeeds(&mut self, acteur: usize) -> bool {
        let vue = self.vue(acteur);
        let camp = vue.fiche.camp;
        let own = i64::from(vue.fiche.stats.dexterite);
        let foes = self.combat.participants().filter(|it| it.fiche.camp != camp && it.est_debout());
        let quickest = foes.map(|it| i64::from(it.fiche.stats.dexterite)).max().unwrap_or(0);
        let percent = (50 + own - quickest).clamp(5, 95);
        self.dice.chance(percent as u32)
    }

    /// Everything an action does to one target; a target that dodges or falls is spared the rest.
    fn use_powers(
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
    fn lay_on_next(
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

//! What bots do with their turns.

use crate::combat::{
    Action, Ciblage, Combat, CombatCommand, Competence, EtatParticipant, Participant,
    ParticipantId, Pouvoir, TypeEntite, Vue,
};

/// A way to fight. Pure: the same combat makes the same choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tactic {
    /// Strikes the weakest foe within reach, else walks up to the nearest.
    Aggressive,
    /// Heals those of its side that are below half, raises its guard now and then when it is weak itself.
    Healer,
    /// Uses its strongest skill whenever it can.
    Caster,
    /// Fights until it is below a third of its hit points, then flees.
    Coward,
}

impl Tactic {
    /// Every tactic.
    pub const ALL: [Self; 4] = [Self::Aggressive, Self::Healer, Self::Caster, Self::Coward];

    /// The tactic that makes use of what a participant brings.
    #[must_use]
    pub fn suited_to(fiche: &Participant) -> Self {
        let heals =
            |it: &&Competence| it.pouvoirs.iter().any(|it| matches!(it, Pouvoir::Soin { .. }));
        if fiche.competences.iter().any(|it| heals(&it)) {
            Self::Healer
        } else if fiche.competences.iter().any(|it| power(it) > 0) {
            Self::Caster
        } else if fiche.type_entite == TypeEntite::Pnj && fiche.stats.dexterite > fiche.stats.force
        {
            Self::Coward
        } else {
            Self::Aggressive
        }
    }

    /// What `id` does now. A participant that is not in the combat, or does not stand, passes: the
    /// combat will refuse that too.
    #[must_use]
    pub fn choose(self, combat: &Combat, id: ParticipantId) -> CombatCommand {
        let own =
            combat.participant(id).filter(|own| own.combattant.etat == EtatParticipant::Actif);
        let action = own.and_then(|own| match self {
            Self::Aggressive => fight(combat, own),
            Self::Healer => {
                heal(combat, own).or_else(|| guard(combat, own)).or_else(|| fight(combat, own))
            }
            Self::Caster => cast(combat, own).or_else(|| fight(combat, own)),
            Self::Coward => flee(own).or_else(|| fight(combat, own)),
        });
        match action {
            Some(action) => CombatCommand::Agir { acteur: id, action },
            None => CombatCommand::PasserTour { acteur: id },
        }
    }
}

fn foes<'a>(combat: &'a Combat, own: Vue<'a>) -> impl Iterator<Item = Vue<'a>> {
    combat.participants().filter(move |it| it.est_debout() && it.fiche.camp != own.fiche.camp)
}

fn friends<'a>(combat: &'a Combat, own: Vue<'a>) -> impl Iterator<Item = Vue<'a>> {
    combat.participants().filter(move |it| it.est_debout() && it.fiche.camp == own.fiche.camp)
}

/// Strikes, or comes closer.
fn fight(combat: &Combat, own: Vue<'_>) -> Option<Action> {
    let reach = own.fiche.stats.portee;
    let near = foes(combat, own).filter(|it| own.distance(it) <= reach);
    if let Some(weakest) = near.min_by_key(|it| it.combattant.hp) {
        return Some(Action::Attaque { cible: weakest.id() });
    }
    let nearest = foes(combat, own).min_by_key(|it| own.distance(it))?;
    let (from, to) = (own.combattant.position, nearest.combattant.position);
    let steps = from.abs_diff(to).saturating_sub(reach).clamp(1, Combat::PAS_MAX);
    let vers = if to > from { from + steps } else { from - steps };
    Some(Action::Deplacement { vers })
}

/// Heals the one of its side that needs it most, with a skill or else an item.
fn heal(combat: &Combat, own: Vue<'_>) -> Option<Action> {
    let weak = |it: &Vue<'_>| it.combattant.hp < it.fiche.hp_max / 2;
    let heals = |pouvoirs: &[Pouvoir]| pouvoirs.iter().any(|it| matches!(it, Pouvoir::Soin { .. }));
    let patient = |ciblage: Ciblage, portee: u32| {
        friends(combat, own)
            .filter(|it| weak(it) && own.distance(it) <= portee)
            .filter(|it| {
                ciblage == Ciblage::Allie || ciblage == Ciblage::Soi && it.id() == own.id()
            })
            .min_by_key(|it| it.combattant.hp)
            .map(|it| vec![it.id()])
    };
    let skills = own.fiche.competences.iter().filter(|it| heals(&it.pouvoirs) && usable(own, it));
    let by_skill = skills.filter_map(|it| {
        let cibles = patient(it.ciblage, it.portee)?;
        Some(Action::Competence { competence_id: it.competence_id, cibles })
    });
    let items = own.objets().filter(|(it, left)| *left > 0 && heals(&it.pouvoirs));
    let by_item = items.filter_map(|(it, _)| {
        let cibles = patient(it.ciblage, it.portee)?;
        Some(Action::Objet { item_id: it.item_id, cibles })
    });
    by_skill.chain(by_item).next()
}

/// One turn in three when weak: who only hides never wins.
fn guard(combat: &Combat, own: Vue<'_>) -> Option<Action> {
    let weak = own.combattant.hp < own.fiche.hp_max / 3;
    (weak && combat.numero_tour().is_multiple_of(3)).then_some(Action::Defense)
}

/// The strongest harmful skill that reaches somebody.
fn cast(combat: &Combat, own: Vue<'_>) -> Option<Action> {
    let skills = own.fiche.competences.iter();
    let usable = skills.filter(|it| power(it) > 0 && usable(own, it));
    let reaching = usable.filter_map(|it| {
        let most = match it.ciblage {
            Ciblage::Zone => Combat::CIBLES_MAX,
            Ciblage::Ennemi => 1,
            Ciblage::Soi | Ciblage::Allie => return None,
        };
        let mut near: Vec<_> =
            foes(combat, own).filter(|foe| own.distance(foe) <= it.portee).collect();
        near.sort_by_key(|foe| foe.combattant.hp);
        let cibles: Vec<_> = near.iter().take(most).map(Vue::id).collect();
        let harm = power(it) * cibles.len() as u64;
        let action = Action::Competence { competence_id: it.competence_id, cibles };
        (harm > 0).then_some((harm, action))
    });
    reaching.max_by_key(|(harm, _)| *harm).map(|(_, action)| action)
}

fn flee(own: Vue<'_>) -> Option<Action> {
    let weak = own.combattant.hp < own.fiche.hp_max / 3;
    (weak && own.combattant.stamina >= Combat::COUT_FUITE).then_some(Action::Fuite)
}

fn usable(own: Vue<'_>, competence: &Competence) -> bool {
    own.recharge(competence.competence_id) == 0
        && competence.cout.mp <= own.combattant.mp
        && competence.cout.stamina <= own.combattant.stamina
}

/// How much a skill harms one target.
fn power(competence: &Competence) -> u64 {
    let of = |it: &Pouvoir| match it {
        Pouvoir::Degats { puissance, .. } => u64::from(*puissance),
        Pouvoir::Effet { type_effet, puissance, duree_tours, .. } if type_effet.est_debuff() => {
            u64::from(*puissance) * u64::from(*duree_tours)
        }
        Pouvoir::Effet { .. } | Pouvoir::Soin { .. } | Pouvoir::Dissipation => 0,
    };
    competence.pouvoirs.iter().map(of).sum()
}

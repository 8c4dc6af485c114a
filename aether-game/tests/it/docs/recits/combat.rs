//! Combats: a mage against a monster, and bots.

use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::*;
use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::combat::fixtures::*;
use crate::combat::proprietes::any_command;

fn vie() -> Vie<Combat> {
    Vie::new(|avant, _, apres, _| de_a(avant.etat().as_str(), apres.etat().as_str()))
}

pub(crate) fn recit() -> Recit {
    let mut vie = vie();
    let arrow = Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 12 };
    let burn = effect(TypeEffet::Brulure, 6, 2);
    let potion = Objet {
        item_id: item_id(1),
        nom: "Potion de soin".into(),
        quantite: 2,
        ciblage: Ciblage::Soi,
        portee: 1,
        pouvoirs: vec![Pouvoir::Soin { puissance: 30 }],
    };
    let mage = with(ally(1), |it| {
        it.nom = "Maëlle".into();
        it.hp = 60;
        it.competences = vec![skill(1, Ciblage::Ennemi, vec![arrow, burn])];
        it.objets = vec![potion];
    });
    let wolf = with(foe(2), |it| {
        it.nom = "Loup gris".into();
        it.hp = 40;
        it.hp_max = 40;
    });
    vie.fait(start(vec![mage, wolf]), at(0));
    vie.fait(casts(1, 1, &[2]), at(4_000));
    vie.fait(strikes(2, 1), at(9_000));
    vie.fait(uses(1, 1, &[1]), at(12_000));
    vie.fait(strikes(2, 1), at(15_000));
    vie.fait(strikes(1, 2), at(18_000));
    let ecrit = vie.raconte();
    Recit { ecrit, hasard: hasard() }
}

fn hasard() -> Vec<super::Pas> {
    let mut vie = vie();
    let mut hasard = Hasard::new();
    for seed in 0..12 {
        vie.recommence();
        let (_, demarrer) = Rosters::new(seed).next_combat();
        vie.fait(CombatCommand::Demarrer(Box::new(demarrer)), at(0));
        for turn in 0..60 {
            let Some(active) = vie.etat.participant_actif() else { break };
            let (command, wait) = match seed % 3 {
                0 => (Tactic::Aggressive.choose(&vie.etat, active), TimeDelta::zero()),
                1 => (Tactic::Coward.choose(&vie.etat, active), TimeDelta::zero()),
                _ => any_command(&vie.etat, hasard.tire(&any::<[usize; 5]>())),
            };
            vie.essaie(&command, at(turn + 1) + wait);
        }
        // time is over
        if let Some(acteur) = vie.etat.participant_actif() {
            vie.fait(CombatCommand::PasserTour { acteur }, at(60));
        }
        let numero_tour = vie.etat.numero_tour();
        vie.essaie(&CombatCommand::ExpirerTour { numero_tour }, at(31_000));
        let late = match seed % 2 {
            0 => CombatCommand::VerifierLimite,
            _ => CombatCommand::ExpirerTour { numero_tour },
        };
        vie.essaie(&late, at(600_000));
    }
    empoisonnes(&mut vie);
    vie.raconte()
}

/// Combats that end as a turn begins, whose participant dies of poison; there is one more of its side, or not.
fn empoisonnes(vie: &mut Vie<Combat>) {
    let poison = vec![effect(TypeEffet::Poison, 6, 3)];
    let witch = with(ally(1), |it| it.competences = vec![skill(1, Ciblage::Ennemi, poison)]);
    let frail = |n| with(foe(n), |it| it.hp = 10);
    for others in [vec![], vec![foe(3)]] {
        for is_late in [false, true] {
            vie.recommence();
            let roster = [witch.clone(), frail(2)].into_iter().chain(others.clone());
            vie.fait(start(roster.collect()), at(0));
            vie.fait(casts(1, 1, &[2]), at(1));
            vie.fait(passes(2), at(2));
            others.iter().for_each(|_| vie.fait(passes(3), at(3)));
            let numero_tour = vie.etat.numero_tour();
            match is_late {
                true => vie.fait(CombatCommand::ExpirerTour { numero_tour }, at(40_000)),
                false => vie.fait(passes(1), at(4)),
            }
        }
    }
}

//! Definitions: created once, and checked then.

use aether_game::combat::{Pouvoir, TypeEffet};
use aether_game::competence::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

fn creer(fiche: FicheCompetence) -> CompetenceCommand {
    CompetenceCommand::Creer(Box::new(fiche))
}

#[track_caller]
fn refusee(change: impl FnOnce(&mut FicheCompetence), refus: CompetenceRefus) {
    Scenario::<Competence>::given([]).when(creer(avec(change))).then_rejected(refus);
}

fn poison(puissance: u32, duree_tours: u8, chance: u8) -> Vec<Pouvoir> {
    vec![Pouvoir::Effet { type_effet: TypeEffet::Poison, puissance, duree_tours, chance }]
}

fn requise(n: u128) -> CompetenceRequise {
    CompetenceRequise { competence_id: competence_id(n), niveau: rang(2) }
}

#[test]
fn a_definition_says_all_that_a_skill_is() {
    Scenario::<Competence>::given([])
        .when(creer(fiche()))
        .then([CompetenceEvent::CompetenceCreee(Box::new(fiche()))])
        .when(creer(avec(|it| it.cout_mana = Stat::ZERO)))
        .then_rejected(CompetenceRefus::DejaCreee);
}

#[test]
fn what_does_not_exist_cannot_be_learned() {
    let refused = Apprendre::new(&Competence::default(), joueur(), niveau(10));
    assert_eq!(refused, Err(CompetenceRefus::Inconnue));
}

#[test]
fn effects_stay_within_what_a_combat_takes() {
    let maximum = FicheCompetence::EFFETS_MAX;
    refusee(|it| it.effets.clear(), CompetenceRefus::NombreEffets { nombre: 0, maximum });
    refusee(
        |it| it.effets = vec![Pouvoir::Dissipation; 6],
        CompetenceRefus::NombreEffets { nombre: 6, maximum },
    );
    refusee(
        |it| it.effets = vec![Pouvoir::Soin { puissance: u32::MAX }],
        CompetenceRefus::Puissance { puissance: u32::MAX, maximum: 1_000_000 },
    );
    for tours in [0, 21] {
        refusee(
            |it| it.effets = poison(1, tours, 50),
            CompetenceRefus::Duree { tours, maximum: 20 },
        );
    }
    refusee(|it| it.effets = poison(1, 1, 101), CompetenceRefus::Chance { chance: 101 });
}

#[test]
fn a_level_never_makes_a_skill_free() {
    refusee(
        |it| it.modificateurs_niveau.reduction_cout = 11,
        CompetenceRefus::Modificateur { pourcent: 11, maximum: 10 },
    );
    refusee(
        |it| it.modificateurs_niveau.puissance = 101,
        CompetenceRefus::Modificateur { pourcent: 101, maximum: 100 },
    );
    let steepest = ModificateursNiveau { puissance: 100, reduction_cout: 10 };
    let highest = ModificateursActifs::au_niveau(steepest, NiveauCompetence::MAX);
    assert_eq!(highest, ModificateursActifs { puissance: 900, reduction_cout: 90 });
    assert_eq!(highest.cout(stat(25)), stat(3), "rounded up");
    assert_eq!(highest.cout(stat(1)), stat(1));
    assert_eq!(highest.cout(Stat::MAX), stat(100_000));
}

#[test]
fn skills_before_are_others_each_named_once() {
    let before = |it: &mut FicheCompetence, ids: &[u128]| {
        it.pre_requis.competences = ids.iter().map(|n| requise(*n)).collect();
    };
    refusee(
        |it| before(it, &[2, 2]),
        CompetenceRefus::PreRequisInvalide { competence: competence_id(2) },
    );
    refusee(
        |it| before(it, &[1]),
        CompetenceRefus::PreRequisInvalide { competence: competence_id(1) },
    );
    refusee(
        |it| before(it, &[2, 3, 4, 5, 6, 7]),
        CompetenceRefus::TropDePreRequis { nombre: 6, maximum: 5 },
    );
}

#[test]
fn what_is_never_used_costs_nothing_and_does_not_rest() {
    let passive = |it: &mut FicheCompetence| it.type_competence = TypeCompetence::Passive;
    refusee(passive, CompetenceRefus::PassiveCouteuse);
    Scenario::<Competence>::given([]).when(creer(super::fixtures::passive())).then_state(|_| {});
}

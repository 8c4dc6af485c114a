//! Levels of skills.

use aether_game::competence::*;
use aether_game::values::*;

use super::fixtures::*;

#[test]
fn a_skill_that_was_used_enough_rises_by_one_level() {
    utilisee(fiche(), 10)
        .when(ameliorer(6, 2))
        .then([ApprentissageEvent::CompetenceAmelioree {
            joueur_id: joueur(),
            competence_id: competence_id(1),
            niveau_avant: rang(1),
            niveau_apres: rang(2),
            modificateurs_avant: ModificateursActifs::default(),
            modificateurs_apres: ModificateursActifs { puissance: 10, reduction_cout: 5 },
            amelioree_a: at(540),
        }])
        .at(at(600))
        .when(UTILISER)
        .then_state(|it| assert_eq!(it.modificateurs().cout(stat(25)), stat(24)));
}

#[test]
fn a_skill_that_was_used_too_little_stays() {
    let experience = Experience::fixe::<90>();
    let requise = Experience::fixe::<100>();
    utilisee(fiche(), 9)
        .when(ameliorer(100, 2))
        .then_rejected(ApprentissageRefus::ExperienceInsuffisante { requise, experience });
}

#[test]
fn each_level_needs_one_more_of_the_player() {
    utilisee(fiche(), 30)
        .when(ameliorer(5, 2))
        .then_rejected(ApprentissageRefus::NiveauInsuffisant {
            requis: niveau(6),
            niveau: niveau(5),
        })
        .when(ameliorer(6, 2))
        .then_state(|_| {})
        .when(ameliorer(6, 3))
        .then_rejected(ApprentissageRefus::NiveauInsuffisant {
            requis: niveau(7),
            niveau: niveau(6),
        })
        .when(ameliorer(7, 3))
        .then_state(|it| assert_eq!(it.niveau(), Some(rang(3))));
}

#[test]
fn a_passive_skill_rises_with_the_player_alone_up_to_the_highest_level() {
    let highest = (2..=10)
        .fold(apprise(passive()), |it, vers| it.when(ameliorer(100, vers)).then_state(|_| {}));
    highest
        .then_state(|it| assert_eq!(it.niveau(), Some(NiveauCompetence::MAX)))
        .when(ameliorer(100, 10))
        .then_rejected(ApprentissageRefus::NiveauMaximal { niveau: NiveauCompetence::MAX });
}

#[test]
fn an_improvement_is_to_the_next_level_for_which_its_points_are() {
    for vers in [1, 3] {
        utilisee(fiche(), 30)
            .when(ameliorer(100, vers))
            .then_rejected(ApprentissageRefus::AutreNiveau { vers: rang(vers), suivant: rang(2) });
    }
}

#[test]
fn what_was_not_learned_is_not_improved() {
    nouveau().when(ameliorer(100, 2)).then_rejected(ApprentissageRefus::PasApprise);
}

#[test]
fn the_experience_for_a_level_rises_with_the_level() {
    let required: Vec<_> =
        (1..=10).map(|n| Apprentissage::experience_requise(rang(n)).get()).collect();
    assert_eq!(required[..3], [0, 100, 300]);
    assert_eq!(required[9], 4_500);
    assert!(required.is_sorted_by(|a, b| a < b));
}

#[test]
fn no_level_of_a_skill_needs_more_than_the_highest_player() {
    let highest = Apprentissage::niveau_joueur_requis(Niveau::MAX, NiveauCompetence::MAX);
    assert_eq!(highest, Niveau::MAX);
}

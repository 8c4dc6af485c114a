//! Experience and levels.

use aether_game::joueur::*;
use aether_game::values::*;
use proptest::prelude::*;

use super::fixtures::*;

fn levels(events: &[JoueurEvent]) -> Vec<(u8, u8)> {
    let of = |event: &JoueurEvent| match event {
        JoueurEvent::NiveauAtteint { ancien_niveau, nouveau_niveau, .. } => {
            Some((ancien_niveau.get(), nouveau_niveau.get()))
        }
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

fn decided(joueur: &Joueur, command: &JoueurCommand) -> Vec<JoueurEvent> {
    aether_core::Aggregate::decide(joueur, command, &facts(at(1))).unwrap()
}

#[test]
fn the_curve_grows_with_each_level_and_stays_below_a_million() {
    let all: Vec<_> = (1..=100).map(|n| experience_requise(niveau(n))).collect();
    assert_eq!(all[..4], [xp(0), xp(100), xp(400), xp(900)]);
    assert!(all.is_sorted_by(|a, b| a < b));
    assert!(all[99] < xp(1_000_000));
}

#[test]
fn a_level_comes_with_points_and_stats() {
    let par_niveau = Classe::Guerrier.stats_par_niveau();
    let stats_base = Classe::Guerrier.stats_de_depart().plus(par_niveau);
    alba()
        .when(gagne(99))
        .then([JoueurEvent::ExperienceGagnee {
            montant: xp(99),
            avant: xp(0),
            apres: xp(99),
            raison: RaisonExperience::Combat,
        }])
        .when(gagne(1))
        .then([
            JoueurEvent::ExperienceGagnee {
                montant: xp(1),
                avant: xp(99),
                apres: xp(100),
                raison: RaisonExperience::Combat,
            },
            JoueurEvent::NiveauAtteint {
                ancien_niveau: niveau(1),
                nouveau_niveau: niveau(2),
                points_competence_gagnes: 1,
                points_competence: 1,
                stats_augmentees: par_niveau,
                stats_base,
                stats_totales: stats_base,
                experience_totale: xp(100),
                experience_prochain_niveau: Some(xp(400)),
                atteint_a: at(1),
            },
        ]);
}

#[test]
fn several_levels_come_at_once_and_each_has_an_event() {
    let joueur = joueur_avec(|_| {});
    assert_eq!(levels(&decided(&joueur, &gagne(900))), [(1, 2), (2, 3), (3, 4)]);
}

#[test]
fn nothing_happens_for_no_experience() {
    alba().when(gagne(0)).then_nothing();
}

#[test]
fn after_the_last_level_experience_still_counts_and_never_overflows() {
    let most = u64::try_from(i64::MAX).unwrap();
    alba()
        .when(gagne(980_100))
        .then_state(|joueur| assert_eq!(joueur.niveau(), Niveau::MAX))
        .when(gagne(most - 980_100))
        .then_state(|joueur| {
            assert_eq!((joueur.niveau(), joueur.experience()), (Niveau::MAX, Experience::MAX));
            assert_eq!(joueur.points_competence(), 99);
        })
        .when(gagne(1))
        .then_rejected(JoueurRefus::ExperiencePleine { montant: xp(1), totale: Experience::MAX });
}

#[test]
fn skill_points_are_spent_once() {
    let depense = |nombre| JoueurCommand::DepenserPoints { nombre, competence: competence(1) };
    let refus = |demande, disponible| JoueurRefus::PointsInsuffisants { demande, disponible };
    alba()
        .when(gagne(400))
        .then_state(|joueur| assert_eq!(joueur.points_competence(), 2))
        .when(depense(0))
        .then_rejected(refus(0, 2))
        .when(depense(3))
        .then_rejected(refus(3, 2))
        .when(depense(u32::MAX))
        .then_rejected(refus(u32::MAX, 2))
        .when(depense(2))
        .then([JoueurEvent::PointsCompetenceDepenses {
            avant: 2,
            apres: 0,
            competence_id: competence(1),
        }])
        .when(depense(1))
        .then_rejected(refus(1, 0));
}

proptest! {
    #[test]
    fn the_level_follows_from_the_experience_alone(gains in prop::collection::vec(0..300_000_u64, 1..20)) {
        let joueur = joueur_avec(|it| it.extend(gains.iter().map(|n| gagne(*n))));
        let reached = |n: &u8| experience_requise(niveau(*n)) <= joueur.experience();
        prop_assert_eq!(joueur.experience(), xp(gains.iter().sum()));
        prop_assert_eq!(Some(joueur.niveau().get()), (1..=100).rfind(reached));
        prop_assert_eq!(joueur.stats_base(), Classe::Guerrier.stats_au_niveau(joueur.niveau()));
    }
}

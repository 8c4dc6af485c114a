//! The end of a quest, and its one payment.

use aether_game::quete::*;
use aether_game::values::*;

use super::fixtures::*;

#[test]
fn a_quest_is_finished_when_every_objective_is_complete() {
    let talk = progresser(fait(9, TypeObjectif::Dialogue, 3, 1));
    apres(en_cours(fiche()), (1..=3).map(tue).chain([livre(1, 5)]))
        .when(TERMINER)
        .then_rejected(ProgresRefus::Incomplete { pourcentage: Pourcent::new(66).unwrap() })
        .when(talk)
        .then_state(|progres| assert!(progres.est_complete()))
        .when(TERMINER)
        .then([ProgresEvent::QueteTerminee {
            joueur_id: joueur(),
            quete_id: quete_id(1),
            tentative: 1,
            recompenses: recompenses(),
            recompense_due: true,
            disponible_a: None,
            terminee_a: at(1),
        }])
        .then_state(|progres| {
            assert_eq!(progres.etat(), Some(EtatQuete::Complete));
            assert!(progres.est_terminee());
        });
}

#[test]
fn a_quest_is_finished_once() {
    terminee(|_| {})
        .when(TERMINER)
        .then_rejected(ProgresRefus::PasEnCours { etat: EtatQuete::Complete });
}

#[test]
fn a_quest_pays_once() {
    terminee(|_| {})
        .when(recompenser(1))
        .then([ProgresEvent::RecompenseObtenue {
            joueur_id: joueur(),
            quete_id: quete_id(1),
            tentative: 1,
            recompenses: recompenses(),
            transaction_id: transaction(1),
            obtenue_a: at(1),
        }])
        .when(recompenser(1))
        .then_rejected(ProgresRefus::RienDeDu { tentative: 1 })
        .when(recompenser(2))
        .then_rejected(ProgresRefus::RienDeDu { tentative: 1 });
}

#[test]
fn a_reward_that_was_not_collected_waits() {
    terminee(|_| {})
        .at(at(1_000_000))
        .when(EXPIRER)
        .then_nothing()
        .when(recompenser(1))
        .then_state(|progres| assert!(!progres.recompense_due()));
}

#[test]
fn what_is_not_finished_pays_nothing() {
    en_cours(fiche())
        .when(recompenser(1))
        .then_rejected(ProgresRefus::PasTerminee { tentative: 1 });
    nouveau().when(recompenser(1)).then_rejected(ProgresRefus::PasAcceptee);
}

#[test]
fn a_quest_that_offers_nothing_owes_nothing() {
    terminee(|it| it.recompenses = RecompensesQuete::default())
        .then_state(|progres| assert!(!progres.recompense_due()))
        .when(recompenser(1))
        .then_rejected(ProgresRefus::RienDeDu { tentative: 1 });
}

#[test]
fn each_attempt_of_a_repeated_quest_pays_once_and_a_late_command_meets_its_own_attempt() {
    let visit = fait(2, TypeObjectif::Explore, 1, 1);
    apres(
        terminee(|it| it.repete = true),
        [recompenser(1), accepter(visite(|it| it.repete = true))],
    )
    .when(TERMINER)
    .then_rejected(ProgresRefus::AutreTentative { tentative: 1, actuelle: 2 })
    .when(recompenser(1))
    .then_rejected(ProgresRefus::AutreTentative { tentative: 1, actuelle: 2 })
    .when(ProgresCommand::Progresser { tentative: 2, fait: visit })
    .then_state(|_| {})
    .when(ProgresCommand::Terminer { tentative: 2 })
    .then_state(|progres| {
        assert_eq!((progres.fois_terminee(), progres.recompense_due()), (2, true));
    });
}

//! The bar: ten places, one skill in each, each skill once.

use aether_game::competence::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

fn place(n: u8) -> PositionBarre {
    PositionBarre::new(n).unwrap()
}

fn placer(competence: u128, position: u8) -> BarreCommand {
    BarreCommand::Placer {
        joueur_id: joueur(),
        competence_id: competence_id(competence),
        position: place(position),
    }
}

fn modifiee(position: u8, avant: Option<u128>, apres: Option<u128>) -> BarreEvent {
    BarreEvent::BarreModifiee {
        joueur_id: joueur(),
        position: place(position),
        competence_avant: avant.map(competence_id),
        competence_apres: apres.map(competence_id),
    }
}

#[test]
fn a_place_outside_of_the_bar_does_not_exist() {
    for n in [0, 11] {
        assert!(PositionBarre::new(n).is_err());
        assert!(serde_json::from_str::<PositionBarre>(&n.to_string()).is_err());
    }
}

#[test]
fn a_skill_lies_in_one_place() {
    Scenario::<Barre>::given([])
        .when(placer(1, 2))
        .then([modifiee(2, None, Some(1))])
        .when(placer(1, 2))
        .then_nothing()
        .when(placer(1, 10))
        .then([modifiee(2, Some(1), None), modifiee(10, None, Some(1))])
        .then_state(|barre| assert_eq!(barre.places().count(), 1));
}

#[test]
fn two_skills_change_places() {
    Scenario::<Barre>::given([modifiee(1, None, Some(1)), modifiee(2, None, Some(2))])
        .when(placer(1, 2))
        .then([modifiee(1, Some(1), Some(2)), modifiee(2, Some(2), Some(1))])
        .then_state(|barre| assert_eq!(barre.position(competence_id(2)), Some(place(1))));
}

#[test]
fn a_new_skill_takes_the_place_of_another() {
    Scenario::<Barre>::given([modifiee(1, None, Some(1))])
        .when(placer(2, 1))
        .then([modifiee(1, Some(1), Some(2))])
        .then_state(|barre| assert_eq!(barre.position(competence_id(1)), None));
}

#[test]
fn a_place_is_emptied_once() {
    let retirer = BarreCommand::Retirer { position: place(1) };
    Scenario::<Barre>::given([modifiee(1, None, Some(1))])
        .when(retirer)
        .then([modifiee(1, Some(1), None)])
        .when(retirer)
        .then_nothing();
}

#[test]
fn the_bar_of_another_player_takes_no_skill() {
    let stranger = BarreCommand::Placer {
        joueur_id: JoueurId::new(uuid::Uuid::from_u128(9)),
        competence_id: competence_id(1),
        position: place(1),
    };
    Scenario::<Barre>::given([modifiee(1, None, Some(1))])
        .when(stranger)
        .then_rejected(BarreRefus::AutreJoueur { joueur: joueur() });
}

//! How a character likes each player.

use aether_game::pnj::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

fn modifiee(n: u128, avant: i64, apres: i64) -> PnjEvent {
    PnjEvent::ReputationModifiee {
        pnj_id: pnj_id(),
        joueur_id: joueur(n),
        avant: reputation(avant),
        apres: reputation(apres),
        motif: motif(),
        modifiee_a: noon(),
    }
}

#[test]
fn each_player_has_a_reputation_of_its_own() {
    aubin()
        .when(estimer(1, 30))
        .then([modifiee(1, 0, 30)])
        .when(estimer(1, -50))
        .then([modifiee(1, 30, -20)])
        .when(estimer(2, 5))
        .then([modifiee(2, 0, 5)])
        .when(estimer(2, 0))
        .then_nothing();
}

#[test]
fn a_reputation_stays_within_its_bounds() {
    aubin()
        .when(estimer(1, i32::MAX))
        .then([modifiee(1, 0, 1_000)])
        .when(estimer(1, 1))
        .then_nothing()
        .when(estimer(1, i32::MIN))
        .then([modifiee(1, 1_000, -1_000)])
        .when(estimer(1, i32::MIN))
        .then_nothing();
}

#[test]
fn a_reputation_outside_of_its_bounds_cannot_be_built() {
    for n in [-1_001, 1_001, i64::MIN, i64::MAX] {
        assert!(Reputation::new(n).is_err());
    }
    for text in ["-1001", "1001", "1e40", "\"1\"", "1.0", "null"] {
        assert!(serde_json::from_str::<Reputation>(text).is_err(), "{text}");
    }
    assert_eq!(serde_json::from_str::<Reputation>("-1000").unwrap(), Reputation::MIN);
}

#[test]
fn a_character_has_an_opinion_of_ten_thousand_players_at_most() {
    let opinions = (0..10_000).map(|n| modifiee(n, 0, 1));
    Scenario::<Pnj>::given([cree(fiche())].into_iter().chain(opinions))
        .at(noon())
        .when(estimer(10_000, 1))
        .then_rejected(PnjRefus::TropDeJoueurs { maximum: 10_000 })
        .when(estimer(3, 1))
        .then([modifiee(3, 1, 2)])
        .when(estimer(4, -1))
        .then([modifiee(4, 1, 0)])
        .when(estimer(10_000, 1))
        .then([modifiee(10_000, 0, 1)]);
}

//! What a character says, and to whom.

use aether_game::pnj::*;
use aether_game::values::*;

use super::fixtures::*;

#[test]
fn a_talk_says_who_where_and_what() {
    aubin().when(parler(1)).then([PnjEvent::DialogueDeclenche {
        pnj_id: pnj_id(),
        pnj_nom: fiche().nom,
        zone_id: zone(),
        joueur_id: joueur(1),
        dialogue_id: dialogue(1),
        texte: Description::new("Bonjour !").unwrap(),
        declenche_a: noon(),
    }]);
}

#[test]
fn a_secret_is_for_friends() {
    let refus = PnjRefus::ReputationInsuffisante { minimum: 100, reputation: reputation(99) };
    aubin()
        .when(estimer(1, 99))
        .then_state(|_| {})
        .when(parler(2))
        .then_rejected(refus)
        .when(estimer(1, 1))
        .then_state(|_| {})
        .when(parler(2))
        .then_state(|_| {});
}

#[test]
fn a_character_says_only_what_it_knows() {
    aubin().when(parler(9)).then_rejected(PnjRefus::DialogueInconnu { dialogue: dialogue(9) });
}

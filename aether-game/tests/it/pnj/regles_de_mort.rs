//! Death.

use aether_game::pnj::*;

use super::fixtures::*;

#[test]
fn a_character_dies_once_and_does_nothing_afterwards() {
    let after = [
        parler(1),
        ouvrir(),
        vendre(1, 1, 10),
        racheter(1, 1, 4),
        reapprovisionner(1, 5),
        estimer(1, 1),
        tuer(),
    ];
    let dead = aubin()
        .when(tuer())
        .then([PnjEvent::PnjMort {
            pnj_id: pnj_id(),
            pnj_nom: fiche().nom,
            zone_id: zone(),
            tueur: Some(joueur(1)),
            mort_a: noon(),
        }])
        .then_state(|it| assert!(it.est_mort()));
    after.into_iter().fold(dead, |dead, command| dead.when(command).then_rejected(PnjRefus::Mort));
}

#[test]
fn a_character_can_die_by_no_players_hand() {
    aubin().when(PnjCommand::Tuer { tueur: None }).then_state(|it| assert!(it.est_mort()));
}

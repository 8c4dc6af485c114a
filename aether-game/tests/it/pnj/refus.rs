//! Every refusal of characters is reached by a command.

use aether_core::{Aggregate as _, Facts};
use aether_game::pnj::*;
use aether_game::values::*;

use super::fixtures::*;
use crate::refus::assert_all_reached;

fn meets(past: &[PnjEvent], command: PnjCommand) -> PnjRefus {
    Pnj::fold(past).decide(&command, &Facts::at(noon())).unwrap_err()
}

fn creation(change: impl FnOnce(&mut FichePnj)) -> PnjRefus {
    meets(&[], PnjCommand::Creer(Box::new(avec(change))))
}

fn opinion(n: u128) -> PnjEvent {
    PnjEvent::ReputationModifiee {
        pnj_id: pnj_id(),
        joueur_id: joueur(n),
        avant: Reputation::NEUTRE,
        apres: Reputation::MAX,
        motif: motif(),
        modifiee_a: noon(),
    }
}

#[test]
fn every_refusal_of_a_character_is_reached() {
    let alive = [cree(fiche())];
    let death = Pnj::fold(&alive).decide(&tuer(), &Facts::at(noon())).unwrap();
    let dead: Vec<_> = alive.iter().cloned().chain(death).collect();
    let closed = [cree(avec(|it| it.articles.clear()))];
    let dear = [cree(avec(|it| it.articles[1].prix = Prix::MAX))];
    let known: Vec<_> = alive.iter().cloned().chain((0..10_000).map(opinion)).collect();
    assert_all_reached([
        meets(&[], ouvrir()),
        meets(&alive, PnjCommand::Creer(Box::new(fiche()))),
        meets(&dead, ouvrir()),
        creation(|it| it.dialogues = vec![it.dialogues[0].clone(); 51]),
        creation(|it| it.dialogues[1].dialogue_id = dialogue(1)),
        creation(|it| it.articles = vec![it.articles[0]; 101]),
        creation(|it| it.articles[1].item_id = item(1)),
        creation(|it| it.articles[0].prix_rachat = Some(Prix::MAX)),
        creation(|it| it.articles[0].stock = Some(u32::MAX)),
        meets(&alive, parler(9)),
        meets(&alive, parler(2)),
        meets(&closed, ouvrir()),
        meets(&alive, vendre(9, 1, 10)),
        meets(&alive, racheter(2, 1, 3)),
        meets(&alive, vendre(1, 1, 9)),
        meets(&dear, vendre(2, 9_999, 1_000_000_000)),
        meets(&alive, vendre(1, 21, 10)),
        meets(&alive, reapprovisionner(2, 5)),
        meets(&known, estimer(10_000, 1)),
    ]);
}

//! Characters are created once, and checked then.

use aether_game::pnj::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

fn creer(fiche: FichePnj) -> PnjCommand {
    PnjCommand::Creer(Box::new(fiche))
}

#[track_caller]
fn refuse(change: impl FnOnce(&mut FichePnj), refus: PnjRefus) {
    Scenario::<Pnj>::given([]).when(creer(avec(change))).then_rejected(refus);
}

#[test]
fn a_character_is_created_once() {
    Scenario::<Pnj>::given([])
        .when(creer(fiche()))
        .then([cree(fiche())])
        .when(creer(fiche()))
        .then_rejected(PnjRefus::DejaCree);
}

#[test]
fn nothing_is_asked_of_a_character_that_does_not_exist() {
    for command in [parler(1), ouvrir(), vendre(1, 1, 10), estimer(1, 1), tuer()] {
        Scenario::<Pnj>::given([]).when(command).then_rejected(PnjRefus::Inconnu);
    }
}

#[test]
fn dialogues_and_articles_are_bounded_and_each_is_there_once() {
    refuse(
        |it| it.dialogues = vec![it.dialogues[0].clone(); 51],
        PnjRefus::TropDeDialogues { nombre: 51, maximum: 50 },
    );
    refuse(
        |it| it.dialogues[1].dialogue_id = dialogue(1),
        PnjRefus::DialogueEnDouble { dialogue: dialogue(1) },
    );
    refuse(
        |it| it.articles = vec![it.articles[0]; 101],
        PnjRefus::TropDArticles { nombre: 101, maximum: 100 },
    );
    refuse(|it| it.articles[1].item_id = item(1), PnjRefus::ArticleEnDouble { item: item(1) });
    refuse(
        |it| it.articles[0].stock = Some(u32::MAX),
        PnjRefus::Stock { stock: u32::MAX, maximum: 1_000_000 },
    );
}

#[test]
fn a_shop_never_pays_more_than_it_asks() {
    refuse(
        |it| it.articles[0].prix_rachat = Some(prix(11)),
        PnjRefus::RachatTropCher { item: item(1), prix: prix(10), rachat: prix(11) },
    );
}

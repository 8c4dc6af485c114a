//! What was stored stays readable.

use aether_core::{Aggregate as _, Event as _};
use aether_game::pnj::{Pnj, PnjEvent};
use aether_testkit::shape_lock::assert_event_shapes;

#[test]
fn stored_characters_stay_readable() {
    assert_event_shapes::<PnjEvent>("events/pnj.lock.json");
}

#[test]
fn characters_are_stored_as_the_studio_says() {
    assert_eq!(Pnj::TYPE, "PNJ");
    let names: Vec<_> = PnjEvent::TYPES.iter().map(|it| it.name).collect();
    let studio =
        ["PNJCree", "DialogueDeclenche", "CommerceOuvert", "ReputationModifiee", "PnjMort"];
    let beyond = ["ArticleVendu", "ArticleRachete", "StockModifie"];
    assert!(studio.iter().chain(&beyond).all(|name| names.contains(name)), "{names:?}");
    assert_eq!(names.len(), studio.len() + beyond.len());
}

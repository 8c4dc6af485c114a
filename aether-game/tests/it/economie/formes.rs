//! What was stored stays readable.

use aether_core::Event as _;
use aether_game::economie::EconomieEvent;

#[test]
fn stored_books_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<EconomieEvent>("events/economie.lock.json");
}

#[test]
fn event_types_are_those_of_the_studio_and_four_more() {
    let names: Vec<_> = EconomieEvent::TYPES.iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "OrdreVenteCree",
            "OrdreAchatCree",
            "TransactionExecutee",
            "TransactionReglee",
            "OrdreAnnule",
            "ColisDepose",
            "RecompenseDeposee",
            "ColisRetire",
            "PrixMisAJour",
        ]
    );
}

//! What was stored stays readable.

use aether_core::{Aggregate, Event, EventSet};
use aether_game::quete::{Progres, ProgresEvent, Quete, QueteEvent};
use aether_testkit::shape_lock::assert_event_shapes;

/// All that is stored under the type `Quete`.
#[derive(EventSet)]
#[allow(dead_code, reason = "only its names are asked for")]
enum Tout {
    Definition(QueteEvent),
    Progres(ProgresEvent),
}

#[test]
fn stored_quests_stay_readable() {
    assert_event_shapes::<QueteEvent>("events/quete.lock.json");
    assert_event_shapes::<ProgresEvent>("events/progres.lock.json");
}

#[test]
fn both_are_stored_as_the_studio_says() {
    assert_eq!((Quete::TYPE, Progres::TYPE), ("Quete", "Quete"));
    let names: Vec<_> =
        QueteEvent::TYPES.iter().chain(ProgresEvent::TYPES).map(|it| it.name).collect();
    let studio = [
        "QueteCreee",
        "QueteAcceptee",
        "ObjectifProgresse",
        "ObjectifComplete",
        "QueteTerminee",
        "RecompenseObtenue",
        "QueteEchouee",
    ];
    assert_eq!(names[..7], studio);
    assert_eq!(names[7..], ["QueteAbandonnee", "SuiviModifie"], "beyond the studio's");
    assert_eq!(Tout::stored_names().len(), names.len());
}

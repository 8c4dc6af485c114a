//! What was stored stays readable.

use aether_core::Event as _;
use aether_game::combat::CombatEvent;

#[test]
fn stored_combats_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<CombatEvent>("events/combat.lock.json");
}

#[test]
fn event_types_are_those_of_the_studio() {
    let names: Vec<_> = CombatEvent::TYPES.iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "CombatDemarre",
            "TourDebute",
            "ActionExecutee",
            "EffetStatutApplique",
            "EffetStatutExpire",
            "DegatsInfliges",
            "SoinsRecus",
            "ParticipantMort",
            "TourTermine",
            "CombatTermine",
        ]
    );
}

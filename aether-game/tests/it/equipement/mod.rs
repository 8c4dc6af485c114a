//! Rules of equipment.

pub(crate) mod proprietes;
mod regles_de_entretenir;
mod regles_de_renforcer;
mod unites;

use aether_core::Event as _;
use aether_game::equipement::EquipementEvent;

#[test]
fn stored_pieces_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<EquipementEvent>(
        "events/equipement.lock.json",
    );
}

#[test]
fn a_piece_has_the_event_types_of_the_studio() {
    let names: Vec<_> = EquipementEvent::TYPES.iter().map(|it| it.name).collect();
    for name in
        ["EquipementCree", "EquipementAmeliore", "EquipementRepare", "EnchantementsAppliques"]
    {
        assert!(names.contains(&name), "{name}");
    }
}

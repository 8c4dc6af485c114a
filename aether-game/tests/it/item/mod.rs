//! Rules of the catalogue.

pub(crate) mod fixtures;
pub(crate) mod proprietes;
mod regles_du_catalogue;

use aether_core::Event as _;
use aether_game::item::ItemEvent;

#[test]
fn stored_items_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<ItemEvent>("events/item.lock.json");
}

#[test]
fn an_item_has_the_event_types_of_the_studio() {
    let names: Vec<_> = ItemEvent::TYPES.iter().map(|it| it.name).collect();
    assert_eq!(names, ["ItemCree", "ItemModifie", "ProprietesModifiees", "ItemDetruit"]);
}

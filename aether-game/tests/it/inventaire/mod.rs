//! Rules of bags.

pub(crate) mod fixtures;
pub(crate) mod moteur;
mod proprietes;
mod refus_atteints;
mod regles_de_ajouter;
mod regles_de_deplacer;
mod regles_de_echanger;
mod regles_de_equiper;
mod regles_de_reserver;
mod regles_de_retirer;
mod regles_de_sequestrer;
mod unites;
mod unites_d_echange;
mod unites_du_marche;

use aether_core::Event as _;
use aether_game::inventaire::InventaireEvent;

#[test]
fn stored_bags_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<InventaireEvent>(
        "events/inventaire.lock.json",
    );
}

#[test]
fn a_bag_has_the_event_types_of_the_studio() {
    let names: Vec<_> = InventaireEvent::TYPES.iter().map(|it| it.name).collect();
    for name in [
        "ItemAjoute",
        "ItemRetire",
        "ItemEquipe",
        "ItemDesequipe",
        "ItemUtilise",
        "ItemEchange",
        "CapaciteModifiee",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}

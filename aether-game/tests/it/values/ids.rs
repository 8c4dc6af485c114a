//! Ids that follow from others.

use aether_core::uuid::Uuid;
use aether_game::values::*;

#[test]
fn a_stream_that_belongs_to_something_is_found_without_a_look_up() {
    let joueur = JoueurId::new(Uuid::from_u128(7));
    let autre = JoueurId::new(Uuid::from_u128(8));
    let item = ItemId::new(Uuid::from_u128(9));
    assert_eq!(InventaireId::du_joueur(joueur), InventaireId::v5(joueur, "inventaire"));
    assert_ne!(InventaireId::du_joueur(joueur), InventaireId::du_joueur(autre));
    assert_eq!(CarnetId::de_l_item(item), CarnetId::v5(item, "marche"));
    let quete = QueteId::new(Uuid::from_u128(10));
    assert_ne!(ProgresId::du_joueur(quete, joueur), ProgresId::du_joueur(quete, autre));
    assert!(MondeId::UNIQUE.as_uuid().is_nil());
}

#[test]
fn the_id_of_a_reservation_stays() {
    let id = ReservationId::du_nom("alba").to_string();
    assert_eq!(id, "646e073b-e02e-558c-8365-27f8bcb40404");
}

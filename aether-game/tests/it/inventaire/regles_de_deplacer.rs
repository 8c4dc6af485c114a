//! Moves, splits and merges.

use aether_game::inventaire::*;

use super::fixtures::*;

fn deplacer(n: u32, position: u16) -> InventaireCommand {
    InventaireCommand::Deplacer { joueur_id: moi(), slot_id: slot(n), position }
}

fn diviser(n: u32, quantite: u16, position: u16) -> InventaireCommand {
    InventaireCommand::Diviser {
        joueur_id: moi(),
        slot_id: slot(n),
        quantite: q(quantite),
        position,
    }
}

fn fusionner(de: u32, vers: u32, quantite: Option<u16>) -> InventaireCommand {
    let quantite = quantite.map(q);
    InventaireCommand::Fusionner { joueur_id: moi(), de: slot(de), vers: slot(vers), quantite }
}

/// Position, number of the slot, and how many are in it.
fn contents(sac: &Inventaire) -> Vec<(u16, u32, u16)> {
    let number = |id| (0..99).find(|n| slot(*n) == id).unwrap();
    sac.slots().map(|(at, it)| (at, number(it.slot_id), it.quantite.get())).collect()
}

#[test]
fn a_slot_moves_and_changes_places_with_what_is_there() {
    let deplace = |n, position_avant, position_apres, slot_deplace| InventaireEvent::ItemDeplace {
        joueur_id: moi(),
        slot_id: slot(n),
        position_avant,
        position_apres,
        slot_deplace,
    };
    apres([ajouter(&potion(), 20), ajouter(&minerai(), 7)])
        .when(deplacer(0, 9))
        .then([deplace(0, 0, 9, None)])
        .when(deplacer(1, 9))
        .then([deplace(1, 1, 9, Some(slot(0)))])
        .then_state(|sac| assert_eq!(contents(sac), [(1, 0, 20), (9, 1, 7)]))
        .when(deplacer(1, 9))
        .then_nothing()
        .when(deplacer(1, 50))
        .then_rejected(InventaireRefus::PositionHorsDuSac { position: 50, capacite: 50 });
}

#[test]
fn a_stack_is_split_into_a_free_slot_and_something_stays() {
    apres([ajouter(&potion(), 20), ajouter(&minerai(), 7)])
        .when(diviser(0, 20, 5))
        .then_rejected(InventaireRefus::PileEntiere { slot_id: slot(0) })
        .when(diviser(0, 5, 1))
        .then_rejected(InventaireRefus::PositionOccupee { position: 1 })
        .when(diviser(0, 5, 50))
        .then_rejected(InventaireRefus::PositionHorsDuSac { position: 50, capacite: 50 })
        .when(diviser(0, 5, 3))
        .then_state(|sac| {
            assert_eq!(contents(sac), [(0, 0, 15), (1, 1, 7), (3, 2, 5)]);
            assert_eq!(sac.poids().get(), 75);
        });
}

#[test]
fn stacks_of_one_item_are_merged_as_far_as_they_fit() {
    apres([ajouter(&potion(), 20), diviser(0, 8, 1), ajouter(&minerai(), 1)])
        .when(fusionner(0, 1, Some(13)))
        .then_rejected(InventaireRefus::ItemAbsent {
            item_id: potion().item_id,
            demande: 13,
            disponible: 12,
        })
        .when(fusionner(2, 1, None))
        .then_rejected(InventaireRefus::PilesIncompatibles { de: slot(2), vers: slot(1) })
        .when(fusionner(1, 1, None))
        .then_rejected(InventaireRefus::PilesIncompatibles { de: slot(1), vers: slot(1) })
        .when(ajouter(&potion(), 12))
        .then_state(|sac| assert_eq!(contents(sac), [(0, 0, 20), (1, 1, 12), (2, 2, 1)]))
        .when(fusionner(0, 1, Some(9)))
        .then_rejected(InventaireRefus::PilePleine { slot_id: slot(1), place: 8 })
        .when(fusionner(0, 1, None))
        .then_state(|sac| assert_eq!(contents(sac), [(0, 0, 12), (1, 1, 20), (2, 2, 1)]))
        .when(fusionner(0, 1, None))
        .then_rejected(InventaireRefus::PilePleine { slot_id: slot(1), place: 0 })
        .when(jeter(slot(1), 15))
        .then_state(|_| {})
        .when(fusionner(1, 0, None))
        .then_state(|sac| assert_eq!(contents(sac), [(0, 0, 17), (2, 2, 1)]));
}

#[test]
fn pieces_are_never_merged() {
    apres([ajouter(&epee(), 2)])
        .when(fusionner(0, 1, None))
        .then_rejected(InventaireRefus::PilePleine { slot_id: slot(1), place: 0 });
}

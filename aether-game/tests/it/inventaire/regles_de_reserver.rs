//! What is set aside for a combat.

use aether_game::inventaire::*;
use aether_game::item::FicheItem;
use aether_game::values::*;

use super::fixtures::*;

fn places(sac: &Inventaire) -> (u32, u32) {
    let places = sac.places(potion().item_id);
    (places.sac, places.combats)
}

#[test]
fn what_is_set_aside_for_a_combat_keeps_its_slot_and_nothing_else_can_be_done_with_it() {
    let absent = |demande, disponible| InventaireRefus::ItemAbsent {
        item_id: potion().item_id,
        demande,
        disponible,
    };
    apres([ajouter(&potion(), 20), mettre_de_cote(1, &[(&potion(), 15)])])
        .then_state(|sac| {
            assert_eq!(places(sac), (5, 15));
            assert_eq!(sac.poids().get(), 40);
        })
        .when(jeter(slot(0), 6))
        .then_rejected(absent(6, 5))
        .when(utiliser(slot(0), 6))
        .then_rejected(absent(6, 5))
        .when(sequestrer(1, &potion(), 6))
        .then_rejected(absent(6, 5))
        .when(mettre_de_cote(2, &[(&potion(), 6)]))
        .then_rejected(absent(6, 5))
        .when(jeter(slot(0), 5))
        .then_state(|sac| assert_eq!(places(sac), (0, 15)));
}

#[test]
fn a_combat_is_settled_once_what_is_left_comes_back_and_the_rest_was_used() {
    let rendu = InventaireEvent::ItemRendu {
        joueur_id: moi(),
        combat_id: combat(1),
        slot_id: slot(0),
        item_id: potion().item_id,
        quantite: q(15),
        libre_avant: 5,
        libre_apres: 20,
    };
    apres([ajouter(&potion(), 20), mettre_de_cote(1, &[(&potion(), 15)])])
        .when(solder(1, &[(&potion(), 16)]))
        .then_rejected(InventaireRefus::ResteExcessif {
            item_id: potion().item_id,
            reste: 16,
            de_cote: 15,
        })
        .when(solder(1, &[(&minerai(), 1)]))
        .then_rejected(InventaireRefus::ResteExcessif {
            item_id: minerai().item_id,
            reste: 1,
            de_cote: 0,
        })
        .when(solder(1, &[(&potion(), 15)]))
        .then([rendu])
        .then_state(|sac| assert_eq!(places(sac), (20, 0)))
        .when(solder(1, &[]))
        .then_rejected(InventaireRefus::CombatSansReserve { combat_id: combat(1) });
}

#[test]
fn an_item_that_is_not_named_at_the_end_was_used_up() {
    apres([ajouter(&potion(), 45), mettre_de_cote(1, &[(&potion(), 30)])])
        .when(solder(1, &[(&potion(), 8)]))
        .then_state(|sac| {
            assert_eq!(places(sac), (23, 0));
            assert_eq!(sac.poids().get(), 46);
        })
        .when(mettre_de_cote(2, &[(&potion(), 23)]))
        .then_state(|_| {})
        .when(solder(2, &[]))
        .then_state(|sac| assert_eq!(sac.slots().count(), 0));
}

#[test]
fn two_combats_do_not_share_what_is_set_aside() {
    apres([
        ajouter(&potion(), 20),
        mettre_de_cote(1, &[(&potion(), 10)]),
        mettre_de_cote(2, &[(&potion(), 10)]),
    ])
    .when(mettre_de_cote(2, &[(&potion(), 1)]))
    .then_rejected(InventaireRefus::CombatDejaPourvu { combat_id: combat(2) })
    .when(solder(1, &[]))
    .then_state(|sac| assert_eq!(places(sac), (0, 10)))
    .when(solder(2, &[(&potion(), 10)]))
    .then_state(|sac| assert_eq!(places(sac), (10, 0)));
}

#[test]
fn only_consumables_go_into_a_combat_each_named_once() {
    let avant = [ajouter(&potion(), 20), ajouter(&minerai(), 1)];
    let non = InventaireRefus::NonConsommable { item_id: minerai().item_id };
    let lignes = |nombre| InventaireRefus::Lignes { nombre, maximum: 20 };
    let double = [(&potion(), 1), (&potion(), 2)];
    apres(avant)
        .when(mettre_de_cote(1, &[(&minerai(), 1)]))
        .then_rejected(non)
        .when(mettre_de_cote(1, &[]))
        .then_rejected(lignes(0))
        .when(mettre_de_cote(1, &double))
        .then_rejected(lignes(2))
        .when(mettre_de_cote(1, &[(&potion(), 5)]))
        .then_state(|_| {})
        .when(solder(1, &double))
        .then_rejected(lignes(2));
}

#[test]
fn nobody_brings_into_a_combat_what_he_could_not_use() {
    let fort = FicheItem { niveau_requis: niveau(10), ..potion() };
    let (item_id, requis) = (fort.item_id, niveau(10));
    let refus = InventaireRefus::NiveauRequis { item_id, requis, niveau: niveau(9) };
    apres([ajouter(&fort, 5)])
        .when(mettre_de_cote(1, &[(&fort, 5)]))
        .then_rejected(refus.clone())
        .when(utiliser(slot(0), 1))
        .then_rejected(refus);
}

#[test]
fn what_is_set_aside_finds_back_also_into_a_full_bag() {
    let quantite = q(1);
    let petit = InventaireCommand::ModifierCapacite {
        joueur_id: moi(),
        capacite: 2,
        poids_max: Poids::fixe::<50>(),
        raison: RaisonCapacite::Recompense,
        extension: None,
        intervention: None,
    };
    let diviser =
        InventaireCommand::Diviser { joueur_id: moi(), slot_id: slot(0), quantite, position: 1 };
    apres([petit, ajouter(&potion(), 19), mettre_de_cote(1, &[(&potion(), 15)])])
        .when(diviser)
        .then_state(|_| {})
        .when(ajouter(&potion(), 6))
        .then_state(|sac| assert_eq!((places(sac), sac.poids().get()), ((10, 15), 50)))
        .when(solder(1, &[(&potion(), 15)]))
        .then_state(|sac| assert_eq!(places(sac), (25, 0)));
}

//! What leaves a bag, and what is used up.

use aether_game::inventaire::*;
use aether_game::values::*;

use super::fixtures::*;

fn absent(fiche: &aether_game::item::FicheItem, demande: u16, disponible: u16) -> InventaireRefus {
    InventaireRefus::ItemAbsent { item_id: fiche.item_id, demande, disponible }
}

#[test]
fn nothing_is_taken_that_is_not_there() {
    let item = Prelevement::Item(potion().item_id);
    apres([ajouter(&potion(), 5)])
        .when(jeter(slot(0), 6))
        .then_rejected(absent(&potion(), 6, 5))
        .when(retirer(item, 6, RaisonItem::RemiseQuete))
        .then_rejected(absent(&potion(), 6, 5))
        .when(jeter(slot(7), 1))
        .then_rejected(InventaireRefus::SlotInconnu { slot_id: slot(7) })
        .when(utiliser(slot(0), 6))
        .then_rejected(absent(&potion(), 6, 5))
        .when(jeter(slot(0), 5))
        .then_state(|sac| assert_eq!(sac.slots().count(), 0))
        .when(jeter(slot(0), 1))
        .then_rejected(InventaireRefus::SlotInconnu { slot_id: slot(0) });
}

#[test]
fn an_item_is_taken_from_its_last_stacks_first() {
    let item = Prelevement::Item(potion().item_id);
    apres([ajouter(&potion(), 45)]).when(retirer(item, 6, RaisonItem::RemiseQuete)).then_state(
        |sac| {
            let left: Vec<_> = sac.slots().map(|(at, slot)| (at, slot.quantite.get())).collect();
            assert_eq!(left, [(0, 20), (1, 19)]);
        },
    );
}

#[test]
fn an_empty_slot_is_gone_and_its_id_is_never_used_again() {
    apres([ajouter(&potion(), 1), jeter(slot(0), 1), ajouter(&potion(), 1)]).then_state(|sac| {
        let (position, found) = sac.slots().next().unwrap();
        assert_eq!((position, found.slot_id), (0, slot(1)));
    });
}

#[test]
fn what_belongs_to_a_quest_is_neither_thrown_away_nor_sold() {
    let item_id = lettre().item_id;
    let item = Prelevement::Item(item_id);
    apres([ajouter(&lettre(), 1)])
        .when(jeter(slot(0), 1))
        .then_rejected(InventaireRefus::NonDestructible { item_id })
        .when(retirer(item, 1, RaisonItem::VentePnj))
        .then_rejected(InventaireRefus::NonEchangeable { item_id })
        .when(sequestrer(1, &lettre(), 1))
        .then_rejected(InventaireRefus::NonEchangeable { item_id })
        .when(retirer(item, 1, RaisonItem::RemiseQuete))
        .then_state(|sac| assert_eq!(sac.slots().count(), 0));
}

#[test]
fn items_leave_the_game_by_a_sink_that_is_no_use() {
    let item = Prelevement::Item(potion().item_id);
    let consommation = [RaisonItem::Consommation, RaisonItem::ConsommationCombat];
    for raison in RaisonItem::ALL {
        if raison.flux() == Flux::Puits && !consommation.contains(raison) {
            continue;
        }
        let command = retirer(item, 1, *raison);
        let expected = InventaireRefus::RaisonInterdite { raison: *raison };
        assert_eq!(refus([ajouter(&potion(), 1)], &command), expected);
    }
}

#[test]
fn a_consumable_is_used_up_from_its_level_on_and_nothing_else_is() {
    let item_id = potion().item_id;
    let requis = niveau(10);
    let forte = aether_game::item::FicheItem { niveau_requis: requis, ..potion() };
    let trop_bas = InventaireRefus::NiveauRequis { item_id, requis, niveau: niveau(9) };
    assert_eq!(refus([ajouter(&forte, 1)], &utiliser(slot(0), 1)), trop_bas);
    let autre_chose = InventaireRefus::NonConsommable { item_id: minerai().item_id };
    assert_eq!(refus([ajouter(&minerai(), 1)], &utiliser(slot(0), 1)), autre_chose);

    let mut sac = Inventaire::default();
    fait(&mut sac, &ajouter(&potion(), 5), 0);
    let events = fait(&mut sac, &utiliser(slot(0), 2), 1);
    let [InventaireEvent::ItemUtilise(used)] = &events[..] else { panic!("{events:?}") };
    assert_eq!((used.quantite_avant, used.quantite_apres), (5, 3));
    assert_eq!((used.raison, used.combat_id), (RaisonItem::Consommation, None));
    assert_eq!(sac.places(item_id).sac, 3);
}

#[test]
fn a_piece_that_was_ever_worn_is_taken_by_its_slot_only() {
    use aether_game::item::Emplacement::ArmePrincipale;
    let item = Prelevement::Item(epee().item_id);
    let desequiper =
        InventaireCommand::Desequiper { joueur_id: moi(), emplacement: ArmePrincipale };
    apres([ajouter(&epee(), 1), equiper(slot(0), &epee(), ArmePrincipale)])
        .when(jeter(slot(0), 1))
        .then_rejected(InventaireRefus::PiecePortee { slot_id: slot(0) })
        .when(desequiper)
        .then_state(|_| {})
        .when(retirer(item, 1, RaisonItem::VentePnj))
        .then_rejected(absent(&epee(), 1, 0))
        .when(sequestrer(1, &epee(), 1))
        .then_rejected(absent(&epee(), 1, 0))
        .when(jeter(slot(0), 1))
        .then_state(|sac| assert_eq!(sac.slots().count(), 0));
}

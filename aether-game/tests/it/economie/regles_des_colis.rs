//! Parcels that are collected.

use aether_game::economie::TypeContenu::{Item, Or};
use aether_game::economie::*;
use aether_game::values::ItemId;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

/// Player 1 has 57 gold in a parcel; player 2 has 15 gold in one and 3 pieces in another.
fn deposes() -> Scenario<Economie> {
    marche([vend(1, 1, 5, 20), achete(2, 2, 3, 25), regle(0, true, L_ACHAT)])
}

fn retrait(
    raison: RaisonColis,
    de: u128,
    contenu: TypeContenu,
    avant: u32,
    apres: u32,
) -> EconomieEvent {
    EconomieEvent::ColisRetire(ColisRetire {
        colis_id: colis_id(0, raison),
        joueur_id: joueur(de),
        item_id: item(),
        type_contenu: contenu,
        avant,
        apres,
    })
}

#[test]
fn a_parcel_is_collected_once() {
    deposes()
        .when(retire(colis_id(0, RaisonColis::Produit), 1, Or, 57))
        .then([retrait(RaisonColis::Produit, 1, Or, 57, 0)])
        .then_state(|book| assert_eq!(book.colis_de(joueur(1)).count(), 0))
        .when(retire(colis_id(0, RaisonColis::Produit), 1, Or, 57))
        .then_rejected(EconomieRefus::ColisIntrouvable {
            colis: colis_id(0, RaisonColis::Produit),
        });
}

#[test]
fn a_parcel_never_ends() {
    deposes()
        .at(a(100 * 365 * 24 * 3_600))
        .when(retire(colis_id(0, RaisonColis::Achat), 2, Item, 3))
        .then([retrait(RaisonColis::Achat, 2, Item, 3, 0)]);
}

#[test]
fn a_parcel_that_does_not_fit_as_a_whole_is_collected_in_parts() {
    deposes()
        .when(retire(colis_id(0, RaisonColis::Achat), 2, Item, 2))
        .then([retrait(RaisonColis::Achat, 2, Item, 3, 1)])
        .when(retire(colis_id(0, RaisonColis::Achat), 2, Item, 2))
        .then_rejected(EconomieRefus::ColisTropPetit {
            colis: colis_id(0, RaisonColis::Achat),
            demande: 2,
            contenu: 1,
        })
        .when(retire(colis_id(0, RaisonColis::Achat), 2, Item, 1))
        .then([retrait(RaisonColis::Achat, 2, Item, 1, 0)])
        .then_state(|book| assert_eq!(book.bilan().items_colis, 0));
}

#[test]
fn gold_in_a_parcel_is_not_collected_as_goods_nor_goods_as_gold() {
    let (produit, achat) = (colis_id(0, RaisonColis::Produit), colis_id(0, RaisonColis::Achat));
    let autre = |colis, attendu, trouve| EconomieRefus::AutreContenu { colis, attendu, trouve };
    deposes()
        .when(retire(produit, 1, Item, 1))
        .then_rejected(autre(produit, Item, Or))
        .when(retire(achat, 2, Or, 1))
        .then_rejected(autre(achat, Or, Item));
}

#[test]
fn a_reward_that_does_not_fit_waits_in_the_book_of_its_item_and_is_collected_once() {
    let EconomieCommand::DeposerRecompense(depot) = recompense(1, 20_000) else { unreachable!() };
    let autre = DeposerRecompense { item: ItemId::AUCUN, ..depot };
    marche([recompense(1, 20_000)])
        .then_state(|book| assert_eq!(book.bilan().items_colis, 20_000))
        .when(recompense(1, 20_000))
        .then_rejected(EconomieRefus::ColisDejaDepose { colis: depot.colis })
        .when(EconomieCommand::DeposerRecompense(autre))
        .then_rejected(EconomieRefus::AutreMarche { attendu: item(), trouve: ItemId::AUCUN })
        .when(retire(depot.colis, 1, Item, 20_000))
        .then_state(|book| assert_eq!(book.bilan().items_colis, 0))
        .when(retire(depot.colis, 1, Item, 1))
        .then_rejected(EconomieRefus::ColisIntrouvable { colis: depot.colis });
}

#[test]
fn nobody_collects_somebody_elses_parcel() {
    let refus = EconomieRefus::ColisIntrouvable { colis: colis_id(0, RaisonColis::Produit) };
    deposes()
        .when(retire(colis_id(0, RaisonColis::Produit), 2, Or, 57))
        .then_rejected(refus.clone());
    marche([]).when(retire(colis_id(0, RaisonColis::Produit), 1, Or, 57)).then_rejected(refus);
}

#[test]
fn no_parcel_holds_as_much_as_a_number_can_say() {
    deposes().when(retire(colis_id(0, RaisonColis::Produit), 1, Or, u32::MAX)).then_rejected(
        EconomieRefus::ColisTropPetit {
            colis: colis_id(0, RaisonColis::Produit),
            demande: u32::MAX,
            contenu: 57,
        },
    );
}

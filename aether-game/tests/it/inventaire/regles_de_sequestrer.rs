//! What leaves the bag for an order to sell.

use aether_game::inventaire::*;
use aether_game::values::*;

use super::fixtures::*;

fn livrer(n: u128, quantite: u16, acheteur: JoueurId) -> InventaireCommand {
    InventaireCommand::Livrer {
        joueur_id: moi(),
        ordre_id: ordre(n),
        quantite: q(quantite),
        acheteur,
        prix: Prix::fixe::<12>(),
        transaction_id: transaction(1),
    }
}

fn consigner(n: u128, quantite: u16) -> InventaireCommand {
    let (ordre_id, colis_id) = (ordre(n), colis(1));
    let quantite = q(quantite);
    InventaireCommand::Consigner { joueur_id: moi(), ordre_id, quantite, colis_id }
}

fn insuffisant(n: u128, demande: u16, sequestre: u16) -> InventaireRefus {
    InventaireRefus::SequestreInsuffisant { ordre_id: ordre(n), demande, sequestre }
}

#[test]
fn what_is_set_aside_for_an_order_has_left_the_bag() {
    apres([ajouter(&potion(), 30), sequestrer(1, &potion(), 25)]).then_state(|sac| {
        let places = sac.places(potion().item_id);
        assert_eq!(places, Places { sac: 5, ordres: 25, ..Places::default() });
        assert_eq!((sac.slots().count(), sac.poids().get()), (1, 10));
        assert_eq!(sac.sequestre(ordre(1)), 25);
    });
}

#[test]
fn an_order_is_filled_once_with_what_is_there() {
    apres([ajouter(&potion(), 30), sequestrer(1, &potion(), 25)])
        .when(sequestrer(1, &potion(), 5))
        .then_rejected(InventaireRefus::DejaSequestre { ordre_id: ordre(1) })
        .when(sequestrer(2, &potion(), 6))
        .then_rejected(InventaireRefus::ItemAbsent {
            item_id: potion().item_id,
            demande: 6,
            disponible: 5,
        });
}

#[test]
fn no_more_comes_back_than_is_set_aside() {
    apres([ajouter(&potion(), 30), sequestrer(1, &potion(), 25)])
        .when(liberer(1, 26))
        .then_rejected(insuffisant(1, 26, 25))
        .when(liberer(1, 20))
        .then_state(|sac| assert_eq!(sac.sequestre(ordre(1)), 5))
        .when(livrer(1, 6, autre()))
        .then_rejected(insuffisant(1, 6, 5))
        .when(livrer(1, 3, autre()))
        .then_state(|sac| assert_eq!(sac.sequestre(ordre(1)), 2))
        .when(consigner(1, 2))
        .then_state(|sac| assert_eq!(sac.places(potion().item_id).sac, 25))
        .when(consigner(1, 1))
        .then_rejected(insuffisant(1, 1, 0))
        .when(liberer(1, 1))
        .then_rejected(insuffisant(1, 1, 0))
        .when(livrer(1, 1, autre()))
        .then_rejected(insuffisant(1, 1, 0));
}

#[test]
fn what_does_not_fit_any_more_is_refused_and_goes_into_a_parcel() {
    let plein = [ajouter(&minerai(), 10), sequestrer(1, &minerai(), 10), ajouter(&epee(), 33)];
    apres(plein)
        .when(liberer(1, 10))
        .then_rejected(InventaireRefus::PoidsDepasse {
            poids: Poids::fixe::<990>(),
            poids_max: Poids::fixe::<1_000>(),
        })
        .when(liberer(1, 2))
        .then_state(|sac| assert_eq!(sac.poids(), Poids::fixe::<1_000>()))
        .when(consigner(1, 8))
        .then([InventaireEvent::ItemConsigne {
            joueur_id: moi(),
            ordre_id: ordre(1),
            colis_id: colis(1),
            item_id: minerai().item_id,
            quantite: q(8),
            sequestre_avant: 8,
            sequestre_apres: 0,
        }]);
}

#[test]
fn what_comes_back_has_the_weight_that_it_left_with() {
    let lourde = aether_game::item::FicheItem { poids: Poids::fixe::<9>(), ..potion() };
    apres([
        ajouter(&potion(), 3),
        ajouter(&lourde, 2),
        sequestrer(1, &potion(), 5),
        livrer(1, 1, autre()),
        liberer(1, 4),
    ])
    .then_state(|sac| assert_eq!(sac.poids().get(), 9 + 3 * 2))
    .when(liberer(1, 1))
    .then_rejected(insuffisant(1, 1, 0));
}

#[test]
fn nobody_sells_to_himself() {
    let avant = [ajouter(&potion(), 3), sequestrer(1, &potion(), 3)];
    assert_eq!(refus(avant, &livrer(1, 1, moi())), InventaireRefus::AvecSoi);
}

//! Orders of the market, as far as a player counts them and sets gold aside.

use aether_game::economie::TypeOrdre;
use aether_game::joueur::*;
use aether_game::values::*;

use super::fixtures::*;

fn rend(n: u128, or: u32) -> JoueurCommand {
    JoueurCommand::RendreOr { ordre: ordre(n), montant: montant(or) }
}

fn ferme(n: u128) -> JoueurCommand {
    JoueurCommand::FermerOrdre { ordre: ordre(n) }
}

fn deplace(avant: u32, apres: u32, raison: RaisonOr, n: u128) -> JoueurEvent {
    JoueurEvent::OrModifie {
        avant: or(avant),
        apres: or(apres),
        raison,
        transaction_id: TransactionId::new(ordre(n).as_uuid()),
        ordre_id: Some(ordre(n)),
        intervention: None,
    }
}

#[test]
fn gold_for_an_order_is_set_aside_as_the_order_is_counted() {
    alba()
        .when(reserve(1, 60))
        .then([
            deplace(100, 40, RaisonOr::OrdreAchat, 1),
            JoueurEvent::OrdreCompteOuvert {
                ordre_id: ordre(1),
                type_ordre: TypeOrdre::Achat,
                reserve: or(60),
                ouverts_avant: 0,
                ouverts_apres: 1,
            },
        ])
        .when(reserve(2, 41))
        .then_rejected(JoueurRefus::OrInsuffisant { demande: montant(41), disponible: or(40) })
        .when(reserve(1, 10))
        .then_rejected(JoueurRefus::OrdreDejaCompte { ordre: ordre(1) });
}

#[test]
fn no_more_is_given_back_than_was_set_aside() {
    let excessive = |n, reserve| JoueurRefus::RestitutionExcessive {
        montant: montant(n),
        reserve: or(reserve),
    };
    alba()
        .when(reserve(1, 60))
        .then_state(|_| {})
        .when(rend(1, 61))
        .then_rejected(excessive(61, 60))
        .when(rend(1, 20))
        .then([deplace(40, 60, RaisonOr::RestitutionOrdre, 1)])
        .when(rend(1, 41))
        .then_rejected(excessive(41, 40))
        .when(rend(1, 40))
        .then_state(|joueur| assert_eq!(joueur.or(), or(100)))
        .when(rend(1, 1))
        .then_rejected(excessive(1, 0))
        .when(ferme(1))
        .then([JoueurEvent::OrdreCompteFerme {
            ordre_id: ordre(1),
            ouverts_avant: 1,
            ouverts_apres: 0,
        }])
        .when(rend(1, 1))
        .then_rejected(JoueurRefus::OrdreNonCompte { ordre: ordre(1) });
}

#[test]
fn an_order_is_closed_once() {
    alba()
        .when(ferme(1))
        .then_rejected(JoueurRefus::OrdreNonCompte { ordre: ordre(1) })
        .when(JoueurCommand::CompterVente { ordre: ordre(1) })
        .then_state(|joueur| assert_eq!(joueur.ordres().len(), 1))
        .when(ferme(1))
        .then_state(|joueur| assert_eq!(joueur.ordres().len(), 0))
        .when(ferme(1))
        .then_rejected(JoueurRefus::OrdreNonCompte { ordre: ordre(1) });
}

#[test]
fn gold_given_back_does_not_pass_the_cap() {
    alba()
        .when(reserve(1, 60))
        .then_state(|_| {})
        .when(credite(2_147_483_600))
        .then_state(|_| {})
        .when(rend(1, 60))
        .then_rejected(JoueurRefus::BoursePleine {
            montant: montant(60),
            disponible: or(2_147_483_640),
        })
        .when(rend(1, 7))
        .then_state(|joueur| assert_eq!(joueur.or(), Or::MAX));
}

#[test]
fn a_player_has_a_hundred_open_orders_at_most() {
    let full = joueur_avec(|it| {
        it.extend((0..50).map(|n| JoueurCommand::CompterVente { ordre: ordre(n) }));
        it.extend((50..100).map(|n| reserve(n, 1)));
    });
    assert_eq!(full.ordres().len(), 100);
    let decide = |command| aether_core::Aggregate::decide(&full, &command, &facts(at(1)));
    let refus = JoueurRefus::TropDOrdres { maximum: 100 };
    assert_eq!(decide(reserve(100, 1)), Err(refus.clone()));
    assert_eq!(decide(JoueurCommand::CompterVente { ordre: ordre(100) }), Err(refus));
    assert!(decide(ferme(3)).is_ok());
}

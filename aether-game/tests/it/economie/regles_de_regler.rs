//! Trades that are settled.

use aether_game::economie::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

/// Player 1 has sold 3 pieces at 20 to player 2, who would have paid 25.
fn conclu() -> Scenario<Economie> {
    marche([vend(1, 1, 5, 20), achete(2, 2, 3, 25)])
}

fn reglee() -> EconomieEvent {
    EconomieEvent::TransactionReglee(Reglement {
        transaction_id: transaction_id(0),
        item_id: item(),
        ordre_vente_id: ordre(1),
        ferme_vente: false,
        vendeur: joueur(1),
        ordre_achat_id: ordre(2),
        ferme_achat: true,
        acheteur: joueur(2),
        quantite: quantite(3),
        produit: or(57),
        rendu: or(15),
    })
}

fn depose(de: u128, contenu: (TypeContenu, u32), raison: RaisonColis) -> EconomieEvent {
    EconomieEvent::ColisDepose(ColisDepose {
        colis_id: colis_id(0, raison),
        joueur_id: joueur(de),
        item_id: item(),
        type_contenu: contenu.0,
        quantite: contenu.1,
        raison,
        transaction_id: Some(transaction_id(0)),
        ordre_id: None,
    })
}

#[test]
fn a_trade_is_settled_once() {
    let refus = EconomieRefus::TransactionNonDue { transaction: transaction_id(0) };
    conclu()
        .when(regle(0, false, L_ACHAT))
        .then([reglee()])
        .then_state(|book| {
            assert_eq!(book.dues().count(), 0);
            assert_eq!(book.bilan(), Bilan { items_ordres: 2, ..Bilan::default() });
        })
        .when(regle(0, false, L_ACHAT))
        .then_rejected(refus.clone())
        .when(regle(0, true, L_ACHAT))
        .then_rejected(refus);
}

#[test]
fn what_was_never_traded_is_not_settled() {
    let refus = EconomieRefus::TransactionNonDue { transaction: transaction_id(7) };
    conclu().when(regle(7, false, LES_DEUX)).then_rejected(refus.clone());
    marche([]).when(regle(7, false, LES_DEUX)).then_rejected(refus);
}

#[test]
fn what_cannot_be_delivered_waits_in_parcels() {
    conclu()
        .when(regle(0, true, L_ACHAT))
        .then([
            reglee(),
            depose(1, (TypeContenu::Or, 57), RaisonColis::Produit),
            depose(2, (TypeContenu::Or, 15), RaisonColis::Difference),
            depose(2, (TypeContenu::Item, 3), RaisonColis::Achat),
        ])
        .then_state(|book| {
            let bilan = book.bilan();
            assert_eq!((bilan.or_du, bilan.items_dus), (0, 0));
            assert_eq!((bilan.or_colis, bilan.items_colis), (72, 3));
            assert_eq!(book.colis_de(joueur(1)).count(), 1);
            assert_eq!(book.colis_de(joueur(2)).count(), 2);
        });
}

#[test]
fn only_what_cannot_be_delivered_waits() {
    let en_colis = EnColis { items: true, ..EnColis::default() };
    conclu()
        .when(EconomieCommand::Regler { transaction: transaction_id(0), en_colis, ferme: L_ACHAT })
        .then([reglee(), depose(2, (TypeContenu::Item, 3), RaisonColis::Achat)]);
}

#[test]
fn there_are_no_empty_parcels() {
    marche([vend(1, 1, 5, 20), achete(2, 2, 3, 20)]).when(regle(0, true, L_ACHAT)).then_state(
        |book| {
            let raisons: Vec<_> = book.colis_de(joueur(2)).map(|colis| colis.raison).collect();
            assert_eq!(raisons, [Some(RaisonColis::Achat)]);
        },
    );
}

#[test]
fn trades_are_settled_in_any_order_and_the_last_one_closes_an_order() {
    marche([vend(1, 1, 2, 20), achete(2, 2, 1, 20), achete(3, 3, 1, 20)])
        .when(regle(1, false, LES_DEUX))
        .then_rejected(EconomieRefus::FermetureChangee { ordre: ordre(1) })
        .when(regle(1, false, L_ACHAT))
        .then_state(|book| {
            let due = book.due(transaction_id(0)).expect("a trade");
            assert_eq!(book.fermetures(due), LES_DEUX);
        })
        .when(regle(0, false, LES_DEUX))
        .then_state(|book| assert_eq!(book.bilan(), Bilan::default()));
}

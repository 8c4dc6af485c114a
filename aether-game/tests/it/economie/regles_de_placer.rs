//! Whom an order trades with, and for how much.

use aether_game::economie::*;

use super::fixtures::*;

#[test]
fn an_order_that_meets_no_other_rests() {
    let cree = OrdreCree {
        ordre_id: ordre(1),
        joueur_id: joueur(1),
        pseudo: "Joueur 1".into(),
        item_id: item(),
        quantite: quantite(5),
        prix_unitaire: prix(20),
        expire_a: a(i64::from(DUREE_S)),
    };
    marche([])
        .when(vend(1, 1, 5, 20))
        .then([EconomieEvent::OrdreVenteCree(cree.clone())])
        .when(achete(2, 2, 5, 19))
        .then([EconomieEvent::OrdreAchatCree(OrdreCree {
            ordre_id: ordre(2),
            joueur_id: joueur(2),
            pseudo: "Joueur 2".into(),
            prix_unitaire: prix(19),
            ..cree
        })])
        .then_state(|book| {
            assert_eq!(book.item(), Some(item()));
            assert_eq!(book.ordres_ouverts(), 2);
            assert_eq!(book.bilan().items_ordres, 5);
            assert_eq!(book.bilan().or_ordres, 95);
            assert_eq!(book.dernier_prix(), None);
        });
}

#[test]
fn a_trade_is_at_the_older_orders_price_and_the_buyer_gets_the_difference_back() {
    let rencontre = Transaction {
        transaction_id: transaction_id(0),
        ordre_vente_id: ordre(1),
        ordre_achat_id: ordre(2),
        vendeur: joueur(1),
        pseudo_vendeur: "Joueur 1".into(),
        acheteur: joueur(2),
        pseudo_acheteur: "Joueur 2".into(),
        item_id: item(),
        quantite: quantite(3),
        prix_unitaire: prix(20),
        montant_total: or(60),
        taxe: or(3),
        produit: or(57),
        rendu: or(15),
        reste_vente_avant: 5,
        reste_vente_apres: 2,
        reste_achat_avant: 3,
        reste_achat_apres: 0,
    };
    let prix_mis_a_jour = EconomieEvent::PrixMisAJour {
        item_id: item(),
        ancien_prix: None,
        nouveau_prix: prix(20),
        volume: quantite(3),
    };
    marche([vend(1, 1, 5, 20)])
        .when(achete(2, 2, 3, 25))
        .then([
            EconomieEvent::OrdreAchatCree(OrdreCree {
                ordre_id: ordre(2),
                joueur_id: joueur(2),
                pseudo: "Joueur 2".into(),
                item_id: item(),
                quantite: quantite(3),
                prix_unitaire: prix(25),
                expire_a: a(i64::from(DUREE_S)),
            }),
            EconomieEvent::TransactionExecutee(rencontre),
            prix_mis_a_jour,
        ])
        .then_state(|book| {
            assert!(book.ordre(ordre(2)).is_none());
            assert_eq!(book.ordre(ordre(1)).map(|it| it.reste.get()), Some(2));
            let bilan = Bilan { or_du: 72, items_dus: 3, items_ordres: 2, ..Bilan::default() };
            assert_eq!(book.bilan(), bilan);
        });
}

#[test]
fn a_seller_who_asks_for_less_gets_the_older_buyers_price() {
    marche([achete(1, 1, 2, 30)]).when(vend(2, 2, 2, 10)).then_state(|book| {
        let due = book.dues().next().expect("a trade");
        assert_eq!((due.produit.get(), due.rendu.get()), (57, 0));
        assert_eq!(book.fermetures(due), LES_DEUX);
    });
}

#[test]
fn the_best_price_comes_first_and_then_the_oldest() {
    let mut book = Economie::default();
    for command in [vend(1, 1, 1, 12), vend(2, 1, 1, 10), vend(3, 2, 1, 10), vend(4, 1, 1, 11)] {
        joue(&mut book, &command, 0).expect("placed");
    }
    let events = joue(&mut book, &achete(5, 3, 4, 12), 0).expect("placed");
    let vendeurs: Vec<_> = echanges(&events).into_iter().map(|it| (it.0, it.3)).collect();
    assert_eq!(vendeurs, [(ordre(2), 10), (ordre(3), 10), (ordre(4), 11), (ordre(1), 12)]);

    for command in [achete(6, 1, 1, 8), achete(7, 1, 1, 9), achete(8, 2, 1, 9)] {
        joue(&mut book, &command, 0).expect("placed");
    }
    let events = joue(&mut book, &vend(9, 3, 3, 1), 0).expect("placed");
    let acheteurs: Vec<_> = echanges(&events).into_iter().map(|it| (it.1, it.3)).collect();
    assert_eq!(acheteurs, [(ordre(7), 9), (ordre(8), 9), (ordre(6), 8)]);
}

#[test]
fn an_order_is_filled_in_parts_and_keeps_its_place() {
    let mut book = Economie::default();
    for command in [vend(1, 1, 10, 5), vend(2, 2, 10, 5), achete(3, 3, 4, 5)] {
        joue(&mut book, &command, 0).expect("placed");
    }
    let events = joue(&mut book, &achete(4, 3, 8, 5), 0).expect("placed");
    assert_eq!(echanges(&events), [(ordre(1), ordre(4), 6, 5), (ordre(2), ordre(4), 2, 5)]);
    assert_eq!(book.ordre(ordre(2)).map(|it| it.reste.get()), Some(8));
}

#[test]
fn the_price_of_an_order_is_that_of_its_last_trade() {
    let mut book = Economie::default();
    for command in [vend(1, 1, 2, 5), vend(2, 1, 2, 7), achete(3, 2, 1, 5)] {
        joue(&mut book, &command, 0).expect("placed");
    }
    let events = joue(&mut book, &achete(4, 2, 9, 8), 0).expect("placed");
    let prix_mis_a_jour = EconomieEvent::PrixMisAJour {
        item_id: item(),
        ancien_prix: Some(prix(5)),
        nouveau_prix: prix(7),
        volume: quantite(3),
    };
    assert_eq!(events.last(), Some(&prix_mis_a_jour));
    assert_eq!(book.dernier_prix(), Some(prix(7)));
}

#[test]
fn the_tax_is_five_percent_rounded_down() {
    for (montant, taxe) in [(1, 0), (19, 0), (20, 1), (39, 1), (40, 2), (1_000_000_000, 50_000_000)]
    {
        let mut book = Economie::default();
        joue(&mut book, &vend(1, 1, 1, montant), 0).expect("placed");
        let events = joue(&mut book, &achete(2, 2, 1, montant), 0).expect("placed");
        let transaction = transactions(&events).next().expect("a trade");
        assert_eq!((transaction.montant_total, transaction.taxe), (or(montant), or(taxe)));
        assert_eq!(transaction.produit, or(montant - taxe));
    }
}

#[test]
fn two_own_orders_that_cross_do_not_trade_and_lose_nothing() {
    marche([vend(1, 1, 5, 10)])
        .when(achete(2, 1, 5, 12))
        .then_state(|book| {
            assert_eq!(book.ordres_ouverts(), 2);
            let bilan = Bilan { or_ordres: 60, items_ordres: 5, ..Bilan::default() };
            assert_eq!(book.bilan(), bilan);
        })
        // both still trade with others
        .when(achete(3, 2, 1, 10))
        .then_state(|book| assert_eq!(book.ordre(ordre(1)).map(|it| it.reste.get()), Some(4)))
        .when(vend(4, 3, 1, 12))
        .then_state(|book| assert_eq!(book.ordre(ordre(2)).map(|it| it.reste.get()), Some(4)));
}

#[test]
fn an_order_whose_time_is_over_does_not_trade() {
    marche([vend(1, 1, 5, 10)])
        .at(a(i64::from(DUREE_S)))
        .when(achete(2, 2, 5, 10))
        .then_state(|book| assert_eq!((book.ordres_ouverts(), book.dues().count()), (2, 0)));
    marche([vend(1, 1, 5, 10)])
        .at(a(i64::from(DUREE_S) - 1))
        .when(achete(2, 2, 5, 10))
        .then_state(|book| assert_eq!((book.ordres_ouverts(), book.dues().count()), (0, 1)));
}

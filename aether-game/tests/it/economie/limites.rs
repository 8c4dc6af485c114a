//! What may be placed: limits, and numbers that are meant to hurt.

use aether_core::Aggregate as _;
use aether_game::economie::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use uuid::Uuid;

use super::fixtures::*;

#[test]
fn an_order_lives_an_hour_to_thirty_days() {
    let dure =
        |duree_s| EconomieCommand::PlacerVente(PlacerOrdre { duree_s, ..demande(1, 1, 1, 1) });
    let (minimum_s, maximum_s) = (3_600, 2_592_000);
    for duree_s in [0, 3_599, 2_592_001, u32::MAX] {
        let refus = EconomieRefus::DureeOrdre { duree_s, minimum_s, maximum_s };
        marche([]).when(dure(duree_s)).then_rejected(refus);
    }
    for duree_s in [minimum_s, maximum_s] {
        marche([]).when(dure(duree_s)).then_state(|book| {
            let expire_a = book.ordre(ordre(1)).map(|it| it.expire_a);
            assert_eq!(expire_a, Some(a(duree_s.into())));
        });
    }
    // where the calendar ends
    let refus = EconomieRefus::DureeOrdre { duree_s: maximum_s, minimum_s, maximum_s };
    let fin = chrono::DateTime::<chrono::Utc>::MAX_UTC;
    Scenario::<Economie>::given([]).at(fin).when(dure(maximum_s)).then_rejected(refus);
}

#[test]
fn an_id_stands_for_one_order() {
    let refus = EconomieRefus::OrdreDejaPlace { ordre: ordre(1) };
    marche([vend(1, 1, 5, 10)]).when(vend(1, 1, 5, 10)).then_rejected(refus.clone());
    marche([vend(1, 1, 5, 10)]).when(achete(1, 2, 5, 9)).then_rejected(refus.clone());
    // also while a trade of it is not settled
    marche([vend(1, 1, 5, 10), achete(2, 2, 5, 10)])
        .when(vend(1, 1, 5, 10))
        .then_rejected(refus)
        .when(regle(0, false, LES_DEUX))
        .then_state(|_| {});
}

#[test]
fn a_book_trades_one_item() {
    let trouve = ItemId::new(Uuid::from_u128(9));
    let autre = PlacerOrdre { item: trouve, ..demande(2, 2, 1, 1) };
    marche([vend(1, 1, 5, 10)])
        .when(EconomieCommand::PlacerAchat(autre))
        .then_rejected(EconomieRefus::AutreMarche { attendu: item(), trouve });
}

#[test]
fn nobody_asks_for_more_than_a_purse_can_pay() {
    // 2,147,483,647 is the most that a purse holds
    for (q, p) in [(3, 1_000_000_000), (9_999, 1_000_000_000), (9_999, 214_770), (2_149, 999_295)] {
        let refus = EconomieRefus::MontantTropGrand { prix: prix(p), quantite: quantite(q) };
        marche([]).when(achete(1, 1, q, p)).then_rejected(refus);
    }
    marche([]).when(achete(1, 1, 9_999, 214_769)).then_state(|book| {
        assert_eq!(book.bilan().or_ordres, 2_147_475_231);
    });
}

#[test]
fn goods_worth_more_than_a_purse_holds_are_sold_in_parts() {
    let mut book = Economie::default();
    joue(&mut book, &vend(1, 1, 9_999, 1_000_000_000), 0).expect("placed");
    for n in 2..12 {
        let events = joue(&mut book, &achete(n, n, 2, 1_000_000_000), 0).expect("placed");
        let transaction = transactions(&events).next().expect("a trade");
        assert_eq!(transaction.montant_total, or(2_000_000_000));
        assert_eq!(transaction.produit, or(1_900_000_000));
    }
    assert_eq!(book.bilan().or_du, 19_000_000_000);
}

/// A book with this many sellers of one piece at 10 each, one second apart.
pub(crate) fn vendeurs(nombre: usize) -> Economie {
    let mut book = Economie::default();
    for n in 0..nombre as u128 {
        let PlacerOrdre { ordre, joueur, item, quantite, prix, pseudo, .. } =
            demande(100_000 + n, 100 + n % 200, 1, 10);
        book.apply(&EconomieEvent::OrdreVenteCree(OrdreCree {
            ordre_id: ordre,
            joueur_id: joueur,
            pseudo: pseudo.to_string(),
            item_id: item,
            quantite,
            prix_unitaire: prix,
            expire_a: a(1_000_000),
        }));
    }
    book
}

#[test]
fn a_full_book_refuses_the_new_order_and_keeps_the_old_ones() {
    let mut book = vendeurs(Economie::ORDRES_MAX);
    let plein = Err(EconomieRefus::CarnetPlein { maximum: 10_000 });
    assert_eq!(joue(&mut book, &vend(1, 1, 1, 10), 0), plein);
    assert_eq!(joue(&mut book, &achete(1, 1, 1, 9), 0), plein);
    assert_eq!(book.ordres_ouverts(), Economie::ORDRES_MAX);
    // what trades at once needs no room
    joue(&mut book, &achete(1, 1, 1, 10), 0).expect("traded");
    assert_eq!(book.ordres_ouverts(), Economie::ORDRES_MAX - 1);
    joue(&mut book, &achete(2, 1, 2, 10), 0).expect("traded");
    joue(&mut book, &vend(3, 1, 1, 11), 0).expect("placed");
    joue(&mut book, &vend(4, 1, 1, 11), 0).expect("placed");
    joue(&mut book, &vend(5, 1, 1, 11), 0).expect("placed");
    assert_eq!(joue(&mut book, &vend(6, 1, 1, 11), 0), plein);
}

#[test]
fn an_order_trades_with_a_thousand_others_at_most() {
    let mut book = vendeurs(1_001);
    let refus = EconomieRefus::TropDeContreparties { nombre: 1_001, maximum: 1_000 };
    assert_eq!(joue(&mut book, &achete(1, 1, 1_001, 10), 0), Err(refus));
    let events = joue(&mut book, &achete(1, 1, 1_000, 10), 0).expect("traded");
    assert_eq!(events.len(), 1_002);
    assert_eq!((book.ordres_ouverts(), book.dues().count()), (1, 1_000));
}

/// A book in which 100 parcels wait for player 2.
pub(crate) fn avec_cent_colis() -> Economie {
    let mut book = Economie::default();
    for n in 0..100_u64 {
        let vente = u128::from(2 * n);
        joue(&mut book, &vend(vente, 1, 1, 10), 0).expect("placed");
        joue(&mut book, &achete(vente + 1, 2, 1, 10), 0).expect("placed");
        let en_colis = EnColis { items: true, ..EnColis::default() };
        let transaction = transaction_id(n);
        let regle = EconomieCommand::Regler { transaction, en_colis, ferme: LES_DEUX };
        joue(&mut book, &regle, 0).expect("settled");
    }
    book
}

#[test]
fn who_leaves_a_hundred_parcels_places_no_further_order() {
    let mut book = avec_cent_colis();
    let refus = EconomieRefus::TropDeColis { maximum: 100 };
    assert_eq!(joue(&mut book, &achete(900, 2, 1, 10), 0), Err(refus));
    joue(&mut book, &achete(900, 3, 1, 9), 0).expect("another player places");
    joue(&mut book, &retire(colis_id(0, RaisonColis::Achat), 2, TypeContenu::Item, 1), 0)
        .expect("collected");
    joue(&mut book, &achete(901, 2, 1, 8), 0).expect("placed");
}

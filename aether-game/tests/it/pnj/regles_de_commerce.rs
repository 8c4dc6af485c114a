//! Shops: their stock is what it is, and their prices come from the character.

use aether_game::pnj::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

fn vendu(quantite: u16, montant: u32, avant: u32, apres: u32) -> PnjEvent {
    PnjEvent::ArticleVendu {
        pnj_id: pnj_id(),
        joueur_id: joueur(1),
        item_id: item(1),
        quantite: pieces(quantite),
        prix_unitaire: prix(10),
        montant_total: Or::new(montant).unwrap(),
        stock_avant: Some(avant),
        stock_apres: Some(apres),
        transaction_id: transaction(1),
        vendu_a: noon(),
    }
}

#[test]
fn a_shop_shows_what_there_is_now_at_the_characters_prices() {
    let mut articles = fiche().articles;
    articles[0].stock = Some(15);
    aubin().when(vendre(1, 5, 10)).then([vendu(5, 50, 20, 15)]).when(ouvrir()).then([
        PnjEvent::CommerceOuvert {
            pnj_id: pnj_id(),
            joueur_id: joueur(1),
            articles,
            ouvert_a: noon(),
        },
    ]);
}

#[test]
fn the_price_is_the_characters_own() {
    for vu in [1, 9, 11, 1_000_000_000] {
        let refus = PnjRefus::PrixChange { vu: prix(vu), prix: prix(10) };
        aubin().when(vendre(1, 1, vu)).then_rejected(refus);
        let refus = PnjRefus::PrixChange { vu: prix(vu), prix: prix(4) };
        aubin().when(racheter(1, 1, vu)).then_rejected(refus);
    }
}

#[test]
fn a_shop_never_sells_more_than_there_is() {
    aubin()
        .when(vendre(1, 21, 10))
        .then_rejected(PnjRefus::StockInsuffisant { quantite: pieces(21), stock: 20 })
        .when(vendre(1, 20, 10))
        .then([vendu(20, 200, 20, 0)])
        .when(vendre(1, 1, 10))
        .then_rejected(PnjRefus::StockInsuffisant { quantite: pieces(1), stock: 0 });
}

#[test]
fn there_can_be_any_number_of_an_article() {
    let aubin = aubin().when(vendre(2, 9_999, 3)).then_state(|_| {});
    aubin.then_state(|it| assert_eq!(it.article(item(2)).unwrap().stock, None));
}

#[test]
fn what_a_shop_buys_is_there_to_be_sold() {
    aubin()
        .when(racheter(1, 3, 4))
        .then([PnjEvent::ArticleRachete {
            pnj_id: pnj_id(),
            joueur_id: joueur(1),
            item_id: item(1),
            quantite: pieces(3),
            prix_unitaire: prix(4),
            montant_total: Or::fixe::<12>(),
            stock_avant: Some(20),
            stock_apres: Some(23),
            transaction_id: transaction(1),
            rachete_a: noon(),
        }])
        .then_state(|it| assert_eq!(it.article(item(1)).unwrap().stock, Some(23)));
}

#[test]
fn a_shop_trades_its_articles_only() {
    aubin()
        .when(vendre(9, 1, 10))
        .then_rejected(PnjRefus::ArticleInconnu { item: item(9) })
        .when(racheter(9, 1, 10))
        .then_rejected(PnjRefus::ArticleInconnu { item: item(9) })
        .when(racheter(2, 1, 3))
        .then_rejected(PnjRefus::PasDeRachat { item: item(2) });
    Scenario::<Pnj>::given([cree(avec(|it| it.articles.clear()))])
        .when(ouvrir())
        .then_rejected(PnjRefus::PasDeCommerce);
}

#[test]
fn no_product_of_price_and_quantity_overflows() {
    let dear = prix(1_000_000_000);
    let quantite = Quantite::MAX;
    Scenario::<Pnj>::given([cree(avec(|it| it.articles[1].prix = dear))])
        .when(vendre(2, 9_999, 1_000_000_000))
        .then_rejected(PnjRefus::MontantExcessif { prix: dear, quantite });
}

#[test]
fn a_stock_stays_within_its_bounds() {
    let full = Scenario::<Pnj>::given([cree(avec(|it| it.articles[0].stock = Some(999_999)))]);
    full.when(racheter(1, 2, 4))
        .then_rejected(PnjRefus::Stock { stock: 1_000_001, maximum: 1_000_000 })
        .when(racheter(1, 1, 4))
        .then_state(|it| assert_eq!(it.article(item(1)).unwrap().stock, Some(1_000_000)));
}

#[test]
fn a_stock_is_filled_up_by_an_operator_with_a_reason() {
    aubin()
        .when(reapprovisionner(1, 50))
        .then([PnjEvent::StockModifie {
            pnj_id: pnj_id(),
            item_id: item(1),
            stock_avant: 20,
            stock_apres: 50,
            intervention: intervention(),
            modifie_a: noon(),
        }])
        .when(reapprovisionner(1, 50))
        .then_nothing()
        .when(reapprovisionner(2, 50))
        .then_rejected(PnjRefus::StockIllimite { item: item(2) })
        .when(reapprovisionner(9, 50))
        .then_rejected(PnjRefus::ArticleInconnu { item: item(9) });
}

#[test]
fn a_character_does_not_trade_with_those_it_hates() {
    let hated = aubin().when(estimer(1, -501)).then_state(|_| {});
    let refus = || PnjRefus::ReputationInsuffisante { minimum: -500, reputation: reputation(-501) };
    hated
        .when(ouvrir())
        .then_rejected(refus())
        .when(vendre(1, 1, 10))
        .then_rejected(refus())
        .when(racheter(1, 1, 4))
        .then_rejected(refus())
        .when(estimer(1, 1))
        .then_state(|_| {})
        .when(ouvrir())
        .then_state(|_| {});
}

//! Escrow, settlement and parcels on an engine: a bag, a book and purses.

use aether_core::command::Atomic;
use aether_core::{Context, Engine};
use aether_game::economie::{
    self, Cloture, Due, Economie, EconomieCommand, EnColis, Fermetures, PlacerOrdre, RaisonColis,
};
use aether_game::inventaire::{self, InventaireCommand, Prelevement};
use aether_game::item::ItemCommand;
use aether_game::joueur::JoueurCommand;
use aether_game::values::*;
use tokio::task::JoinSet;

use super::fixtures::*;
use super::moteur::*;
use crate::item::fixtures::definition;

fn prix() -> Prix {
    Prix::fixe::<4>()
}

fn carnet() -> CarnetId {
    CarnetId::de_l_item(potion().item_id)
}

fn placer(n: u128, joueur: JoueurId, quantite: u16) -> PlacerOrdre {
    PlacerOrdre {
        ordre: ordre(n),
        joueur,
        pseudo: Pseudo::new("alba").unwrap(),
        item: potion().item_id,
        quantite: q(quantite),
        prix: prix(),
        duree_s: Economie::DUREE_MIN_S,
    }
}

/// I have so many potions; the catalogue knows them.
async fn market(potions: u16) -> Engine {
    let engine = engine_with([ajouter(&potion(), potions)]).await;
    engine.execute(potion().item_id, definition(&potion())).await.unwrap();
    engine
}

async fn vendre(engine: &Engine, n: u128, quantite: u16) {
    let placer = placer(n, moi(), quantite);
    inventaire::marche::vendre(engine, Context::new(), placer).commit().await.unwrap();
}

/// The other buys so many, and the trade is owed.
async fn acheter(engine: &Engine, n: u128, quantite: u16) {
    let placer = placer(n, autre(), quantite);
    let montant = placer.prix.fois(placer.quantite).unwrap().montant().unwrap();
    let reserver = JoueurCommand::ReserverOr { ordre: placer.ordre, montant };
    let unit = engine.atomic(Context::new()).command(autre(), reserver);
    unit.command(carnet(), EconomieCommand::PlacerAchat(placer)).commit().await.unwrap();
}

async fn book(engine: &Engine) -> Economie {
    engine.find(carnet()).await.unwrap().map(|it| it.state.clone()).unwrap_or_default()
}

/// Bag, orders, and what the book holds.
async fn places(engine: &Engine) -> (u32, u32, u64) {
    let places = sac(engine, moi()).await.state.places(potion().item_id);
    let bilan = book(engine).await.bilan();
    (places.sac, places.ordres, bilan.items_ordres + bilan.items_dus)
}

fn cloture(reste: u16, en_colis: bool) -> Cloture {
    Cloture { ordre: ordre(1), reste: q(reste), ferme: true, en_colis }
}

#[tokio::test]
async fn goods_leave_the_bag_when_the_order_is_in_the_book_and_counted() {
    let engine = market(30).await;
    vendre(&engine, 1, 25).await;
    assert_eq!(places(&engine).await, (5, 25, 25));
    assert_eq!(joueur_de(&engine, moi()).await.state.ordres().len(), 1);
}

#[tokio::test]
async fn of_an_escrow_whose_leg_fails_nothing_is_stored() {
    let engine = market(30).await;
    vendre(&engine, 1, 5).await;
    let unit = |placer| inventaire::marche::vendre(&engine, Context::new(), placer);
    // the bag has not so many
    assert_eq!(code(unit(placer(2, moi(), 26))).await, "ITEM_ABSENT");
    // the book refuses, after the bag and the player have agreed
    let trop_court = PlacerOrdre { duree_s: 1, ..placer(2, moi(), 5) };
    let refused = code(unit(trop_court)).await;
    assert!(refused.contains("DUREE"), "{refused}");
    // the player has as many orders as there may be
    for n in 3..102 {
        let compter = JoueurCommand::CompterVente { ordre: ordre(n) };
        engine.execute(moi(), compter).await.unwrap();
    }
    assert_eq!(code(unit(placer(2, moi(), 5))).await, "TROP_D_ORDRES");
    assert_eq!(places(&engine).await, (25, 5, 5));
}

/// The withdrawal of my order, as the book has it now.
async fn clore(engine: &Engine, n: u128, en_colis: bool) -> Atomic {
    let par = economie::unites::Par::Joueur(moi());
    let book = book(engine).await;
    economie::unites::clore(engine, Context::new(), &book, ordre(n), par, en_colis).unwrap()
}

#[tokio::test]
async fn an_order_that_is_withdrawn_by_32_comes_back_once() {
    let engine = market(30).await;
    vendre(&engine, 1, 25).await;
    let mut tasks = JoinSet::new();
    for _ in 0..32 {
        let unit = clore(&engine, 1, false).await;
        tasks.spawn(async move { unit.commit().await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.iter().filter(|done| **done).count(), 1);
    assert_eq!(places(&engine).await, (30, 0, 0));
    assert_eq!(joueur_de(&engine, moi()).await.state.ordres().len(), 0);
}

#[tokio::test]
async fn what_does_not_fit_any_more_waits_as_a_parcel_and_is_collected_once() {
    let engine = market(30).await;
    vendre(&engine, 1, 30).await;
    let colis_id =
        book(&engine).await.ordre(ordre(1)).unwrap().colis_de_restitution(potion().item_id);
    // the bag is full meanwhile
    engine.execute(mien(), ajouter(&minerai(), 200)).await.unwrap();
    assert_eq!(code(clore(&engine, 1, false).await).await, "INVENTAIRE_POIDS_DEPASSE");
    assert_eq!(places(&engine).await, (0, 30, 30));
    clore(&engine, 1, true).await.commit().await.unwrap();
    assert_eq!(places(&engine).await, (0, 0, 0));
    assert_eq!(book(&engine).await.bilan().items_colis, 30);
    let collect = |n| {
        inventaire::marche::retirer_colis(&engine, Context::new(), moi(), &potion(), colis_id, q(n))
    };
    assert_eq!(code(collect(30)).await, "INVENTAIRE_POIDS_DEPASSE");
    engine.execute(mien(), jeter(slot(4), 2)).await.unwrap();
    // the item is withdrawn, and what there is of it is still the player's
    let detruire = ItemCommand::Detruire { intervention: intervention() };
    engine.execute(potion().item_id, detruire).await.unwrap();
    // a part fits
    collect(5).commit().await.unwrap();
    assert_eq!(code(collect(1)).await, "INVENTAIRE_POIDS_DEPASSE");
    // of 16 that collect the rest at once one gets it
    engine.execute(mien(), jeter(slot(2), 99)).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let unit = collect(25);
        tasks.spawn(async move { unit.commit().await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.iter().filter(|done| **done).count(), 1);
    let held = sac(&engine, moi()).await.state.places(potion().item_id).sac;
    assert_eq!((held, book(&engine).await.bilan().items_colis), (30, 0));
}

/// The settlement of a trade, as a state of the book has it.
fn regler(engine: &Engine, book: &Economie, due: &Due, en_colis: EnColis) -> Atomic {
    let (context, fiche) = (Context::new(), potion());
    let unit = inventaire::marche::regler(
        engine,
        context,
        book,
        due.transaction_id,
        Some(&fiche),
        en_colis,
    );
    unit.unwrap()
}

#[tokio::test]
async fn a_trade_is_settled_once_and_nothing_is_lost() {
    let engine = market(30).await;
    vendre(&engine, 1, 25).await;
    acheter(&engine, 2, 10).await;
    let state = book(&engine).await;
    let due = state.dues().next().unwrap().clone();
    assert_eq!(state.fermetures(&due), Fermetures { vente: false, achat: true });
    let settle = || regler(&engine, &state, &due, EnColis::default());
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let unit = settle();
        tasks.spawn(async move { unit.commit().await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.iter().filter(|done| **done).count(), 1);
    assert_eq!(places(&engine).await, (5, 15, 15));
    assert_eq!(sac(&engine, autre()).await.state.places(potion().item_id).sac, 10);
    // 40 coins less 2 of tax; both began with 100
    assert_eq!(joueur_de(&engine, moi()).await.state.or(), Or::fixe::<138>());
    assert_eq!(joueur_de(&engine, autre()).await.state.or(), Or::fixe::<60>());
    assert_eq!(joueur_de(&engine, autre()).await.state.ordres().len(), 0);
}

/// Settles what is owed.
async fn settle_all(engine: &Engine) {
    let dues: Vec<_> = book(engine).await.dues().cloned().collect();
    for due in dues {
        let unit = regler(engine, &book(engine).await, &due, EnColis::default());
        unit.commit().await.unwrap();
    }
}

/// I give the price of a trade back: sixteen coins, of which no tax was taken.
async fn repay(engine: &Engine) {
    let (montant, transaction) = (Montant::fixe::<16>(), transaction(1));
    let raison = RaisonOr::Echange;
    let unit = engine.atomic(Context::new());
    let unit = unit.command(moi(), JoueurCommand::Debiter { montant, raison, transaction });
    let unit = unit.command(autre(), JoueurCommand::Crediter { montant, raison, transaction });
    unit.commit().await.unwrap();
}

/// My gold and the other's.
async fn purses(engine: &Engine) -> (u32, u32) {
    let mine = joueur_de(engine, moi()).await.state.or();
    (mine.get(), joueur_de(engine, autre()).await.state.or().get())
}

/// Withdraws what is left of the other's order to buy.
async fn close_purchase(engine: &Engine, n: u128) {
    let rest = book(engine).await.ordre(ordre(n)).unwrap().reste;
    let cloture = Cloture { ordre: ordre(n), ..cloture(rest.get(), false) };
    let annuler = EconomieCommand::Annuler { joueur: autre(), cloture };
    let montant = prix().fois(rest).unwrap().montant().unwrap();
    let unit = engine.atomic(Context::new()).command(carnet(), annuler);
    let unit = unit.command(autre(), JoueurCommand::RendreOr { ordre: ordre(n), montant });
    let fermer = JoueurCommand::FermerOrdre { ordre: ordre(n) };
    unit.command(autre(), fermer).commit().await.unwrap();
}

#[tokio::test]
async fn gold_in_a_parcel_is_not_collected_by_the_bag() {
    let engine = market(30).await;
    vendre(&engine, 1, 25).await;
    acheter(&engine, 2, 10).await;
    let state = book(&engine).await;
    let due = state.dues().next().unwrap();
    let en_colis = EnColis { produit: true, ..EnColis::default() };
    regler(&engine, &state, due, en_colis).commit().await.unwrap();
    let colis_id = due.colis(RaisonColis::Produit);
    let coins = q(book(&engine).await.bilan().or_colis as u16);
    let goods = inventaire::marche::retirer_colis(
        &engine,
        Context::new(),
        moi(),
        &potion(),
        colis_id,
        coins,
    );
    assert_eq!(code(goods).await, "COLIS_AUTRE_CONTENU");
    assert_eq!(places(&engine).await, (5, 15, 15));
    assert_eq!(book(&engine).await.bilan().or_colis, 38);
}

#[tokio::test]
async fn an_order_that_is_withdrawn_while_it_is_matched_goes_one_way_and_nothing_is_lost() {
    let engine = market(30).await;
    let mut trades = 0;
    for round in 0..200 {
        let n = 10 + 2 * round;
        vendre(&engine, n, 4).await;
        let withdraw = clore(&engine, n, false).await;
        let buy = acheter(&engine, n + 1, 4);
        let withdrawn = match round % 4 {
            0 => tokio::join!(withdraw.commit(), buy).0,
            1 => tokio::join!(buy, withdraw.commit()).1,
            2 => {
                let withdrawn = withdraw.commit().await;
                buy.await;
                withdrawn
            }
            _ => {
                buy.await;
                withdraw.commit().await
            }
        };
        let traded = book(&engine).await.dues().count() > 0;
        assert_ne!(traded, withdrawn.is_ok(), "one of both: {withdrawn:?}");
        if traded {
            trades += 1;
            settle_all(&engine).await;
            assert_eq!(places(&engine).await, (26, 0, 0));
            assert_eq!(sac(&engine, autre()).await.state.places(potion().item_id).sac, 4);
            // for the next round
            engine.execute(mien(), ajouter(&potion(), 4)).await.unwrap();
            let use_up = InventaireCommand::Retirer {
                joueur_id: autre(),
                prelevement: Prelevement::Item(potion().item_id),
                quantite: q(4),
                raison: RaisonItem::RemiseQuete,
                reference: None,
            };
            engine.execute(sac_de(autre()), use_up).await.unwrap();
            repay(&engine).await;
        } else {
            assert_eq!(places(&engine).await, (30, 0, 0));
            close_purchase(&engine, n + 1).await;
        }
        assert_eq!(purses(&engine).await, (100, 100));
        for player in [moi(), autre()] {
            assert_eq!(joueur_de(&engine, player).await.state.ordres().len(), 0);
        }
    }
    assert!((50..=150).contains(&trades), "both ways: {trades}");
}

#[tokio::test]
async fn a_delivery_that_does_not_fit_is_refused_with_a_code_and_then_waits_as_a_parcel() {
    let engine = market(30).await;
    engine.execute(sac_de(autre()), ajouter_a(autre(), &minerai(), 199)).await.unwrap();
    vendre(&engine, 1, 25).await;
    acheter(&engine, 2, 10).await;
    let state = book(&engine).await;
    let due = state.dues().next().unwrap().clone();
    let settle = |items| {
        let en_colis = EnColis { items, ..EnColis::default() };
        regler(&engine, &state, &due, en_colis)
    };
    assert_eq!(code(settle(false)).await, "INVENTAIRE_POIDS_DEPASSE");
    assert_eq!(places(&engine).await, (5, 25, 25));
    settle(true).commit().await.unwrap();
    assert_eq!(places(&engine).await, (5, 15, 15));
    assert_eq!(book(&engine).await.bilan().items_colis, 10);
    let colis_id = due.colis(RaisonColis::Achat);
    let collect = |n| {
        let (joueur, fiche) = (autre(), potion());
        inventaire::marche::retirer_colis(&engine, Context::new(), joueur, &fiche, colis_id, q(n))
    };
    collect(2).commit().await.unwrap();
    assert_eq!(sac(&engine, autre()).await.state.places(potion().item_id).sac, 2);
    assert_eq!(book(&engine).await.bilan().items_colis, 8);
}

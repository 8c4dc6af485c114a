//! Trade with a character in units with bag and purse.

use aether_core::command::Atomic;
use aether_core::{Context, Engine};
use aether_game::inventaire::Places;
use aether_game::item::FicheItem;
use aether_game::pnj::unites::{acheter, vendre};
use aether_game::pnj::*;
use aether_game::values::*;

use super::fixtures::{avec, pieces, pnj_id, prix, transaction};
use crate::inventaire::fixtures::{moi, niveau, potion};
use crate::inventaire::moteur::{code, engine_with, joueur_de, sac};
use crate::item::fixtures::definition;

/// A player with 100 gold, and a merchant who sells 20 potions for 10 and buys them for 4.
async fn market() -> Engine {
    let engine = engine_with([]).await;
    engine.execute(potion().item_id, definition(&potion())).await.unwrap();
    let merchant = avec(|it| it.articles[0].item_id = potion().item_id);
    engine.execute(pnj_id(), PnjCommand::Creer(Box::new(merchant))).await.unwrap();
    engine
}

fn affaire(quantite: u16, prix_unitaire: u32) -> Affaire {
    Affaire {
        joueur_id: moi(),
        item_id: potion().item_id,
        quantite: pieces(quantite),
        prix_unitaire: prix(prix_unitaire),
        transaction: transaction(1),
    }
}

fn buys(engine: &Engine, quantite: u16, prix_unitaire: u32) -> Atomic {
    acheter(engine, Context::new(), pnj_id(), affaire(quantite, prix_unitaire), potion())
}

fn sells(engine: &Engine, quantite: u16, prix_unitaire: u32) -> Atomic {
    vendre(engine, Context::new(), pnj_id(), affaire(quantite, prix_unitaire))
}

/// Gold, potions in the bag, potions in the shop.
async fn held(engine: &Engine) -> (u32, u32, u32) {
    let gold = joueur_de(engine, moi()).await.state.or().get();
    let bag = match engine.find(InventaireId::du_joueur(moi())).await.unwrap() {
        Some(_) => sac(engine, moi()).await.state.places(potion().item_id).sac,
        None => 0,
    };
    let shop = engine.load(pnj_id()).await.unwrap();
    (gold, bag, shop.state.article(potion().item_id).unwrap().stock.unwrap())
}

#[tokio::test]
async fn gold_and_goods_change_hands_together() {
    let engine = market().await;
    buys(&engine, 5, 10).commit().await.unwrap();
    assert_eq!(held(&engine).await, (50, 5, 15));
    sells(&engine, 3, 4).commit().await.unwrap();
    assert_eq!(held(&engine).await, (62, 2, 18));
}

#[tokio::test]
async fn the_item_that_changes_hands_is_the_one_that_is_paid_for() {
    let engine = market().await;
    // of the same kind, and not for sale here
    let precious = FicheItem { item_id: ItemId::generate(), ..potion() };
    engine.execute(precious.item_id, definition(&precious)).await.unwrap();
    let buys = |fiche| acheter(&engine, Context::new(), pnj_id(), affaire(1, 10), fiche);
    buys(precious.clone()).commit().await.unwrap();
    assert_eq!(held(&engine).await, (90, 1, 19));
    assert_eq!(sac(&engine, moi()).await.state.places(precious.item_id), Places::default());
    let other = FicheItem { niveau_requis: niveau(50), ..precious };
    assert_eq!(code(buys(other)).await, "FICHE_DEPASSEE");
    assert_eq!(held(&engine).await, (90, 1, 19));
}

#[tokio::test]
async fn whichever_leg_is_refused_nothing_changes_hands() {
    let engine = market().await;
    assert_eq!(code(buys(&engine, 11, 10)).await, "OR_INSUFFISANT");
    assert_eq!(code(buys(&engine, 5, 1)).await, "PNJ_PRIX_CHANGE");
    assert_eq!(code(buys(&engine, 9_999, 1_000_000_000)).await, "PNJ_PRIX_CHANGE");
    assert_eq!(code(sells(&engine, 1, 4)).await, "ITEM_ABSENT");
    assert_eq!(held(&engine).await, (100, 0, 20));
    buys(&engine, 1, 10).commit().await.unwrap();
    assert_eq!(code(sells(&engine, 1, 1_000)).await, "PNJ_PRIX_CHANGE");
    assert_eq!(code(sells(&engine, 2, 4)).await, "ITEM_ABSENT");
    assert_eq!(held(&engine).await, (90, 1, 19));
}

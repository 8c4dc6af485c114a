//! Shops on a store: many buyers at once.

use aether_core::memory::MemoryStore;
use aether_core::{Context, Engine};
use aether_game::joueur::{Classe, JoueurCommand, NouveauJoueur};
use aether_game::pnj::*;
use aether_game::values::*;

use super::fixtures::*;

/// A player with 100 gold.
async fn player(engine: &Engine) {
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new("Alba").unwrap(),
        pseudo: Pseudo::new("Alba").unwrap(),
        classe: Classe::Mage,
    };
    let unit = aether_game::joueur::creer(engine, Context::new(), joueur(1), nouveau);
    unit.commit().await.unwrap();
}

async fn gold(engine: &Engine) -> u32 {
    engine.load(joueur(1)).await.unwrap().state.or().get()
}

async fn stock(engine: &Engine) -> Option<u32> {
    engine.load(pnj_id()).await.unwrap().state.article(item(1)).unwrap().stock
}

/// Buys pieces of item 1 at a price: gold first, to show that it is not stored when the character refuses.
async fn buys(engine: Engine, quantite: u16, at: u32) -> bool {
    let montant = Montant::new(at * u32::from(quantite)).unwrap();
    let raison = RaisonOr::AchatPnj;
    let debit = JoueurCommand::Debiter { montant, raison, transaction: transaction(1) };
    let unit = engine.atomic(Context::new()).command(joueur(1), debit);
    unit.command(pnj_id(), vendre(1, quantite, at)).commit().await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_who_buy_at_once_never_empty_a_shop_twice_nor_pay_for_nothing() {
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone());
    player(&engine).await;
    let short = PnjCommand::Creer(Box::new(avec(|it| it.articles[0].stock = Some(5))));
    engine.execute(pnj_id(), short).await.unwrap();

    let nodes: Vec<_> = (0..4).map(|_| Engine::new(store.clone())).collect();
    let buyers = (0..16).map(|n| tokio::spawn(buys(nodes[n % 4].clone(), 1, 10)));
    let buyers: Vec<_> = buyers.collect();
    let mut bought = 0;
    for buyer in buyers {
        bought += u32::from(buyer.await.unwrap());
    }
    let fresh = Engine::new(store);
    assert_eq!((bought, stock(&fresh).await, gold(&fresh).await), (5, Some(0), 50));
}

#[tokio::test]
async fn who_names_a_price_of_his_own_pays_nothing_and_gets_nothing() {
    let engine = Engine::new(MemoryStore::new());
    player(&engine).await;
    engine.execute(pnj_id(), PnjCommand::Creer(Box::new(fiche()))).await.unwrap();
    assert!(!buys(engine.clone(), 1, 1).await);
    assert!(!buys(engine.clone(), 11, 10).await, "more than the purse holds");
    assert_eq!((stock(&engine).await, gold(&engine).await), (Some(20), 100));
}

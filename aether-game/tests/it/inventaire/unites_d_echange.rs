//! Direct exchanges on an engine: two bags, two players, and the pieces that change hands.

use aether_core::{Context, Engine};
use aether_game::inventaire::{self, *};
use aether_game::values::*;
use tokio::task::JoinSet;

use super::fixtures::*;
use super::moteur::*;

/// An offer of five potions for three ores, as it is open.
async fn offre_ouverte(engine: &Engine) -> Offre {
    let terms = termes(vec![ligne(&potion(), 5)], vec![ligne(&minerai(), 3)]);
    engine.execute(mien(), proposer(1, terms)).await.unwrap();
    sac(engine, moi()).await.state.offre(offre_id(1)).unwrap().clone()
}

#[tokio::test]
async fn of_an_exchange_whose_leg_fails_nothing_is_stored() {
    // the one who accepts has one ore too few
    let engine = engine_with([ajouter(&potion(), 5), ajouter_a(autre(), &minerai(), 2)]).await;
    let offre = offre_ouverte(&engine).await;
    let versions = (sac(&engine, moi()).await.version, sac(&engine, autre()).await.version);
    let exchange = || inventaire::unites::echanger(&engine, Context::new(), &offre, transaction(1));
    assert_eq!(code(exchange()).await, "ITEM_ABSENT");
    // the one who offers has used what he offers, when the other has all
    engine.execute(sac_de(autre()), ajouter_a(autre(), &minerai(), 1)).await.unwrap();
    engine.execute(mien(), utiliser(slot(0), 1)).await.unwrap();
    assert_eq!(code(exchange()).await, "ITEM_ABSENT");
    let now = (sac(&engine, moi()).await.version, sac(&engine, autre()).await.version);
    assert_eq!(now, (versions.0.plus(1), versions.1.plus(1)));
}

#[tokio::test]
async fn an_offer_that_16_accept_at_once_is_exchanged_once() {
    let engine = engine_with([ajouter(&potion(), 80), ajouter_a(autre(), &minerai(), 80)]).await;
    let offre = offre_ouverte(&engine).await;
    let mut tasks = JoinSet::new();
    for n in 0..16 {
        let unit = inventaire::unites::echanger(&engine, Context::new(), &offre, transaction(n));
        tasks.spawn(async move { unit.commit().await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.iter().filter(|done| **done).count(), 1);
    assert_eq!(sac(&engine, moi()).await.state.places(minerai().item_id).sac, 3);
    assert_eq!(sac(&engine, autre()).await.state.places(potion().item_id).sac, 5);
}

#[tokio::test]
async fn an_offer_that_changes_while_it_is_accepted_is_taken_as_it_was_or_refused() {
    for round in 0..100_u64 {
        let engine = engine_with([ajouter(&potion(), 9), ajouter_a(autre(), &minerai(), 9)]).await;
        let offre = offre_ouverte(&engine).await;
        let unit = inventaire::unites::echanger(&engine, Context::new(), &offre, transaction(1));
        let change = proposer(1, termes(vec![ligne(&potion(), 1)], vec![ligne(&minerai(), 3)]));
        let change = engine.execute(mien(), change);
        let (exchanged, changed) = if round % 2 == 0 {
            tokio::join!(unit.commit(), change)
        } else {
            let (changed, exchanged) = tokio::join!(change, unit.commit());
            (exchanged, changed)
        };
        let potions = sac(&engine, autre()).await.state.places(potion().item_id).sac;
        assert_eq!(potions, if exchanged.is_ok() { 5 } else { 0 });
        assert!(changed.is_ok(), "a change after the exchange is a new offer");
    }
}

#[tokio::test]
async fn gold_changes_hands_with_the_goods_or_not_at_all() {
    let engine = engine_with([ajouter(&potion(), 5)]).await;
    let terms =
        Termes { or_demande: Or::fixe::<120>(), ..termes(vec![ligne(&potion(), 5)], vec![]) };
    engine.execute(mien(), proposer(1, terms)).await.unwrap();
    let offre = sac(&engine, moi()).await.state.offre(offre_id(1)).unwrap().clone();
    let exchange = || inventaire::unites::echanger(&engine, Context::new(), &offre, transaction(1));
    // both begin with 100
    assert_eq!(code(exchange()).await, "OR_INSUFFISANT");
    assert_eq!(sac(&engine, moi()).await.state.places(potion().item_id).sac, 5);
    assert!(engine.find(sac_de(autre())).await.unwrap().is_none());

    enrichir(&engine, autre(), 30).await;
    exchange().commit().await.unwrap();
    assert_eq!(sac(&engine, autre()).await.state.places(potion().item_id).sac, 5);
    assert_eq!(joueur_de(&engine, moi()).await.state.or(), Or::fixe::<220>());
    assert_eq!(joueur_de(&engine, autre()).await.state.or(), Or::fixe::<10>());
}

//! Bags at once and in units with the catalogue.

use aether_core::Context;
use aether_game::inventaire::{self, *};
use aether_game::item::{FicheItem, Item, ItemCommand};
use aether_game::values::*;
use tokio::task::JoinSet;

use super::fixtures::*;
use super::moteur::*;
use crate::item::fixtures::definition;

#[tokio::test]
async fn a_stack_that_16_commands_use_at_once_is_used_once() {
    let engine = engine_with([ajouter(&potion(), 1)]).await;
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let engine = engine.clone();
        tasks.spawn(async move { engine.execute(mien(), utiliser(slot(0), 1)).await.is_ok() });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|used| **used).count(), 1);
    assert_eq!(engine.history::<Inventaire>(mien()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_stack_of_ten_that_16_commands_use_at_once_is_used_ten_times() {
    let engine = engine_with([ajouter(&potion(), 10)]).await;
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let engine = engine.clone();
        tasks.spawn(async move { engine.execute(mien(), utiliser(slot(0), 1)).await.is_ok() });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|used| **used).count(), 10);
}

#[tokio::test]
async fn a_sheet_that_is_not_the_catalogues_brings_nothing_into_the_game() {
    let engine = engine_with([]).await;
    engine.execute(epee().item_id, definition(&epee())).await.unwrap();
    let legere = FicheItem { poids: Poids::ZERO, ..epee() };
    let add = |fiche: &FicheItem| {
        let unit = engine.atomic(Context::new()).command(mien(), ajouter(fiche, 1));
        inventaire::unites::avec_fiche(unit, fiche.clone())
    };
    assert_eq!(code(add(&legere)).await, "FICHE_DEPASSEE");
    assert_eq!(code(add(&potion())).await, "ITEM_INCONNU");
    assert!(engine.find(mien()).await.unwrap().is_none());
    add(&epee()).commit().await.unwrap();

    let detruire = ItemCommand::Detruire { intervention: intervention() };
    engine.execute(epee().item_id, detruire).await.unwrap();
    assert_eq!(code(add(&epee())).await, "ITEM_DETRUIT");
    let item = engine.load(epee().item_id).await.unwrap();
    assert!(Item::est_detruit(&item.state));
}

#[tokio::test]
async fn what_16_orders_want_at_once_is_set_aside_as_often_as_it_is_there() {
    let engine = engine_with([ajouter(&potion(), 50)]).await;
    let mut tasks = JoinSet::new();
    for n in 0..16 {
        let engine = engine.clone();
        let command = sequestrer(n, &potion(), 10);
        tasks.spawn(async move { engine.execute(mien(), command).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.iter().filter(|done| **done).count(), 5);
    let places = sac(&engine, moi()).await.state.places(potion().item_id);
    assert_eq!(places, Places { ordres: 50, ..Places::default() });
}

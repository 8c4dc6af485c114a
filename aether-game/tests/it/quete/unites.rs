//! Quests in units with bag and purse.

use aether_core::command::Atomic;
use aether_core::{Context, Engine};
use aether_game::economie::unites::retirer_or;
use aether_game::inventaire::marche::retirer_colis;
use aether_game::item::FicheItem;
use aether_game::quete::progres::unites::{livrer, recompense, recompenser};
use aether_game::quete::*;
use aether_game::recompense::EnAttente;
use aether_game::values::*;
use tokio::task::JoinSet;

use super::fixtures::*;
use crate::inventaire::fixtures::{ajouter, jeter, minerai, moi, potion, slot};
use crate::inventaire::moteur::{code, engine_with, enrichir, joueur_de, mien, sac};
use crate::item::fixtures::definition;

fn progres_id(n: u128) -> ProgresId {
    ProgresId::du_joueur(quete_id(n), moi())
}

async fn progres(engine: &Engine, n: u128) -> Progres {
    engine.load::<Progres>(progres_id(n)).await.unwrap().state.clone()
}

/// Accepts a quest without a time limit.
async fn accept(engine: &Engine, n: u128, change: impl FnOnce(&mut FicheQuete)) {
    let fiche = visite(|it| {
        it.quete_id = quete_id(n);
        it.duree_limite_minutes = None;
        change(it);
    });
    let demande = Accepter::new(&creee(fiche), moi(), niveau(10)).unwrap();
    let command = ProgresCommand::Accepter(Box::new(demande));
    engine.execute(progres_id(n), command).await.unwrap();
}

/// Asks for five pieces of ore.
fn of_ore(it: &mut FicheQuete) {
    let cible = CibleId::from(minerai().item_id);
    it.objectifs = vec![Objectif { cible, ..objectif(1, TypeObjectif::Collect, 5, 1) }];
}

fn ore(n: u128, quantite: u16) -> Livraison {
    Livraison {
        tentative: 1,
        objectif_id: objectif_id(1),
        item_id: minerai().item_id,
        quantite: pieces(quantite),
        transaction: transaction(n),
    }
}

async fn in_bag(engine: &Engine, item: ItemId) -> u32 {
    sac(engine, moi()).await.state.places(item).sac
}

/// Pays two potions, gold and experience for a visit that is made and finished.
async fn finished(engine: &Engine) {
    let items = vec![ItemOffert { item_id: potion().item_id, quantite: pieces(2) }];
    accept(engine, 1, |it| it.recompenses.items = items).await;
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    engine.execute(progres_id(1), visiter).await.unwrap();
    engine.execute(progres_id(1), TERMINER).await.unwrap();
}

async fn engagement(engine: &Engine) -> Engagement {
    progres(engine, 1).await.engagement().cloned().unwrap()
}

#[tokio::test]
async fn what_is_delivered_leaves_the_bag_and_counts_or_neither() {
    let engine = engine_with([ajouter(&minerai(), 4)]).await;
    accept(&engine, 1, of_ore).await;
    let deliver =
        |n, quantite| livrer(&engine, Context::new(), moi(), quete_id(1), ore(n, quantite));
    deliver(1, 3).commit().await.unwrap();
    assert_eq!(avances(&progres(&engine, 1).await), [3]);
    assert_eq!(in_bag(&engine, minerai().item_id).await, 1);

    assert_eq!(code(deliver(2, 2)).await, "ITEM_ABSENT");
    assert_eq!(code(deliver(1, 1)).await, "LIVRAISON_DEJA_COMPTEE");
    engine.execute(mien(), ajouter(&minerai(), 9)).await.unwrap();
    assert_eq!(code(deliver(3, 3)).await, "LIVRAISON_EXCESSIVE");
    assert_eq!(avances(&progres(&engine, 1).await), [3]);
    assert_eq!(in_bag(&engine, minerai().item_id).await, 10, "what is refused stays in the bag");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_delivery_counts_for_one_quest() {
    let engine = engine_with([ajouter(&minerai(), 5)]).await;
    for n in 1..=4 {
        accept(&engine, n, of_ore).await;
    }
    let mut tasks = JoinSet::new();
    for n in 0..16 {
        let quest = quete_id(1 + n % 4);
        tasks.spawn(livrer(&engine, Context::new(), moi(), quest, ore(n, 5)).commit());
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|it| it.is_ok()).count(), 1);
    let mut delivered = 0;
    for n in 1..=4 {
        delivered += avances(&progres(&engine, n).await)[0];
    }
    assert_eq!((delivered, in_bag(&engine, minerai().item_id).await), (5, 0));
}

fn pays(
    engine: &Engine,
    engagement: &Engagement,
    fiches: &[FicheItem],
    transaction: TransactionId,
    en_attente: &EnAttente,
) -> Result<Atomic, ItemId> {
    recompenser(engine, Context::new(), engagement, fiches, transaction, en_attente)
}

#[tokio::test]
async fn a_reward_that_does_not_fit_waits_in_parcels_and_is_collected() {
    let engine = engine_with([]).await;
    engine.execute(potion().item_id, definition(&potion())).await.unwrap();
    finished(&engine).await;
    // the bag and the purse are full
    engine.execute(mien(), ajouter(&minerai(), 200)).await.unwrap();
    enrichir(&engine, moi(), Or::MAX.get() - 120).await;
    let (engagement, fiches) = (engagement(&engine).await, [potion()]);
    let due = recompense(&engagement, &fiches, transaction(1)).unwrap();
    let full =
        due.qui_deborde(&joueur_de(&engine, moi()).await.state, &sac(&engine, moi()).await.state);
    assert_eq!(full, due.tout_attend());
    let pay = |en_attente: &EnAttente| {
        pays(&engine, &engagement, &fiches, transaction(1), en_attente).unwrap()
    };
    assert_eq!(code(pay(&EnAttente::default())).await, "BOURSE_PLEINE");
    let or = EnAttente { or: true, ..EnAttente::default() };
    assert_eq!(code(pay(&or)).await, "INVENTAIRE_POIDS_DEPASSE");
    assert!(progres(&engine, 1).await.recompense_due());
    pay(&full).commit().await.unwrap();
    assert!(!progres(&engine, 1).await.recompense_due());
    assert_eq!(joueur_de(&engine, moi()).await.state.experience(), Experience::fixe::<100>());

    engine.execute(mien(), jeter(slot(0), 10)).await.unwrap();
    let colis = due.colis(potion().item_id);
    let goods = retirer_colis(&engine, Context::new(), moi(), &potion(), colis, pieces(2));
    goods.commit().await.unwrap();
    assert_eq!(in_bag(&engine, potion().item_id).await, 2);
    let treasure = engine.load(CarnetId::de_l_item(ItemId::AUCUN)).await.unwrap();
    let colis = (moi(), due.colis(ItemId::AUCUN));
    let gold = |n| {
        let montant = Montant::new(n).unwrap();
        retirer_or(&engine, Context::new(), &treasure.state, colis, montant).unwrap()
    };
    assert_eq!(code(gold(50)).await, "BOURSE_PLEINE");
    gold(20).commit().await.unwrap();
    assert_eq!(joueur_de(&engine, moi()).await.state.or(), Or::MAX);
    assert_eq!(code(gold(31)).await, "COLIS_TROP_PETIT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reward_that_sixteen_collect_at_once_comes_once_and_whole() {
    let engine = engine_with([]).await;
    engine.execute(potion().item_id, definition(&potion())).await.unwrap();
    finished(&engine).await;
    let engagement = engagement(&engine).await;
    let mut tasks = JoinSet::new();
    for n in 0..16 {
        let unit = pays(&engine, &engagement, &[potion()], transaction(n), &EnAttente::default());
        tasks.spawn(unit.unwrap().commit());
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|it| it.is_ok()).count(), 1);
    let player = joueur_de(&engine, moi()).await;
    assert_eq!(player.state.or(), Or::fixe::<150>());
    assert_eq!(player.state.experience(), Experience::fixe::<100>());
    assert_eq!(in_bag(&engine, potion().item_id).await, 2);
    assert!(!progres(&engine, 1).await.recompense_due());
}

#[tokio::test]
async fn a_reward_of_which_a_part_does_not_come_stays_due_as_a_whole() {
    let engine = engine_with([]).await;
    finished(&engine).await;
    let engagement = engagement(&engine).await;
    let pay =
        |fiches: &[_]| pays(&engine, &engagement, fiches, transaction(1), &EnAttente::default());
    assert_eq!(pay(&[]).err(), Some(potion().item_id), "no sheet, no payment without the item");
    assert_eq!(code(pay(&[potion()]).unwrap()).await, "ITEM_INCONNU");
    assert!(progres(&engine, 1).await.recompense_due());
    let player = joueur_de(&engine, moi()).await;
    assert_eq!(player.state.or(), Or::fixe::<100>());
    assert_eq!(player.state.experience(), Experience::ZERO);
}

//! `inventaires` and `items_inventaire`.

use aether_game::inventaire::{Inventaire, InventaireCommand};
use aether_game::queries;
use aether_game::read_models::{InventoryProjection, ItemProjection, verify_inventaires};
use aether_game::values::{ItemId, SlotId};
use proptest::arbitrary::any;
use proptest::strategy::Strategy as _;

use super::fixtures::*;
use crate::inventaire::fixtures::*;
use crate::inventaire::moteur::{mien, sac_de};
use crate::inventaire::proprietes::any_command;
use crate::item::fixtures::definition;

/// Everything that lies in bags, by item.
async fn sums(terrain: &Terrain) -> Vec<(ItemId, i64)> {
    let sql =
        "SELECT item_id, sum(quantite) FROM items_inventaire GROUP BY item_id ORDER BY item_id";
    sqlx::query_as(sql).fetch_all(&terrain.pool).await.unwrap()
}

/// Asks a bag for what comes to mind when its state is seen.
pub(crate) async fn live(terrain: &Terrain, asked: impl IntoIterator<Item = [u16; 6]>) {
    for picks in asked {
        let bag = terrain.engine.find::<Inventaire>(mien()).await.unwrap();
        let empty = Inventaire::default();
        let command = any_command(bag.as_ref().map_or(&empty, |it| &it.state), picks);
        terrain.live(sac_de(command.joueur_id()), [command]).await;
    }
}

fn deplacer(n: u32, position: u16) -> InventaireCommand {
    InventaireCommand::Deplacer { joueur_id: moi(), slot_id: slot(n), position }
}

async fn equal(terrain: &Terrain) {
    assert_equal(&verify_inventaires(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_bags_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    live(&terrain, drawn(any::<[u16; 6]>(), 400)).await;
    for batch_size in [1, 2, 13, 1000] {
        terrain.run("TRUNCATE inventaires, items_inventaire").await;
        terrain.deliver(&InventoryProjection, batch_size).await;
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_splits_merges_and_moves_keep_every_sum_in_the_table_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    let start = fiches().into_iter().zip([57, 120, 3, 2, 4]);
    terrain.live(mien(), start.map(|(fiche, n)| ajouter(&fiche, n))).await;
    let started = terrain.heard(&InventoryProjection).await.len();
    let tidy = |[what, rest @ ..]: [u16; 6]| {
        let [a, b, c, d, e] = rest;
        // whose bag it is is no question here
        [8 + what % 5, a, b, c, d, e - u16::from(e % 40 == 0 && e > 0)]
    };
    live(&terrain, drawn(any::<[u16; 6]>().prop_map(tidy), 900)).await;
    let events = terrain.heard(&InventoryProjection).await;
    assert!(events.len() > started + 100, "{} events", events.len());
    let cuts = drawn(1..30_usize, events.len());
    for round in 0..3 {
        terrain.run("TRUNCATE inventaires, items_inventaire").await;
        terrain.batch(&InventoryProjection, &events[..started]).await.unwrap();
        let before = sums(&terrain).await;
        assert_eq!(before.len(), fiches().len());
        let mut rest = &events[started..];
        for cut in cuts.iter().skip(round) {
            let (batch, later) = rest.split_at(rest.len().min(*cut));
            terrain.batch(&InventoryProjection, batch).await.unwrap();
            assert_eq!(sums(&terrain).await, before);
            rest = later;
        }
        assert!(rest.is_empty());
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_change_places_and_take_over_places_in_one_batch() {
    let terrain = Terrain::open().await;
    // three stacks, of 20, 20 and 17
    terrain.live(mien(), [ajouter(&potion(), 57)]).await;
    let started = terrain.heard(&InventoryProjection).await.len();
    // all three in a circle, and then a slot that is emptied and one that is new in its place, twice over
    let asked = [deplacer(0, 1), deplacer(0, 2), jeter(slot(1), 20), ajouter(&minerai(), 5)];
    terrain.live(mien(), asked).await;
    terrain.live(mien(), [jeter(slot(3), 5), ajouter(&epee(), 1)]).await;
    let events = terrain.heard(&InventoryProjection).await;
    let places = async || -> Vec<(i32, SlotId)> {
        let sql = "SELECT position_slot, slot_id FROM items_inventaire ORDER BY position_slot";
        sqlx::query_as(sql).fetch_all(&terrain.pool).await.unwrap()
    };
    for batch_size in 1..=events.len() {
        terrain.run("TRUNCATE inventaires, items_inventaire").await;
        terrain.batch(&InventoryProjection, &events[..started]).await.unwrap();
        assert_eq!(places().await, [(0, slot(0)), (1, slot(1)), (2, slot(2))]);
        for batch in events[started..].chunks(batch_size) {
            terrain.batch(&InventoryProjection, batch).await.unwrap();
        }
        assert_eq!(places().await, [(0, slot(4)), (1, slot(2)), (2, slot(0))]);
        equal(&terrain).await;
    }
    let two = "UPDATE items_inventaire SET position_slot = 1 WHERE position_slot = 2";
    sqlx::query(two).execute(&terrain.pool).await.expect_err("one slot in a place");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_a_bag_brings_no_emptied_slot_back() {
    let terrain = Terrain::open().await;
    let asked = [
        ajouter(&potion(), 9),
        ajouter(&minerai(), 5),
        jeter(slot(0), 9),
        ajouter(&lettre(), 1),
        jeter(slot(1), 5),
        utiliser(slot(0), 1),
    ];
    terrain.live(mien(), asked).await;
    let events = terrain.heard(&InventoryProjection).await;
    assert_eq!(events.len(), 5);
    for seen in 1..=events.len() {
        for from in 0..seen {
            for to in from + 1..=events.len() {
                terrain.run("TRUNCATE inventaires, items_inventaire").await;
                terrain.batch(&InventoryProjection, &events[..seen]).await.unwrap();
                terrain.batch(&InventoryProjection, &events[from..to]).await.unwrap();
                terrain.batch(&InventoryProjection, &events[to.max(seen)..]).await.unwrap();
                equal(&terrain).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_bag_or_a_slot_that_is_not_there_fails() {
    let terrain = Terrain::open().await;
    let asked = [ajouter(&potion(), 9), ajouter(&potion(), 1), deplacer(0, 7), jeter(slot(0), 10)];
    terrain.live(mien(), asked).await;
    let events = terrain.heard(&InventoryProjection).await;
    for n in 1..events.len() {
        let one = &events[n..=n];
        terrain.run("TRUNCATE inventaires, items_inventaire").await;
        terrain.batch(&InventoryProjection, one).await.unwrap_err();
        terrain.batch(&InventoryProjection, &events[..1]).await.unwrap();
        terrain.run("TRUNCATE items_inventaire").await;
        terrain.batch(&InventoryProjection, one).await.unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_bags() {
    let terrain = Terrain::open().await;
    let worn = equiper(slot(2), &epee(), aether_game::item::Emplacement::ArmePrincipale);
    let asked = [ajouter(&potion(), 9), ajouter(&minerai(), 5), ajouter(&epee(), 1), worn];
    terrain.live(mien(), asked).await;
    terrain.project(InventoryProjection, 1000).await;
    equal(&terrain).await;
    for (damage, differences) in [
        ("UPDATE items_inventaire SET quantite = quantite - 1 WHERE type_slot = 'CONSOMMABLE'", 1),
        ("UPDATE inventaires SET poids_actuel = 0, extensions = '[\"Sacoche\"]'", 3),
        ("UPDATE items_inventaire SET proprietes_instance = '{}' WHERE est_equipe", 4),
        ("DELETE FROM items_inventaire WHERE type_slot = 'MATERIAU'", 5),
        ("UPDATE items_inventaire SET slot_id = gen_random_uuid() WHERE est_equipe", 6),
    ] {
        terrain.run(damage).await;
        let report = verify_inventaires(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, differences, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_is_read_with_its_items_by_position() {
    let terrain = Terrain::open().await;
    let asked =
        [ajouter(&potion(), 57), ajouter(&minerai(), 5), ajouter(&epee(), 1), deplacer(0, 40)];
    terrain.live(mien(), asked).await;
    for fiche in [potion(), epee()] {
        terrain.live(fiche.item_id, [definition(&fiche)]).await;
    }
    terrain.project(ItemProjection, 1000).await;
    terrain.project(InventoryProjection, 1000).await;

    let bag = queries::sac(&terrain.pool, moi(), None, 3).await.unwrap().unwrap();
    let head = &bag.inventaire;
    assert_eq!((head.capacite, head.slots_utilises), (50, 5));
    assert_eq!((head.poids_actuel.get(), head.poids_max.get()), (57 * 2 + 5 * 5 + 30, 1000));
    let places = |bag: &queries::Sac| -> Vec<_> {
        let slots = bag.contenu.iter().map(|it| &it.slot);
        slots.map(|it| (it.position_slot, it.quantite.get())).collect()
    };
    assert_eq!(places(&bag), [(1, 20), (2, 17), (3, 5)]);
    assert_eq!(bag.contenu[0].item.as_ref().unwrap().item_id, potion().item_id);
    assert_eq!(bag.contenu[2].item, None, "the catalogue does not know it yet");
    let rest = queries::sac(&terrain.pool, moi(), Some(3), 3).await.unwrap().unwrap();
    assert_eq!(places(&rest), [(4, 1), (40, 20)]);
    assert_eq!(rest.contenu[0].item.as_ref().unwrap().stats.as_ref(), epee().piece());
    let end = queries::sac(&terrain.pool, moi(), Some(40), 3).await.unwrap().unwrap();
    assert_eq!((&end.inventaire, end.contenu.len()), (head, 0));
    assert_eq!(queries::sac(&terrain.pool, autre(), None, 3).await.unwrap(), None);
}

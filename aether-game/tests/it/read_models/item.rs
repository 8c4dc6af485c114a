//! `items`.

use aether_game::item::{ItemCommand, Rarete, TypeItem};
use aether_game::queries::{self, FiltreItems, PlaceItem};
use aether_game::read_models::{ItemProjection, verify_items};
use aether_game::values::{ItemId, Niveau, Nom};

use super::fixtures::*;
use crate::inventaire::fixtures::{epee, fiches, intervention, item, niveau, potion};
use crate::item::fixtures::{definition, presentation};
use crate::item::proprietes::commands;

/// A catalogue in which something was asked of each item.
async fn catalogue(terrain: &Terrain, count: usize) {
    let asked = drawn(commands(), 30 * count);
    for (number, commands) in asked.chunks(30).enumerate() {
        terrain.live(item(100 + number as u128), commands.iter().cloned()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_items_says_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    catalogue(&terrain, 20).await;
    for batch_size in [1, 7, 1000] {
        terrain.run("TRUNCATE items").await;
        terrain.deliver(&ItemProjection, batch_size).await;
        assert_equal(&verify_items(&terrain.store).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_an_item_never_overwrites_a_newer_value() {
    let terrain = Terrain::open().await;
    catalogue(&terrain, 20).await;
    terrain.project(ItemProjection, 1000).await;
    let events = terrain.heard(&ItemProjection).await;
    for older in [1, 30] {
        terrain.batch(&ItemProjection, &events[..older]).await.unwrap();
        assert_equal(&verify_items(&terrain.store).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_an_item_that_is_not_there_fails() {
    let terrain = Terrain::open().await;
    let renamed =
        ItemCommand::Modifier { presentation: presentation("Fiole"), intervention: intervention() };
    terrain.live(potion().item_id, [definition(&potion()), renamed]).await;
    let events = terrain.heard(&ItemProjection).await;
    terrain.batch(&ItemProjection, &events[1..]).await.unwrap_err();
    terrain.batch(&ItemProjection, &events[..1]).await.unwrap();
    terrain.batch(&ItemProjection, &events[1..]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_items() {
    let terrain = Terrain::open().await;
    for fiche in fiches() {
        terrain.live(fiche.item_id, [definition(&fiche)]).await;
    }
    terrain.project(ItemProjection, 1000).await;
    assert_equal(&verify_items(&terrain.store).await.unwrap());
    for (damage, differences) in [
        ("UPDATE items SET valeur_or = 9 WHERE type_item = 'ARME'", 1),
        ("UPDATE items SET stats = NULL, effets = NULL WHERE empilable IS FALSE", 3),
        ("DELETE FROM items WHERE type_item = 'QUETE'", 4),
        ("UPDATE items SET item_id = gen_random_uuid() WHERE type_item = 'MATERIAU'", 6),
        // a row that cannot be read, and the one that is missing then
        ("UPDATE items SET stack_max = 32000 WHERE type_item = 'CONSOMMABLE'", 8),
    ] {
        terrain.run(damage).await;
        let report = verify_items(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, differences, "{damage}: {:#?}", report.differences);
    }
}

/// The names of items, page by page.
async fn names(terrain: &Terrain, filtre: &FiltreItems) -> Vec<String> {
    let mut found: Vec<aether_game::read_models::Item> = vec![];
    loop {
        let after = found.last().map(PlaceItem::from);
        let page = queries::items(&terrain.pool, filtre, after, 2).await.unwrap();
        if page.is_empty() {
            return found.into_iter().map(|it| it.nom.into()).collect();
        }
        found.extend(page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_found_by_type_rarity_level_and_name() {
    let terrain = Terrain::open().await;
    let nom = |text: &str| Some(Nom::new(text).unwrap());
    for (fiche, (name, rarete)) in fiches().into_iter().zip([
        ("Potion", Rarete::Commun),
        ("Minerai 100%", Rarete::Rare),
        ("Épée", Rarete::Mythique),
        ("Anneau", Rarete::Rare),
        ("Ancienne lettre", Rarete::Commun),
    ]) {
        let presentation = aether_game::item::Presentation { rarete, ..presentation(name) };
        let rename = ItemCommand::Modifier { presentation, intervention: intervention() };
        terrain.live(fiche.item_id, [definition(&fiche), rename]).await;
    }
    let gone = ItemId::generate();
    let withdraw = ItemCommand::Detruire { intervention: intervention() };
    terrain.live(gone, [definition(&potion()), withdraw]).await;
    terrain.project(ItemProjection, 1000).await;

    let all = ["Ancienne lettre", "Minerai 100%", "Potion", "Anneau", "Épée"];
    let filtre = FiltreItems::default;
    assert_eq!(names(&terrain, &filtre()).await, all, "by level, then by name");
    let levels = |from, to| Some(niveau(from)..=niveau(to));
    for (filtre, found) in [
        (FiltreItems { type_item: Some(TypeItem::Arme), ..filtre() }, &all[4..]),
        (FiltreItems { rarete: Some(Rarete::Rare), ..filtre() }, &[all[1], all[3]]),
        (FiltreItems { niveaux: levels(2, 100), ..filtre() }, &all[3..]),
        (FiltreItems { niveaux: levels(1, 4), ..filtre() }, &all[..3]),
        (FiltreItems { niveaux: levels(4, 1), ..filtre() }, &[]),
        (FiltreItems { nom: nom("AN"), ..filtre() }, &[all[0], all[3]]),
        (FiltreItems { nom: nom("épée"), ..filtre() }, &all[4..]),
        (FiltreItems { nom: nom("minerai 100%"), ..filtre() }, &all[1..2]),
        (FiltreItems { nom: nom("%"), ..filtre() }, &[]),
        (FiltreItems { nom: nom("an"), type_item: Some(TypeItem::Arme), ..filtre() }, &[]),
        (FiltreItems { rarete: Some(Rarete::Rare), niveaux: levels(5, 5), ..filtre() }, &all[3..4]),
    ] {
        assert_eq!(names(&terrain, &filtre).await, found, "{filtre:?}");
    }

    let found = queries::item(&terrain.pool, epee().item_id).await.unwrap().unwrap();
    assert_eq!(found.stats.as_ref(), epee().piece());
    assert_eq!((found.niveau_requis, found.retire), (Niveau::fixe::<5>(), false));
    assert!(queries::item(&terrain.pool, gone).await.unwrap().unwrap().retire);
    assert_eq!(queries::item(&terrain.pool, item(99)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_of_the_catalogue_uses_an_index() {
    let terrain = Terrain::open().await;
    terrain
        .run(
            "INSERT INTO items SELECT gen_random_uuid(), md5(n::text), '', \
                 (ARRAY['ARME', 'ARMURE', 'CONSOMMABLE', 'MATERIAU', 'QUETE', 'AUTRE'])[1 + n % 6], \
                 (ARRAY['COMMUN', 'RARE', 'EPIQUE', 'LEGENDAIRE', 'MYTHIQUE'])[1 + n % 5], 1 + n % 100, NULL, NULL, 1, 1, \
                 true, 1, true, true, NULL, '[]', 1 \
             FROM generate_series(1, 20000) AS n",
        )
        .await;
    terrain.run("VACUUM ANALYZE items").await;
    let sql = include_str!("../../../src/queries/sql/items.sql");
    for (filters, levels, most) in [
        ("NULL, NULL, ''", 1..=100, 100),
        ("'ARME', NULL, ''", 1..=100, 100),
        ("NULL, 'MYTHIQUE', ''", 1..=100, 100),
        ("NULL, NULL, ''", 50..=51, 100),
        ("NULL, NULL, 'abc'", 1..=100, 100),
        ("'ARME', 'MYTHIQUE', 'a'", 50..=60, 500),
    ] {
        let (from, to) = (levels.start(), levels.end());
        let parameters = format!("{filters}, {from}, '', gen_random_uuid(), {to}, 50");
        let (pages, plan) = terrain.plan("custom", sql, &parameters).await;
        assert!(pages <= most && !plan.contains("Seq Scan"), "{parameters}: {pages} pages, {plan}");
    }
}

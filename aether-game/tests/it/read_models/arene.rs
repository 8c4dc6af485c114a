//! `cotes_arene` and `combats_cotes`.

use std::collections::BTreeSet;

use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{CombatCommand, TypeCombat};
use aether_game::queries;
use aether_game::read_models::{ArenaProjection, CoteArene, verify_arene};

use super::fixtures::*;

/// Combats between few players, most of them to their end, so many that each has fought often. How many were rated and ended.
pub(crate) async fn fights(terrain: &Terrain, seed: u64, count: usize) -> usize {
    let mut rosters = Rosters::new(seed).players(8);
    let mut rated = 0;
    for number in 0..count {
        let (id, start) = rosters.next_combat();
        let arena = matches!(start.type_combat, TypeCombat::Arene | TypeCombat::Pvp);
        let start = CombatCommand::Demarrer(Box::new(start));
        let mut done = terrain.engine.execute(id, start).await.unwrap();
        let turns = if number % 8 == 7 { 3 } else { usize::MAX };
        for _ in 0..turns {
            let Some(active) = done.state().participant_actif() else { break };
            let fiche = done.state().participant(active).unwrap().fiche;
            let command = Tactic::suited_to(fiche).choose(done.state(), active);
            done = terrain.engine.execute(id, command).await.unwrap();
        }
        rated += usize::from(arena && done.state().participant_actif().is_none());
    }
    rated
}

async fn ratings(terrain: &Terrain) -> Vec<CoteArene> {
    queries::classement_arene(&terrain.pool, None, 1000).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_say_what_the_results_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    let rated = fights(&terrain, 5, 24).await;
    assert!(rated > 5, "{rated}");
    let mut seen = BTreeSet::new();
    for batch_size in [1, 7, 1000] {
        terrain.run("TRUNCATE cotes_arene, combats_cotes").await;
        terrain.deliver(&ArenaProjection, batch_size).await;
        assert_equal(&verify_arene(&terrain.store).await.unwrap());
        seen.insert(serde_json::to_string(&ratings(&terrain).await).unwrap());
    }
    assert_eq!(seen.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_result_never_overwrites_a_newer_rating() {
    let terrain = Terrain::open().await;
    fights(&terrain, 6, 12).await;
    terrain.project(ArenaProjection, 1000).await;
    terrain.deliver(&ArenaProjection, 50).await;
    assert_equal(&verify_arene(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_a_rating_that_was_changed() {
    let terrain = Terrain::open().await;
    fights(&terrain, 7, 16).await;
    terrain.project(ArenaProjection, 1000).await;
    for (damage, differences) in [
        (
            "UPDATE cotes_arene SET cote = cote + 1 WHERE joueur_id = (SELECT min(joueur_id::text)::uuid FROM cotes_arene)",
            1,
        ),
        (
            "DELETE FROM cotes_arene WHERE joueur_id = (SELECT max(joueur_id::text)::uuid FROM cotes_arene)",
            2,
        ),
        ("INSERT INTO combats_cotes VALUES (gen_random_uuid(), '[]', 1)", 3),
    ] {
        terrain.run(damage).await;
        let report = verify_arene(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, differences, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ranking_of_the_arena_is_read_by_key_and_ties_stand_by_id() {
    let terrain = Terrain::open().await;
    fights(&terrain, 8, 12).await;
    terrain.project(ArenaProjection, 1000).await;
    terrain.run("UPDATE cotes_arene SET cote = cote / 20 * 20").await;
    let all = ratings(&terrain).await;
    let places: Vec<_> = all.iter().map(|it| (it.cote, it.joueur_id)).collect();
    assert!(places.is_sorted_by(|a, b| a > b) && places.len() > 4, "{places:?}");
    assert!(places.windows(2).any(|pair| pair[0].0 == pair[1].0), "{places:?}");
    let mut paged: Vec<CoteArene> = vec![];
    loop {
        let after = paged.last().map(CoteArene::place);
        let page = queries::classement_arene(&terrain.pool, after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

//! Jobs: what follows the clock.

use std::time::Duration;

use aether_core::{Context, Job as _};
use aether_game::combat::{CombatCommand, CombatId};
use aether_game::jobs::{Archives, Vue};
use aether_game::joueur::creer;
use aether_game::queries;
use aether_game::read_models::{
    CombatProjection, EconomyProjection, InventoryProjection, ItemProjection,
    ParticipantProjection, PlayerProjection, verify_combats, verify_economie,
};
use aether_game::values::JoueurId;

use crate::combat::fixtures::{ally, foe, start};
use crate::economie::entier::{noeud, peuple, vit};
use crate::joueur::fixtures::{gagne, nouveau};
use crate::read_models::fixtures::*;

const AT_ONCE: Duration = Duration::ZERO;

#[tokio::test(flavor = "multi_thread")]
async fn views_rank_players_and_count_who_has_an_item_as_of_their_last_refresh() {
    let terrain = Terrain::open().await;
    let node = noeud(terrain.store.clone());
    peuple(&node).await;
    let joueur = JoueurId::generate();
    creer(&terrain.engine, Context::new(), joueur, nouveau("Zoe")).commit().await.unwrap();
    terrain.live(joueur, [gagne(900)]).await;
    terrain.project(PlayerProjection, 1000).await;
    terrain.project(ItemProjection, 1000).await;
    terrain.project(InventoryProjection, 1000).await;

    assert_eq!(queries::classement_global(&terrain.pool, 0, 10).await.unwrap(), []);
    Vue::leaderboard(&terrain.store).run().await.unwrap();
    Vue::items_populaires(&terrain.store).run().await.unwrap();
    let ranking = queries::classement_global(&terrain.pool, 0, 10).await.unwrap();
    assert_eq!(ranking.len(), 5);
    assert_eq!((ranking[0].joueur_id, ranking[0].rang), (joueur, 1));
    let rest = queries::classement_global(&terrain.pool, 3, 10).await.unwrap();
    assert_eq!(rest.iter().map(|it| it.rang).collect::<Vec<_>>(), [4, 5]);
    let popular = queries::items_populaires(&terrain.pool, 10).await.unwrap();
    assert_eq!((popular[0].nb_possesseurs, popular[0].quantite_totale), (4, 240));

    // who was not seen for thirty days is not ranked
    terrain
        .run("UPDATE joueurs SET cree_a = now() - interval '31 days' WHERE username = 'Zoe'")
        .await;
    Vue::leaderboard(&terrain.store).run().await.unwrap();
    assert_eq!(queries::classement_global(&terrain.pool, 0, 10).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_combats_move_to_the_archive_once_and_are_verified_there() {
    let terrain = Terrain::open().await;
    for n in 1..=7 {
        let id = CombatId::from(aether_core::uuid::Uuid::from_u128(n));
        terrain.engine.execute(id, start(vec![ally(10 * n), foe(10 * n + 1)])).await.unwrap();
        if n > 2 {
            let late = Context::new().timestamp(terrain.engine.now() + chrono::TimeDelta::hours(1));
            terrain.engine.execute(id, CombatCommand::VerifierLimite).with(&late).await.unwrap();
        }
    }
    let project = async || {
        terrain.deliver(&CombatProjection, 100).await;
        terrain.deliver(&ParticipantProjection, 100).await;
    };
    project().await;
    let archives = Archives::combats(&terrain.store).older_than(AT_ONCE).batch(2);
    terrain.run("UPDATE instances_combat SET heure_fin = heure_fin - interval '2 hours'").await;
    let (one, two) = tokio::join!(archives.run(), archives.run());
    let moved: u32 = [one, two]
        .map(|it| it.unwrap().split(' ').next().unwrap().parse::<u32>().unwrap())
        .iter()
        .sum();
    assert_eq!(moved, 5);
    let count = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(&terrain.pool).await.unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM instances_combat").await, 2);
    assert_eq!(count("SELECT count(*) FROM instances_combat_archive").await, 5);
    assert_eq!(count("SELECT count(*) FROM participants_combat_archive").await, 10);

    // a rebuild makes them anew, and the next run moves them again
    terrain.run("TRUNCATE instances_combat, participants_combat, actions_combat, historique_combat, effets_statut").await;
    terrain
        .run("UPDATE instances_combat_archive SET heure_fin = heure_fin + interval '2 hours'")
        .await;
    project().await;
    assert_equal(&verify_combats(&terrain.store).await.unwrap());
    terrain.run("UPDATE instances_combat SET heure_fin = heure_fin - interval '2 hours'").await;
    assert_eq!(archives.run().await.unwrap(), "5 moved");
    assert_eq!(count("SELECT count(*) FROM instances_combat_archive").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn settled_trades_move_to_the_archive_and_stay_verified() {
    let terrain = Terrain::open().await;
    let node = noeud(terrain.store.clone());
    peuple(&node).await;
    for n in 0..4 {
        vit(node.clone(), n, 40 + n as u64, 30).await;
    }
    terrain.project(EconomyProjection, 1000).await;
    let archives = Archives::transactions(&terrain.store).older_than(AT_ONCE).batch(3);
    assert_ne!(archives.run().await.unwrap(), "0 moved");
    assert_eq!(archives.run().await.unwrap(), "0 moved");
    assert_equal(&verify_economie(&terrain.store).await.unwrap());
    let due = "SELECT count(*) FROM transactions_economie WHERE reglee_a IS NOT NULL";
    let settled: i64 = sqlx::query_scalar(due).fetch_one(&terrain.pool).await.unwrap();
    assert_eq!(settled, 0, "what is due stays");
}

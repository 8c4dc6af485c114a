//! The tables say what the events say.

use aether_core::backend::ReadModels as _;
use aether_core::projection::ProjectionSettings;
use aether_core::{Aggregate as _, Filter, Node, Projection};
use aether_game::combat::*;
use aether_game::queries;
use aether_game::read_models::{
    CombatProjection, ParticipantProjection, verify_combats, verify_participants,
};
use aether_postgres::testing::ThenRows as _;
use aether_testkit::projected::Projected;

use super::*;
use crate::combat::fixtures::*;

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_combats_say_what_the_events_say() {
    let terrain = Terrain::open().await;
    fight(&terrain, 1, 60, u32::MAX).await;
    fight(&terrain, 2, 40, 7).await;
    project_both(&terrain, 1000).await;
    equal(&terrain).await;
    let sql = "SELECT count(*) FROM instances_combat";
    let combats: i64 = sqlx::query_scalar(sql).fetch_one(&terrain.pool).await.unwrap();
    assert_eq!(combats, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn participants_are_rows_from_the_start_and_after_a_blow() {
    let terrain = Terrain::open().await;
    let id = CombatId::from(uuid::Uuid::from_u128(78));
    let mut combat = Combat::default();
    let began = play(&mut combat, &start(vec![ally(1), foe(2)]));
    let struck = play(&mut combat, &strikes(1, 2));
    let names = ["Combattant 1", "Combattant 2"].map(str::to_owned);
    let rows = "SELECT nom, hp_actuel FROM participants_combat ORDER BY nom";
    assert!(hp(&combat, 2) < 100);
    Projected::new(terrain.models, ParticipantProjection)
        .at(at(0))
        .given(id, began)
        .await
        .then_rows(rows, names.clone().map(|name| (name, 100)))
        .await
        .given(id, struck)
        .await
        .then_rows(rows, names.into_iter().zip([100, hp(&combat, 2).cast_signed()]))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_combats_say_so_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    fight(&terrain, 3, 2, u32::MAX).await;
    fight(&terrain, 4, 4, 9).await;
    for batch_size in [1, 3, 17, 256] {
        terrain.run("TRUNCATE instances_combat, actions_combat, historique_combat, effets_statut CASCADE").await;
        terrain.deliver(&CombatProjection, batch_size).await;
        terrain.deliver(&ParticipantProjection, batch_size).await;
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_follow_while_the_combats_go_on() {
    let terrain = Terrain::open().await;
    let settings = ProjectionSettings::default().shards(2);
    let node = Node::builder(&terrain.engine)
        .projection(terrain.models.clone(), ParticipantProjection.with(settings.clone()))
        .projection(terrain.models.clone(), CombatProjection.with(settings))
        .start()
        .unwrap();
    fight(&terrain, 5, 40, 30).await;
    node.wait_for_all(terrain.last().await).await.unwrap();
    equal(&terrain).await;
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_projection_needs_the_other_first() {
    for participants_first in [true, false] {
        let terrain = Terrain::open().await;
        fight(&terrain, 6, 10, 12).await;
        if participants_first {
            terrain.project(ParticipantProjection, 100).await;
            terrain.project(CombatProjection, 100).await;
        } else {
            terrain.project(CombatProjection, 100).await;
            terrain.project(ParticipantProjection, 100).await;
        }
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_projection_waits_for_a_combat_that_the_other_inserts() {
    let terrain = Terrain::open().await;
    fight(&terrain, 10, 3, 2).await;
    let events = terrain.heard(&CombatProjection).await;
    for participants_first in [true, false] {
        terrain.run("TRUNCATE instances_combat, actions_combat, historique_combat, effets_statut CASCADE").await;
        let mut open = terrain.models.begin().await.unwrap();
        if participants_first {
            ParticipantProjection.project(&events, &mut open).await.unwrap();
        } else {
            CombatProjection.project(&events, &mut open).await.unwrap();
        }
        let other = async {
            match participants_first {
                true => terrain.batch(&CombatProjection, &events).await.unwrap(),
                false => terrain.batch(&ParticipantProjection, &events).await.unwrap(),
            }
        };
        let commit = async {
            terrain.until_waiting().await;
            sqlx::Transaction::from(open).commit().await.unwrap();
        };
        tokio::join!(other, commit);
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_a_combat_never_overwrites_a_newer_value() {
    let terrain = Terrain::open().await;
    fight(&terrain, 7, 2, u32::MAX).await;
    fight(&terrain, 11, 4, 9).await;
    project_both(&terrain, 1000).await;
    let events = terrain.heard(&CombatProjection).await;
    for (from, to) in [(0, 20), (100, 200), (0, events.len() / 2), (events.len() / 3, events.len())]
    {
        terrain.batch(&CombatProjection, &events[from..to]).await.unwrap();
        terrain.batch(&ParticipantProjection, &events[from..to]).await.unwrap();
        equal(&terrain).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_combat_that_is_not_there_fails() {
    let terrain = Terrain::open().await;
    let id = CombatId::from(uuid::Uuid::from_u128(79));
    for command in [start(vec![ally(1), foe(2)]), strikes(1, 2)] {
        terrain.engine.execute(id, command).await.unwrap();
    }
    let events = terrain.heard(&CombatProjection).await;
    let turn = events.iter().rposition(|it| matches!(it.event, CombatEvent::TourDebute { .. }));
    let later = &events[turn.unwrap()..];
    terrain.batch(&CombatProjection, later).await.unwrap_err();
    terrain.batch(&ParticipantProjection, later).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_id_that_was_used_before_stops_nothing() {
    let poison = || skill(1, Ciblage::Ennemi, vec![effect(TypeEffet::Poison, 3, 4)]);
    let roster = || vec![with(ally(1), |it| it.competences = vec![poison()]), foe(2)];
    let ids = [0xA1, 0xB2].map(|id| CombatId::from(uuid::Uuid::from_u128(id)));
    for batch_size in [1, 1000] {
        let terrain = Terrain::open().await;
        for id in ids {
            terrain.engine.execute(id, start(roster())).await.unwrap();
        }
        // what was laid on by the second one ends in the second one
        for command in [casts(1, 1, &[2]), acts(2, Action::Defense), strikes(1, 2)] {
            terrain.engine.execute(ids[1], command).await.unwrap();
        }
        project_both(&terrain, batch_size).await;
        let first = queries::combat(&terrain.pool, ids[0]).await.unwrap().unwrap();
        assert_eq!(first.participants.len(), 2);
        assert!(
            first.participants.iter().all(|it| it.hp_actuel == 100),
            "not touched by the other"
        );
        assert_eq!(queries::effets_du_combat(&terrain.pool, ids[0]).await.unwrap(), []);
        // and the proof tells
        assert!(verify_combats(&terrain.store).await.unwrap().is_equal());
        let report = verify_participants(&terrain.store).await.unwrap();
        assert!(report.difference_count >= 2, "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_others_are_passed_over() {
    let filter = CombatProjection.filter();
    assert_eq!(filter, Filter::all().aggregate_types(["Combat"]));
    assert_eq!(filter, ParticipantProjection.filter());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_enough_to_replay_a_combat() {
    let terrain = Terrain::open().await;
    let ids = fight(&terrain, 9, 3, u32::MAX).await;
    project_both(&terrain, 1000).await;
    for id in ids {
        let sql = "SELECT details->>'eventType', (details->'payload')::text FROM historique_combat \
                   WHERE combat_id = $1 ORDER BY event_sequence";
        let rows: Vec<(String, String)> =
            sqlx::query_as(sql).bind(id.as_uuid()).fetch_all(&terrain.pool).await.unwrap();
        let mut replayed = Combat::default();
        for (name, payload) in rows {
            let payload = aether_core::Json::parse(&payload).unwrap();
            let event = <CombatEvent as aether_core::Event>::decode(&name, 1, &payload).unwrap();
            replayed.apply(&event);
        }
        let loaded = terrain.engine.load(id).await.unwrap();
        assert_eq!(replayed, loaded.state);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_changes_nothing() {
    let terrain = Terrain::open().await;
    let (first, second) = tokio::join!(
        aether_game::read_models::migrate(&terrain.pool),
        aether_game::read_models::migrate(&terrain.pool)
    );
    first.unwrap();
    second.unwrap();
}

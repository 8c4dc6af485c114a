//! The SQL read models say what the events say.

use aether_core::backend::{EventStore as _, ReadModels as _};
use aether_core::log::Read;
use aether_core::projection::ProjectionSettings;
use aether_core::time::SeededRandom;
use aether_core::{
    Aggregate as _, Context, Engine, Filter, Node, Position, Projection, Recorded, RecordedEvent,
};
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::*;
use aether_game::read_models::{
    self, CombatProjection, CombatsReport, ParticipantProjection, verify_combats,
};
use aether_postgres::testing::ThenRows as _;
use aether_postgres::{PgReadModels, PgStore, PgTx};
use aether_servers::Database;
use aether_testkit::projected::Projected;
use chrono::TimeDelta;
use sqlx::PgPool;

use crate::combat::fixtures::*;

/// A store and read models in a database of their own.
struct Arena {
    engine: Engine,
    store: PgStore,
    models: PgReadModels,
    pool: PgPool,
    /// Dropped last: the database goes with it.
    _database: Database,
}

impl Arena {
    async fn open() -> Self {
        let server = aether_servers::shared_postgres().await.unwrap();
        let prepare = async |url: String| {
            let store = PgStore::connect(&url).await?;
            store.migrate().await?;
            aether_game::read_models::migrate(store.pool()).await?;
            store.close().await;
            store.pool().close().await;
            Ok::<_, aether_postgres::Error>(())
        };
        let database = server.database_from("aether-game combat", prepare).await.unwrap();
        let store = PgStore::connect(database.url()).await.unwrap();
        Self {
            engine: Engine::builder(store.clone()).random(SeededRandom::new(1)).build(),
            models: PgReadModels::new(store.pool().clone()),
            pool: store.pool().clone(),
            store,
            _database: database,
        }
    }

    /// Bots fight some combats, each for at most this many turns.
    async fn fight(&self, seed: u64, combats: u32, turns: u32) -> Vec<CombatId> {
        let mut rosters = Rosters::new(seed);
        let mut fights = tokio::task::JoinSet::new();
        for _ in 0..combats {
            let (id, start) = rosters.next_combat();
            let engine = self.engine.clone();
            fights.spawn(async move {
                let mut command = CombatCommand::Demarrer(Box::new(start));
                loop {
                    let done = engine.execute(id, command).await.unwrap();
                    let combat = done.state();
                    let turn = combat.numero_tour();
                    let Some(active) = combat.participant_actif().filter(|_| turn < turns) else {
                        return id;
                    };
                    let fiche = combat.participant(active).unwrap().fiche;
                    let tactic = match turn % 3 {
                        0 => Tactic::Coward,
                        _ => Tactic::suited_to(fiche),
                    };
                    command = tactic.choose(combat, active);
                }
            });
        }
        fights.join_all().await
    }

    async fn last(&self) -> Position {
        self.events().await.last().map_or(Position::START, |event| event.position)
    }

    async fn events(&self) -> Vec<RecordedEvent> {
        let mut all = vec![];
        loop {
            let after = all.last().map_or(Position::START, |it: &RecordedEvent| it.position);
            let page = self.store.read(Read::all().after(after).limit(10_000)).await.unwrap();
            all.extend(page.events);
            if page.caught_up {
                return all;
            }
        }
    }

    /// Runs a projection until it has seen everything.
    async fn project(&self, projection: impl Projection<PgTx>, batch_size: u32) {
        let settings = ProjectionSettings::default().batch_size(batch_size);
        let node = Node::builder(&self.engine)
            .projection(self.models.clone(), projection.with(settings))
            .start()
            .unwrap();
        node.wait_for_all(self.last().await).await.unwrap();
        node.stop().await.unwrap();
    }

    async fn project_both(&self, batch_size: u32) {
        tokio::join!(
            self.project(CombatProjection, batch_size),
            self.project(ParticipantProjection, batch_size),
        );
    }

    #[track_caller]
    fn equal(report: &CombatsReport) {
        let listed: Vec<_> = report.differences.iter().take(5).map(ToString::to_string).collect();
        assert!(report.is_equal(), "{report}\n{}", listed.join("\n"));
    }

    async fn verify(&self) -> CombatsReport {
        verify_combats(&self.pool, &self.store).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn read_models_say_what_the_events_say() {
    let arena = Arena::open().await;
    arena.fight(1, 60, u32::MAX).await;
    arena.fight(2, 40, 7).await;
    arena.project_both(1000).await;
    let report = arena.verify().await;
    assert_eq!(report.combats, 100);
    Arena::equal(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn participants_are_rows_from_the_start_and_after_a_blow() {
    let arena = Arena::open().await;
    let id = CombatId::from(uuid::Uuid::from_u128(78));
    let mut combat = Combat::default();
    let began = play(&mut combat, &start(vec![ally(1), foe(2)]));
    let struck = play(&mut combat, &strikes(1, 2));
    let names = ["Combattant 1", "Combattant 2"].map(str::to_owned);
    let rows = "SELECT nom, hp_actuel FROM participants_combat ORDER BY nom";
    assert!(hp(&combat, 2) < 100);
    Projected::new(arena.models, ParticipantProjection)
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
async fn they_say_so_wherever_a_batch_is_cut() {
    for batch_size in [1, 3, 17, 256] {
        let arena = Arena::open().await;
        arena.fight(3, 2, u32::MAX).await;
        arena.fight(4, 4, 9).await;
        arena.project_both(batch_size).await;
        Arena::equal(&arena.verify().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_follow_while_the_combats_go_on() {
    let arena = Arena::open().await;
    let settings = ProjectionSettings::default().shards(2);
    let node = Node::builder(&arena.engine)
        .projection(arena.models.clone(), ParticipantProjection.with(settings.clone()))
        .projection(arena.models.clone(), CombatProjection.with(settings))
        .start()
        .unwrap();
    arena.fight(5, 40, 30).await;
    node.wait_for_all(arena.last().await).await.unwrap();
    Arena::equal(&arena.verify().await);
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_projection_needs_the_other_first() {
    for participants_first in [true, false] {
        let arena = Arena::open().await;
        arena.fight(6, 10, 12).await;
        if participants_first {
            arena.project(ParticipantProjection, 100).await;
            arena.project(CombatProjection, 100).await;
        } else {
            arena.project(CombatProjection, 100).await;
            arena.project(ParticipantProjection, 100).await;
        }
        Arena::equal(&arena.verify().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_never_overwrites_a_newer_value() {
    let arena = Arena::open().await;
    arena.fight(7, 10, u32::MAX).await;
    arena.project_both(1000).await;
    let events = arena.events().await.into_iter().map(Recorded::read);
    let events: Vec<_> = events.map(|event| event.unwrap().unwrap()).collect();
    // all of it once more, from the start, in pieces: as if the checkpoint had been lost
    for piece in events.chunks(50) {
        let mut tx = arena.models.begin().await.unwrap();
        CombatProjection.project(piece, &mut tx).await.unwrap();
        ParticipantProjection.project(piece, &mut tx).await.unwrap();
        sqlx::Transaction::from(tx).commit().await.unwrap();
    }
    Arena::equal(&arena.verify().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_id_that_was_used_before_stops_nothing() {
    let arena = Arena::open().await;
    let roster = || vec![ally(1), foe(2)];
    let ids = [0xA1, 0xB2].map(|id| CombatId::from(uuid::Uuid::from_u128(id)));
    for id in ids {
        arena.engine.execute(id, start(roster())).await.unwrap();
    }
    arena.engine.execute(ids[1], strikes(1, 2)).await.unwrap();
    arena.project_both(1).await;
    let first = read_models::combat_with_participants(&arena.pool, ids[0]).await.unwrap().unwrap();
    assert!(first.participants.iter().all(|it| it.hp_actuel == 100), "not touched by the other");
    // and the proof tells
    let report = arena.verify().await;
    assert!(report.differences.iter().all(|it| it.combat_id == ids[1].as_uuid()));
    assert_eq!(report.difference_count, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_every_kind_of_damage() {
    let arena = Arena::open().await;
    arena.fight(8, 10, 8).await;
    arena.project_both(1000).await;
    Arena::equal(&arena.verify().await);
    for (damage, repair) in [
        ("UPDATE participants_combat SET hp_actuel = hp_actuel + 1", "hp_actuel = hp_actuel - 1"),
        ("UPDATE participants_combat SET peut_agir = NOT peut_agir", "peut_agir = NOT peut_agir"),
    ] {
        sqlx::query(damage).execute(&arena.pool).await.unwrap();
        let report = arena.verify().await;
        assert!(report.difference_count >= 20, "{damage}: {report}");
        let repair = format!("UPDATE participants_combat SET {repair}");
        sqlx::query(sqlx::AssertSqlSafe(repair)).execute(&arena.pool).await.unwrap();
        Arena::equal(&arena.verify().await);
    }
    for damage in [
        "DELETE FROM actions_combat WHERE action_id = (SELECT min(action_id::text)::uuid FROM actions_combat)",
        "DELETE FROM historique_combat WHERE event_sequence = (SELECT max(event_sequence) FROM historique_combat)",
        "UPDATE instances_combat SET tour_actuel = 99 WHERE combat_id = (SELECT min(combat_id::text)::uuid FROM instances_combat)",
        "DELETE FROM instances_combat WHERE combat_id = (SELECT max(combat_id::text)::uuid FROM instances_combat)",
    ] {
        let before = arena.verify().await.difference_count;
        sqlx::query(damage).execute(&arena.pool).await.unwrap();
        let report = arena.verify().await;
        assert!(report.difference_count > before, "{damage}: {report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_enough_to_replay_a_combat() {
    let arena = Arena::open().await;
    let ids = arena.fight(9, 3, u32::MAX).await;
    arena.project_both(1000).await;
    for id in ids {
        let sql = "SELECT details->>'eventType', (details->'payload')::text FROM historique_combat \
                   WHERE combat_id = $1 ORDER BY event_sequence";
        let rows: Vec<(String, String)> =
            sqlx::query_as(sql).bind(id.as_uuid()).fetch_all(&arena.pool).await.unwrap();
        let mut replayed = Combat::default();
        for (name, payload) in rows {
            let payload = aether_core::Json::parse(&payload).unwrap();
            let event = <CombatEvent as aether_core::Event>::decode(&name, 1, &payload).unwrap();
            replayed.apply(&event);
        }
        let loaded = arena.engine.load(id).await.unwrap();
        assert_eq!(replayed, loaded.state);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_answer_what_a_client_asks() {
    let arena = Arena::open().await;
    let fire = Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 20 };
    let poison = effect(TypeEffet::Poison, 3, 4);
    let slow = Competence { cooldown_tours: 3, ..skill(1, Ciblage::Ennemi, vec![fire, poison]) };
    let costly =
        Competence { cout: Cout { mp: 46, stamina: 0 }, ..skill(2, Ciblage::Ennemi, vec![fire]) };
    let mage = with(ally(1), |it| it.competences = vec![slow, costly]);
    let id = CombatId::from(uuid::Uuid::from_u128(77));
    for command in [start(vec![mage, foe(2)]), casts(1, 1, &[2]), acts(2, Action::Defense)] {
        arena.engine.execute(id, command).await.unwrap();
    }
    arena.project_both(1000).await;
    let pool = &arena.pool;

    let found = read_models::combat_with_participants(pool, id).await.unwrap().unwrap();
    let in_order: Vec<_> = found.participants.iter().map(|it| it.participant_id).collect();
    assert_eq!(in_order, [pid(1), pid(2)]);
    assert_eq!((found.instance.etat, found.instance.tour_actuel), (EtatCombat::EnCours, 3));

    let turn = read_models::active_turn(pool, id).await.unwrap().unwrap();
    assert_eq!(turn.participant.participant_id, pid(1));
    let ready: Vec<_> =
        turn.competences.iter().map(|it| (it.tours_restants, it.utilisable)).collect();
    assert_eq!(ready, [(2, false), (0, false)], "one rests, one is too costly");
    assert!(turn.peut_fuir);

    let actions = read_models::actions_of(pool, pid(1), 10).await.unwrap();
    assert_eq!(actions.len(), 1);
    assert_eq!(actions[0].type_action, TypeAction::Competence);
    assert_eq!(actions[0].effets_appliques.len(), 1);
    assert_eq!(actions[0].donnees_action["mp"], serde_json::json!([50, 45]));

    let effects = read_models::active_effects_of(pool, id).await.unwrap();
    let kinds: Vec<_> = effects.iter().map(|it| (it.type_effet, it.duree_tours_restants)).collect();
    assert_eq!(kinds, [(TypeEffet::Poison, 3), (TypeEffet::Garde, 1)]);
    assert_eq!(effects[0].source_id, skill_id(1).as_uuid());

    let zone = found.instance.zone_id;
    let active = read_models::active_combats_of_zone(pool, zone, 10).await.unwrap();
    assert_eq!(active.iter().map(|it| it.combat_id).collect::<Vec<_>>(), [id]);

    let late = Context::new().timestamp(arena.engine.now() + TimeDelta::minutes(10));
    let limit = CombatCommand::VerifierLimite;
    arena.engine.execute(id, limit).with(&late).await.unwrap();
    arena.project_both(1000).await;
    assert_eq!(read_models::active_combats_of_zone(pool, zone, 10).await.unwrap(), []);
    assert_eq!(read_models::active_turn(pool, id).await.unwrap(), None);
    assert_eq!(read_models::active_effects_of(pool, id).await.unwrap(), []);
    let unknown = CombatId::from(uuid::Uuid::nil());
    assert_eq!(read_models::combat_with_participants(pool, unknown).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_changes_nothing() {
    let arena = Arena::open().await;
    let (first, second) = tokio::join!(
        aether_game::read_models::migrate(&arena.pool),
        aether_game::read_models::migrate(&arena.pool)
    );
    first.unwrap();
    second.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_others_are_passed_over() {
    let filter = CombatProjection.filter();
    assert_eq!(filter, Filter::all().aggregate_types(["Combat"]));
    assert_eq!(filter, ParticipantProjection.filter());
}

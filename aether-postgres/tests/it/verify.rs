//! The default verifier: a read model against what its projection makes of the same events.

use std::sync::Arc;

use aether_core::backend::{
    Checkpoints as _, EventStore, Maintenance, ReadModels as _, Registration, Step,
};
use aether_core::log::{Append, ExpectedVersion, NewEvent, Read, StreamId};
use aether_core::projection::{Delivery, Handler, ProjectionSettings, Shard, Verified};
use aether_core::{
    AggregateId, BoxError, Event, EventId, Filter, Module, Position, Projection, Recorded,
};
use aether_postgres::{PgReadModels, PgStore, PgTx};
use aether_servers::Database;
use chrono::Utc;
use serde::{Deserialize, Serialize};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::backend::{connect, database};

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: i64 },
    Cursed {},
}

/// The gold of each chest, with columns that follow from no event.
#[derive(Clone)]
struct Treasury;

impl Projection<PgTx> for Treasury {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "treasury"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["chests"]
    }

    async fn project(
        &self,
        events: &[Recorded<ChestEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        for event in events {
            let ChestEvent::Deposited { gold } = event.event else { return Err("cursed".into()) };
            let sql = "INSERT INTO chests AS c (chest_id, gold) VALUES ($1, $2)
                ON CONFLICT (chest_id) DO UPDATE SET gold = c.gold + $2, seen = now()";
            let query = sqlx::query(sql).bind(event.aggregate_id.as_uuid()).bind(gold);
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// Writes into a table that belongs to another projection.
struct Meddling;

impl Projection<PgTx> for Meddling {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "meddling"
    }

    async fn project(&self, _: &[Recorded<ChestEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        tx.execute("UPDATE chests SET gold = 0").await?;
        Ok(())
    }
}

const TABLE: &str = "CREATE TABLE chests (
    entry     BIGSERIAL,
    place     INTEGER GENERATED ALWAYS AS IDENTITY,
    chest_id  UUID PRIMARY KEY,
    gold      BIGINT NOT NULL DEFAULT 0,
    seen      TIMESTAMPTZ NOT NULL DEFAULT now(),
    token     UUID NOT NULL DEFAULT gen_random_uuid(),
    UNIQUE (entry)
)";

struct Setting {
    store: PgStore,
    models: PgReadModels,
    _database: Database,
}

impl Setting {
    async fn new() -> Self {
        let database = database().await;
        let store = connect(&database).await;
        store.pool().execute(TABLE).await.unwrap();
        Self { models: store.read_models(), store, _database: database }
    }

    async fn deposit(&self, chest: u128, gold: i64) -> Position {
        self.append(chest, &ChestEvent::Deposited { gold }).await
    }

    async fn append(&self, chest: u128, event: &ChestEvent) -> Position {
        let stream = StreamId::new("Chest", AggregateId::new(Uuid::from_u128(chest)));
        let event = NewEvent::encode(event, EventId::new(Uuid::now_v7()), Utc::now()).unwrap();
        let append = Append::to(stream, ExpectedVersion::Any, vec![event]);
        let appended = self.store.append(append).await.unwrap();
        appended.writes[0].positions[0]
    }

    /// Brings what is stored into the read model, in so many shards.
    async fn project(&self, projection: impl Projection<PgTx>) {
        let handler = Handler::new(projection);
        let filter = handler.filter();
        self.models.register(&handler.registration(&filter)).await.unwrap();
        let end = self.store.end().await.unwrap();
        for shard in Shard::all(handler.name(), handler.settings().shards) {
            let mut delivery = Delivery::of(self.models.clone(), handler.clone(), shard.clone());
            delivery.claim(1).await.unwrap();
            let from = delivery.checkpoint().position;
            let read = Read::all().after(from).filter(filter.clone().slices(shard.slices()));
            let events = self.store.read(read).await.unwrap().events;
            delivery.apply(&events, end).await.unwrap();
        }
    }

    fn maintenance(&self, projection: impl Projection<PgTx>) -> Arc<dyn Maintenance> {
        let module = Module::new("test").projection(self.models.clone(), projection);
        module.projections()[0].maintenance().unwrap()
    }

    async fn verify(&self, projection: impl Projection<PgTx>) -> Option<Verified> {
        let log: Arc<dyn EventStore> = Arc::new(self.store.clone());
        self.maintenance(projection).verify(&[], log, 10).await.unwrap()
    }
}

#[tokio::test]
async fn a_read_model_that_says_what_its_events_say_is_verified() {
    let setting = Setting::new().await;
    assert_eq!(setting.verify(Treasury).await, None, "no node has run it");
    for (chest, gold) in [(1, 5), (2, 7), (1, 3)] {
        setting.deposit(chest, gold).await;
    }
    let settings = ProjectionSettings::default().shards(3);
    setting.project(Treasury.with(settings)).await;
    // not in the read model yet, and nothing that differs
    setting.deposit(2, 100).await;
    let verified = setting.verify(Treasury).await.unwrap();
    assert_eq!((verified.total, &verified.listed), (0, &Vec::new()), "{verified:?}");
    let expected =
        "2 rows from 3 events, without chests.entry, chests.place, chests.seen, chests.token";
    assert_eq!(verified.checked, expected);
}

#[tokio::test]
async fn each_row_that_differs_is_told_once() {
    let setting = Setting::new().await;
    for (chest, gold) in [(1, 5), (2, 7), (3, 9)] {
        setting.deposit(chest, gold).await;
    }
    setting.project(Treasury).await;
    let spoil = "UPDATE chests SET gold = 6 WHERE gold = 5; DELETE FROM chests WHERE gold = 7;
                 INSERT INTO chests (chest_id, gold) VALUES ('00000000-0000-0000-0000-00000000000f', 1)";
    setting.store.pool().execute(sqlx::raw_sql(spoil)).await.unwrap();
    let verified = setting.verify(Treasury).await.unwrap();
    assert_eq!(verified.total, 3);
    let row = |chest: u32, gold: u32| {
        format!(r#"{{"gold": {gold}, "chest_id": "00000000-0000-0000-0000-{chest:012x}"}}"#)
    };
    let mut expected = [
        format!("chests: {} is there, the events say {}", row(1, 6), row(1, 5)),
        format!("chests: {} is missing", row(2, 7)),
        format!("chests: {} is there, and no event says so", row(15, 1)),
    ];
    expected.sort();
    let mut listed = verified.listed;
    listed.sort();
    assert_eq!(listed, expected);
    let counted = "SELECT count(*) FROM pg_class WHERE relname = 'chests'";
    let tables: i64 = sqlx::query_scalar(counted).fetch_one(setting.store.pool()).await.unwrap();
    assert_eq!(tables, 1, "nothing is left of the comparison");
}

#[tokio::test]
async fn what_is_parked_is_in_neither() {
    let setting = Setting::new().await;
    setting.deposit(1, 5).await;
    setting.append(1, &ChestEvent::Cursed {}).await;
    setting.deposit(1, 7).await;
    setting.deposit(2, 7).await;
    setting.project(Treasury.with(ProjectionSettings::default().attempts(1))).await;
    assert_eq!(setting.models.letters("treasury", None).await.unwrap().len(), 2);
    let verified = setting.verify(Treasury).await.unwrap();
    assert_eq!(verified.total, 0, "{verified:?}");
}

#[tokio::test]
async fn a_verification_writes_to_nothing_but_its_shadow() {
    let setting = Setting::new().await;
    setting.deposit(1, 5).await;
    setting.project(Treasury).await;
    let filter = Filter::all();
    setting.models.register(&Registration::new("meddling", &filter, 1)).await.unwrap();
    let end = setting.store.end().await.unwrap();
    let shard = Shard::whole("meddling");
    let from = setting.models.claim(&shard, 1).await.unwrap().checkpoint;
    let step = Step::new(from, end);
    let tx = setting.models.begin().await.unwrap();
    setting.models.commit(tx, &shard, step).await.unwrap();
    let verified = setting.verify(Meddling).await.unwrap();
    assert_eq!(verified.total, 1);
    assert!(verified.listed[0].starts_with("meddling writes to a table"), "{verified:?}");
    let gold: i64 = sqlx::query_scalar("SELECT gold FROM chests")
        .fetch_one(setting.store.pool())
        .await
        .unwrap();
    assert_eq!(gold, 5);
}

#[tokio::test]
async fn read_models_of_one_place_join_and_others_do_not() {
    let here = Setting::new().await;
    let there = Setting::new().await;
    let treasury = here.maintenance(Treasury);
    assert!(treasury.joins(&*here.maintenance(Meddling)));
    assert!(!treasury.joins(&*there.maintenance(Meddling)));
    let log: Arc<dyn EventStore> = Arc::new(here.store.clone());
    here.deposit(1, 5).await;
    here.project(Treasury).await;
    let together = treasury.verify(&[here.maintenance(Meddling)], log, 10).await.unwrap();
    assert_eq!(together.map(|it| it.total), Some(0), "one that no node has run is left out");
}

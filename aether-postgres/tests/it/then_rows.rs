//! Tests of projections say which rows they expect, and fail readably.

use aether_core::backend::Checkpoints as _;
use aether_core::{Aggregate, AggregateId, BoxError, Event, Facts, Projection, Recorded, Shape};
use aether_postgres::testing::ThenRows as _;
use aether_postgres::{PgReadModels, PgTx};
use aether_servers::Database;
use aether_testkit::projected::Projected;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::backend::{connect, database};
use crate::census::run;

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Chest;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum ChestEvent {
    Deposited { gold: i64 },
    Cursed,
}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = ();
    type Event = ChestEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, _: &(), _: &Facts) -> Result<Vec<ChestEvent>, Self::Error> {
        Ok(vec![])
    }

    fn apply(&mut self, _: &ChestEvent) {}
}

struct Treasury;

impl Projection<PgTx> for Treasury {
    type Events = ChestEvent;

    fn name(&self) -> &'static str {
        "treasury"
    }

    async fn project(
        &self,
        events: &[Recorded<ChestEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        for recorded in events {
            let ChestEvent::Deposited { gold } = recorded.event else {
                return Err("it is cursed".into());
            };
            sqlx::query(
                "INSERT INTO chests VALUES ($1, $2) \
                 ON CONFLICT (id) DO UPDATE SET gold = chests.gold + EXCLUDED.gold",
            )
            .bind(recorded.aggregate_id.as_uuid())
            .bind(gold)
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    }
}

const CHESTS: &str = "SELECT gold FROM chests ORDER BY gold";

async fn treasury() -> (Database, PgReadModels, Projected<PgReadModels>) {
    let database = database().await;
    run(database.url(), "CREATE TABLE chests (id UUID PRIMARY KEY, gold BIGINT NOT NULL)").await;
    let models = connect(&database).await.read_models();
    (database, models.clone(), Projected::new(models, Treasury))
}

fn chest(number: u128) -> AggregateId {
    AggregateId::new(Uuid::from_u128(number))
}

fn deposited(gold: i64) -> ChestEvent {
    ChestEvent::Deposited { gold }
}

#[tokio::test]
async fn rows_are_compared_as_they_are_committed() {
    let (_database, models, projected) = treasury().await;
    projected
        .given::<Chest>(chest(1), [deposited(2), deposited(3)])
        .await
        .given::<Chest>(chest(2), [deposited(4)])
        .await
        .then_rows(CHESTS, [(4_i64,), (5,)])
        .await;
    let stored = models.stored("treasury").await.unwrap().unwrap();
    assert_eq!(stored.shards[0].checkpoint.position.get(), 3, "as a node has it");
}

#[tokio::test]
async fn other_rows_are_shown_as_a_difference() {
    let (_database, _, projected) = treasury().await;
    let text = failure(async {
        let projected = projected.given::<Chest>(chest(1), [deposited(2)]).await;
        projected.then_rows(CHESTS, [(3_i64,)]).await;
    });
    let text = text.await;
    assert!(text.contains("other rows than expected"), "{text}");
    assert!(text.contains(CHESTS), "{text}");
    assert!(text.contains("-         3,\n+         2,"), "{text}");
    assert!(text.contains("tests/it/then_rows.rs"), "it says where: {text}");
}

#[tokio::test]
async fn rows_that_cannot_be_read_fail() {
    let (_database, _, projected) = treasury().await;
    let text = failure(async {
        projected.then_rows("SELECT gold FROM barrels", [(3_i64,)]).await;
    });
    let text = text.await;
    assert!(text.contains("the rows cannot be read"), "{text}");
    assert!(text.contains("barrels"), "{text}");
}

#[tokio::test]
async fn an_event_that_cannot_be_applied_leaves_no_row() {
    let (database, _, projected) = treasury().await;
    let text = failure(async {
        projected.given::<Chest>(chest(1), [ChestEvent::Cursed]).await;
    });
    let text = text.await;
    assert!(text.contains("treasury cannot apply Cursed (version 1 of Chest"), "{text}");
    assert_eq!(crate::census::number(database.url(), "SELECT count(*) FROM chests").await, 0);
}

/// The message a test panics with.
async fn failure(test: impl Future<Output = ()> + Send + 'static) -> String {
    let ended = tokio::spawn(test).await.expect_err("this had to fail");
    *ended.into_panic().downcast::<String>().expect("a message with values in it")
}

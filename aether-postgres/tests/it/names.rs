//! Projections that get another name: they start where they were, and never into tables that are full.

use aether_core::backend::{Checkpoints as _, EventStore as _};
use aether_core::projection::Shard;
use aether_core::{AnyEvent, BoxError, Engine, Error, Node, Position, Projection, Recorded};
use aether_postgres::{PgStore, PgTx};
use aether_servers::Database;
use aether_testkit::eventually;

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::read_models::earn;

/// A row for each event; the table takes an event twice without a word.
#[derive(Clone, Copy)]
struct Purses(&'static str);

impl Projection<PgTx> for Purses {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.0
    }

    fn tables(&self) -> &'static [&'static str] {
        &["purses"]
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            let insert = sqlx::query("INSERT INTO purses VALUES ($1)");
            insert.bind(event.position.get().cast_signed()).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

async fn setting() -> (Database, PgStore, Position) {
    let database = database().await;
    run(database.url(), "CREATE TABLE purses (position BIGINT)").await;
    let store = connect(&database).await;
    let last = earn(&store, 10).await;
    let node = start(&store, Purses("purses"));
    node.wait_for("purses", last).await.unwrap();
    node.stop().await.unwrap();
    (database, store, last)
}

fn start(store: &PgStore, projection: impl Projection<PgTx>) -> Node {
    let engine = Engine::new(store.clone());
    Node::builder(&engine).projection(store.read_models(), projection).start().unwrap()
}

async fn assert_once(database: &Database, events: i64) {
    for count in ["count(*)", "count(DISTINCT position)"] {
        let sql = format!("SELECT {count} FROM purses");
        assert_eq!(number(database.url(), &sql).await, events, "{count}");
    }
}

#[tokio::test]
async fn a_new_name_over_the_tables_of_another_projection_is_refused() {
    let (database, store, last) = setting().await;
    let node = start(&store, Purses("wallets"));
    let told = node.wait_for("wallets", last).await.unwrap_err().to_string();
    let says = "projection wallets fills the table purses, which belongs to projection purses; if it was renamed, say \
                `.renamed_from(\"purses\")`";
    assert!(told.contains(says), "{told}");
    node.stop().await.unwrap();
    assert_once(&database, 10).await;
    // the owner is gone for good
    store.forget_projection(&store.read_models(), "purses").await.unwrap();
    run(database.url(), "TRUNCATE purses").await;
    let node = start(&store, Purses("wallets"));
    node.wait_for("wallets", last).await.unwrap();
    assert_once(&database, 10).await;
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_renamed_projection_goes_on_where_it_was_and_its_old_name_is_over() {
    let (database, store, last) = setting().await;
    // a node of the release before is still there
    let old = start(&store, Purses("purses"));
    old.wait_for("purses", last).await.unwrap();
    let renamed = || Purses("wallets").renamed_from("purses");
    let new = start(&store, renamed());
    let last = earn(&store, 5).await;
    new.wait_for("wallets", last).await.unwrap();
    assert_once(&database, 15).await;
    let models = store.read_models();
    let stopped = async || {
        let checkpoint = models.checkpoint(&Shard::whole("purses")).await.unwrap();
        (checkpoint.position == Position::START).then_some(())
    };
    eventually("nothing is kept under the old name", stopped).await;
    old.stop().await.unwrap();

    // one that is started under the old name is told, and does nothing
    let late = start(&store, Purses("purses"));
    let told = late.wait_for("purses", last).await.unwrap_err().to_string();
    assert!(told.contains("projection purses is called wallets now"), "{told}");
    late.stop().await.unwrap();
    let refused = models.claim(&Shard::whole("purses"), 99).await.unwrap_err();
    assert!(matches!(refused, Error::ShardTaken { .. }), "{refused}");

    // said again it changes nothing, and said no more neither
    new.stop().await.unwrap();
    for node in [start(&store, renamed()), start(&store, Purses("wallets"))] {
        let last = earn(&store, 1).await;
        node.wait_for("wallets", last).await.unwrap();
        node.stop().await.unwrap();
    }
    assert_once(&database, 17).await;
    store.close().await;
}

//! A game in a database of its own.

use std::time::Duration;

use aether_core::backend::{EventStore as _, ReadModels as _};
use aether_core::command::IdOf;
use aether_core::log::Read;
use aether_core::projection::ProjectionSettings;
use aether_core::time::SeededRandom;
use aether_core::{
    Aggregate, BoxError, Context, Engine, ExecuteError, Node, Position, Projection, Recorded,
    RecordedEvent,
};
use aether_game::read_models::VerifyReport;
use aether_postgres::{PgReadModels, PgStore, PgTx};
use aether_servers::Database;
use chrono::{DateTime, Utc};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool, Row as _};

/// A store and its read models.
pub(crate) struct Terrain {
    pub(crate) engine: Engine,
    pub(crate) store: PgStore,
    pub(crate) models: PgReadModels,
    pub(crate) pool: PgPool,
    /// Dropped last: the database goes with it.
    _database: Database,
}

impl Terrain {
    pub(crate) async fn open() -> Self {
        let server = aether_servers::shared_postgres().await.unwrap();
        let prepare = async |url: String| {
            let store = PgStore::connect(&url).await?;
            store.migrate().await?;
            aether_game::read_models::migrate(store.pool()).await?;
            store.close().await;
            store.pool().close().await;
            Ok::<_, aether_postgres::Error>(())
        };
        let database = server.database_from("aether-game", prepare).await.unwrap();
        let store = PgStore::connect(database.url()).await.unwrap();
        Self {
            engine: Engine::builder(store.clone()).random(SeededRandom::new(1)).build(),
            models: PgReadModels::new(store.pool().clone()),
            pool: store.pool().clone(),
            store,
            _database: database,
        }
    }

    /// Asks for one command after the other. What a rule refuses is passed over.
    pub(crate) async fn live<A: Aggregate>(
        &self,
        id: impl IdOf<A>,
        commands: impl IntoIterator<Item = A::Command>,
    ) {
        for command in commands {
            match self.engine.execute(id, command).await {
                Ok(_) | Err(ExecuteError::Rejected(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Asks for a command at a time. What a rule refuses is passed over.
    pub(crate) async fn at<A: Aggregate>(
        &self,
        time: DateTime<Utc>,
        id: impl IdOf<A>,
        command: A::Command,
    ) {
        let context = Context::new().timestamp(time);
        match self.engine.execute(id, command).with(&context).await {
            Ok(_) | Err(ExecuteError::Rejected(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// What an aggregate has come to.
    pub(crate) async fn state<A: Aggregate + Default + Clone>(&self, id: impl IdOf<A>) -> A {
        let found = self.engine.find(id).await.unwrap();
        found.map(|it| it.state.clone()).unwrap_or_default()
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
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

    pub(crate) async fn last(&self) -> Position {
        self.events().await.last().map_or(Position::START, |event| event.position)
    }

    /// Runs a projection until it has seen everything.
    pub(crate) async fn project(&self, projection: impl Projection<PgTx>, batch_size: u32) {
        let settings = ProjectionSettings::default().batch_size(batch_size);
        let node = Node::builder(&self.engine)
            .projection(self.models.clone(), projection.with(settings))
            .start()
            .unwrap();
        node.wait_for_all(self.last().await).await.unwrap();
        node.stop().await.unwrap();
    }

    /// The events that a projection listens to.
    pub(crate) async fn heard<P: Projection<PgTx>>(
        &self,
        projection: &P,
    ) -> Vec<Recorded<P::Events>> {
        let filter = projection.filter();
        let events = self.events().await.into_iter().filter(|event| filter.matches(event));
        events.filter_map(|event| Recorded::read(event).unwrap()).collect()
    }

    /// Delivers a batch, without a node.
    pub(crate) async fn batch<P: Projection<PgTx>>(
        &self,
        projection: &P,
        events: &[Recorded<P::Events>],
    ) -> Result<(), BoxError> {
        let mut tx = self.models.begin().await.unwrap();
        projection.project(events, &mut tx).await?;
        sqlx::Transaction::from(tx).commit().await.unwrap();
        Ok(())
    }

    /// Delivers everything from the start, in batches: also once more, as if the checkpoint had been lost.
    pub(crate) async fn deliver<P: Projection<PgTx>>(&self, projection: &P, batch_size: usize) {
        for piece in self.heard(projection).await.chunks(batch_size) {
            self.batch(projection, piece).await.unwrap();
        }
    }

    /// Until some statement waits for a lock.
    pub(crate) async fn until_waiting(&self) {
        let sql = "SELECT EXISTS (SELECT FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock')";
        let waiting = async {
            while !sqlx::query_scalar::<_, bool>(sql).fetch_one(&self.pool).await.unwrap() {}
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("nobody waits");
    }

    /// How a query is carried out, planned for these parameters (`custom`) or for any (`generic`): how many pages it reads, and its plan.
    pub(crate) async fn plan(&self, mode: &str, sql: &str, parameters: &str) -> (u64, String) {
        let mut connection = self.pool.acquire().await.unwrap();
        let given = if parameters.is_empty() { String::new() } else { format!("({parameters})") };
        let explain = format!(
            "SET plan_cache_mode = force_{mode}_plan; DEALLOCATE ALL; PREPARE question AS {sql}; \
             EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE question {given}"
        );
        let row = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *connection).await.unwrap();
        connection.close().await.unwrap();
        let plan: Value = row.get(0);
        let top = &plan[0]["Plan"];
        let pages = ["Shared Hit Blocks", "Shared Read Blocks"].map(|it| top[it].as_u64().unwrap());
        (pages.iter().sum(), plan.to_string())
    }

    /// Changes the tables behind the projections' back.
    pub(crate) async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.pool).await.unwrap();
    }
}

/// Always the same draws of a strategy.
pub(crate) fn drawn<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    count: usize,
) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let draw = |_| strategy.new_tree(&mut runner).unwrap().current();
    (0..count).map(draw).collect()
}

#[track_caller]
pub(crate) fn assert_equal(report: &VerifyReport) {
    let listed: Vec<_> = report.differences.iter().take(5).map(ToString::to_string).collect();
    assert!(report.is_equal(), "{report}\n{}", listed.join("\n"));
    assert!(report.rows > 0, "nothing was compared");
}

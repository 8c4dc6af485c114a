//! What an event changes is invalidated in Redis, also when the process is killed between the commit and the invalidation.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::uuid::Uuid;
use aether_core::{
    AggregateId, BoxError, Engine, Event, EventId, Node, Position, Projection, Recorded, Result,
};
use aether_postgres::{PgStore, PgTx};
use aether_realtime::cache::{
    Cache, CacheAside, CacheEntry, CacheKey, CacheLease, Codec, Invalidation, Invalidator, Leased,
    Lookup, Sourced, Stored,
};
use aether_redis::{KeySpace, RedisCache, RedisClient};
use aether_servers::Database;
use aether_testkit::within_deadline;
use async_trait::async_trait;
use chrono::Utc;
use serde::{Deserialize, Serialize};

/// Where the process that is killed finds what it needs: addresses of Redis, keys, PostgreSQL and the chest.
const KILLED_PROCESS: &str = "AETHER_GAME_TEST_KILLED_PROCESS";

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
enum CoffreEvent {
    OrDepose { montant: i32 },
}

/// How much gold is in each chest.
struct Coffres;

impl Projection<PgTx> for Coffres {
    type Events = CoffreEvent;

    fn name(&self) -> &'static str {
        "coffres"
    }

    async fn project(
        &self,
        events: &[Recorded<CoffreEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        for event in events {
            let CoffreEvent::OrDepose { montant } = event.event;
            let sql = "INSERT INTO coffres AS c VALUES ($1, $2, $3)
                ON CONFLICT (coffre) DO UPDATE SET gold = c.gold + $2, position = $3";
            let query = sqlx::query(sql).bind(event.aggregate_id.as_uuid()).bind(montant);
            query.bind(event.position.get() as i64).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// A process with a node: its store, and a cache in Redis before the rows.
struct Process {
    engine: Engine,
    store: PgStore,
    cache: RedisCache,
    gold: CacheAside<i32>,
    coffre: Uuid,
}

impl Process {
    async fn start(redis: &str, prefix: &str, postgres: &str, coffre: Uuid) -> Self {
        let client = RedisClient::connect(redis).await.unwrap();
        let cache = RedisCache::new(client, KeySpace::with_prefix(prefix).unwrap());
        let store = PgStore::connect(postgres).await.unwrap();
        let gold = CacheAside::builder(cache.clone(), "coffre", "gold").build();
        Self { engine: Engine::new(store.clone()), store, cache, gold, coffre }
    }

    /// Keeps the rows, and invalidates what was cached of them.
    fn node(&self, cache: impl Cache) -> Node {
        let invalidator = Invalidator::new("coffres-cache", cache, |it: &Recorded<CoffreEvent>| {
            [Invalidation::entity("coffre", it.aggregate_id)]
        });
        let invalidator = invalidator.after("coffres");
        let models = self.store.read_models();
        Node::builder(&self.engine)
            .lease(Duration::from_secs(2))
            .projection(invalidator.checkpoints(models.clone()), invalidator)
            .projection(models, Coffres)
            .start()
            .unwrap()
    }

    async fn deposit(&self, montant: i32) -> Position {
        let event = CoffreEvent::OrDepose { montant };
        let event = NewEvent::encode(&event, EventId::new(Uuid::now_v7()), Utc::now()).unwrap();
        let stream = StreamId::new("Coffre", AggregateId::new(self.coffre));
        let append = Append::to(stream, ExpectedVersion::Any, vec![event]);
        self.store.append(append).await.unwrap().position().unwrap()
    }

    /// What readers are told.
    async fn gold(&self) -> i32 {
        let pool = self.store.pool().clone();
        let coffre = self.coffre;
        let load = move || async move {
            let sql = "SELECT gold, position FROM coffres WHERE coffre = $1";
            let row: Option<(i32, i64)> =
                sqlx::query_as(sql).bind(coffre).fetch_optional(&pool).await?;
            let sourced: Sourced<i32> = row.map(|(gold, at)| (gold, at as u64)).into();
            Ok::<_, sqlx::Error>(sourced)
        };
        *self.gold.fetch(self.coffre, load).await.unwrap().unwrap()
    }

    /// What the row says.
    async fn row(&self) -> i32 {
        sqlx::query_scalar("SELECT gold FROM coffres").fetch_one(self.store.pool()).await.unwrap()
    }
}

/// The cache of the process that is killed: it says that something is to be invalidated, and never does it.
#[derive(Debug)]
struct Stopped(RedisCache);

#[async_trait]
impl Cache for Stopped {
    async fn get(&self, key: &CacheKey<'_>, codec: &dyn Codec) -> Result<Lookup> {
        self.0.get(key, codec).await
    }

    async fn lease(
        &self,
        key: &CacheKey<'_>,
        lead_for: Option<Duration>,
        codec: &dyn Codec,
    ) -> Result<Leased> {
        self.0.lease(key, lead_for, codec).await
    }

    async fn put(
        &self,
        key: &CacheKey<'_>,
        entry: &CacheEntry,
        lease: Option<CacheLease>,
        codec: &dyn Codec,
    ) -> Result<Stored> {
        self.0.put(key, entry, lease, codec).await
    }

    async fn release(&self, key: &CacheKey<'_>, lease: CacheLease) -> Result<()> {
        self.0.release(key, lease).await
    }

    #[allow(clippy::print_stdout, reason = "the test that has started this process listens")]
    async fn invalidate(&self, _: &[Invalidation]) -> Result<()> {
        println!("\ninvalidating");
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_between_commit_and_invalidation_leaves_nothing_stale() {
    let database = database().await;
    let redis = aether_servers::shared_redis().await.unwrap();
    let place = [redis.url(), &redis.prefix(), database.url()];
    let coffre = Uuid::now_v7();
    let reader = Process::start(place[0], place[1], place[2], coffre).await;
    let node = reader.node(reader.cache.clone());
    let first = reader.deposit(5).await;
    within_deadline("both have it", node.wait_for_all(first)).await.unwrap();
    node.stop().await.unwrap();
    assert_eq!(reader.gold().await, 5);

    let mut killed = Killed::start(&place, coffre);
    killed.hear("invalidating");
    assert_eq!(reader.row().await, 12, "it is committed");
    assert_eq!(reader.gold().await, 5, "what would be served for ten minutes");
    killed.kill();

    let node = reader.node(reader.cache.clone());
    let end = reader.store.end().await.unwrap();
    within_deadline("it continues", node.wait_for("coffres-cache", end)).await.unwrap();
    assert_eq!(reader.gold().await, 12);
    node.stop().await.unwrap();
}

/// Stores an event, projects it, and is killed before it invalidates anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that the test above starts and kills"]
async fn the_killed_process() {
    let Ok(place) = std::env::var(KILLED_PROCESS) else { return };
    let [redis, prefix, postgres, coffre] = place.split('|').collect::<Vec<_>>()[..] else {
        panic!("{place}")
    };
    let process = Process::start(redis, prefix, postgres, coffre.parse().unwrap()).await;
    let _node = process.node(Arc::new(Stopped(process.cache.clone())));
    process.deposit(7).await;
    std::future::pending::<()>().await;
}

async fn database() -> Database {
    let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let table = "CREATE TABLE coffres (coffre UUID PRIMARY KEY, gold INTEGER, position BIGINT)";
    sqlx::query(table).execute(store.pool()).await.unwrap();
    store.close().await;
    store.pool().close().await;
    database
}

/// Another process with this program, killed at the latest when this is dropped.
struct Killed {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Killed {
    fn start(place: &[&str; 3], coffre: Uuid) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["invalidation::the_killed_process", "--exact", "--ignored", "--nocapture"])
            .env(KILLED_PROCESS, format!("{}|{coffre}", place.join("|")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Waits until it says a word.
    fn hear(&mut self, word: &str) {
        let mut lines = self.stdout.by_ref().lines();
        let said = lines.any(|line| line.unwrap().trim_end() == word);
        assert!(said, "it ended without {word:?}");
    }

    /// With SIGKILL: it does nothing more.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

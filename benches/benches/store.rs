//! The PostgreSQL store, one call at a time, on a server whose commits wait for the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aether_benches::fights::{Brawl, fights, metadata, middling_events};
use aether_benches::server::{Server, checkpoint, pool};
use aether_core::backend::EventStore;
use aether_core::log::{Append, ExpectedVersion, NewEvent, Read, StreamId};
use aether_core::{
    AggregateId, AnyEvent, BoxError, Engine, EngineSettings, Json, Node, Position, Projection,
    Recorded,
};
use aether_postgres::{ImportEvent, PgStore, PgTx};
use aether_servers::Database;
use anyhow::Result;
use chrono::Utc;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Combats that are there before anything is measured, and the events of each.
const COMBATS: usize = 2_500;
const EVENTS: usize = 20;

struct Bench {
    // first, so that it is closed before its server goes
    store: PgStore,
    combats: Vec<Uuid>,
    _database: Database,
    _server: Server,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Result<Self> {
        let runtime = Runtime::new()?;
        let (server, database, store, combats) = runtime.block_on(async {
            let server = Server::start().await?;
            let database = server.database().await?;
            let store = PgStore::builder().build(pool(&database, 8).await?);
            let combats = fill(&store).await?;
            checkpoint(store.pool()).await?;
            anyhow::Ok((server, database, store, combats))
        })?;
        eprintln!("{}", server.describe());
        Ok(Self { store, combats, _database: database, _server: server, runtime })
    }
}

async fn fill(store: &PgStore) -> Result<Vec<Uuid>> {
    let combats: Vec<Uuid> = (0..COMBATS).map(|_| Uuid::new_v4()).collect();
    let samples: Vec<_> = fights(2, EVENTS).take(100).collect();
    let mut events = Vec::with_capacity(COMBATS * EVENTS);
    for place in 0..EVENTS {
        for (id, history) in combats.iter().zip(samples.iter().cycle()) {
            let event = NewEvent::encode(&history[place], Uuid::now_v7().into(), Utc::now())?;
            let event = event.with_metadata(Json::encode(&metadata())?);
            events.push(ImportEvent::new(StreamId::new("Combat", *id), event));
        }
    }
    store.import(futures::stream::iter(events), 50_000).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(store.pool()).await?;
    Ok(combats)
}

fn store(criterion: &mut Criterion) {
    let bench = Bench::new().expect("a PostgreSQL with fsync on");
    load(criterion, &bench);
    read(criterion, &bench);
    project(criterion, &bench);
    append(criterion, &bench);
    bench.runtime.block_on(bench.store.close());
}

/// A combat that is not in the cache: one round trip, 20 events decoded and folded.
fn load(criterion: &mut Criterion, bench: &Bench) {
    let settings = EngineSettings::default().cache_bytes(0);
    let engine = Engine::builder(bench.store.clone()).settings(settings).build();
    let mut next = 0;
    criterion.bench_function("load of 20 events, cold", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % bench.combats.len();
            let id = AggregateId::new(bench.combats[next]);
            bench.runtime.block_on(engine.load::<Brawl>(id)).expect("a combat")
        });
    });
}

fn read(criterion: &mut Criterion, bench: &Bench) {
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(1000));
    let mut after = Position::START;
    group.bench_function("page of 1000", |bencher| {
        bencher.iter(|| {
            let page = bench.runtime.block_on(bench.store.read(Read::all().after(after)));
            let page = page.expect("a page");
            after = if page.caught_up { Position::START } else { page.position };
            page
        });
    });
    group.finish();
}

/// A projection that counts, from the first event to the last, checkpoints included.
fn project(criterion: &mut Criterion, bench: &Bench) {
    let events = (COMBATS * EVENTS) as u64;
    let mut group = criterion.benchmark_group("project");
    group.throughput(Throughput::Elements(events)).sample_size(10);
    group.bench_function("counting", |bencher| {
        bencher.iter_custom(|times| {
            (0..times).map(|_| bench.runtime.block_on(count_all(bench, events))).sum()
        });
    });
    group.finish();
}

async fn count_all(bench: &Bench, expected: u64) -> Duration {
    static RUN: AtomicU64 = AtomicU64::new(0);
    let counted = Arc::new(AtomicU64::new(0));
    let name = format!("counting-{}", RUN.fetch_add(1, Ordering::Relaxed));
    // a name lives as long as the program; there are few runs
    let counting = Counting { name: name.leak(), counted: counted.clone() };
    let read_models = bench.store.read_models();
    let started = Instant::now();
    let handle = Node::builder(&Engine::new(bench.store.clone()))
        .projection(read_models, counting)
        .start()
        .expect("a runtime");
    while counted.load(Ordering::Relaxed) < expected {
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    let spent = started.elapsed();
    handle.stop().await.expect("a node that has not failed");
    spent
}

struct Counting {
    name: &'static str,
    counted: Arc<AtomicU64>,
}

impl Projection<PgTx> for Counting {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.name
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], _: &mut PgTx) -> Result<(), BoxError> {
        self.counted.fetch_add(events.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

/// One event into a stream of its own, and the wait for the disk: nobody shares the commit.
fn append(criterion: &mut Criterion, bench: &Bench) {
    let samples = middling_events(64);
    let mut next = 0;
    criterion.bench_function("append, one at a time", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % samples.len();
            let event = NewEvent::encode(&samples[next], Uuid::now_v7().into(), Utc::now());
            let event = event.expect("a storable event");
            let stream = StreamId::new("Combat", Uuid::new_v4());
            let append = Append::to(stream, ExpectedVersion::NoStream, vec![event]);
            bench.runtime.block_on(bench.store.append(append)).expect("stored")
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(40).measurement_time(Duration::from_secs(5));
    targets = store
}
criterion_main!(benches);

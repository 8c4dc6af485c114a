//! What costs processor time alone: events to JSON and back, folding, metadata, a command in memory.

use std::hint::black_box;

use aether_benches::fights::{Brawl, Strike, fights, metadata, middling_events};
use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, Metadata, NewEvent, StreamId};
use aether_core::memory::MemoryStore;
use aether_core::{Aggregate as _, AggregateId, Context, Engine, Event as _, Json};
use aether_game::combat::{Combat, CombatEvent};
use chrono::Utc;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use uuid::Uuid;

fn events(criterion: &mut Criterion) {
    let events = middling_events(64);
    let stored: Vec<_> = events
        .iter()
        .map(|event| (event.event_type(), event.encode().expect("a storable event")))
        .collect();
    let mut group = criterion.benchmark_group("event");
    let bytes: usize = stored.iter().map(|(_, json)| json.as_str().len()).sum();
    group.throughput(Throughput::Bytes((bytes / stored.len()) as u64));
    let mut next = 0;
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % events.len();
            black_box(&events[next]).encode()
        });
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % stored.len();
            let (event_type, payload) = black_box(&stored[next]);
            CombatEvent::decode(event_type.name, event_type.version, payload)
        });
    });
    group.finish();
}

fn fold(criterion: &mut Criterion) {
    let events = fights(4, 100).next().expect("a combat of 100 events");
    let mut group = criterion.benchmark_group("fold");
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("100 events", |bencher| {
        bencher.iter(|| {
            let mut combat = Combat::default();
            black_box(&events).iter().for_each(|event| combat.apply(event));
            combat
        });
    });
    group.finish();
}

fn metadata_of_a_command(criterion: &mut Criterion) {
    let metadata = metadata();
    let stored = Json::encode(&metadata).expect("storable metadata");
    let mut group = criterion.benchmark_group("metadata");
    group.bench_function("encode", |bencher| bencher.iter(|| Json::encode(black_box(&metadata))));
    group.bench_function("read", |bencher| {
        bencher.iter(|| Metadata::from_stored(black_box(&stored)));
    });
    group.finish();
}

/// A command on a combat in the cache: all that the engine costs beside the store. Each starts from a
/// combat of 20 events; a store that has grown large is exchanged for a new one.
fn execute(criterion: &mut Criterion) {
    const MOST: u32 = 100_000;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let engine = || runtime.block_on(memory_engine()).expect("a combat in memory");
    let (mut current, mut count) = (engine(), 0);
    criterion.bench_function("execute on MemoryStore", |bencher| {
        bencher.iter_custom(|times| {
            let mut spent = std::time::Duration::ZERO;
            for _ in 0..times {
                if count == MOST {
                    (current, count) = (engine(), 0);
                }
                count += 1;
                let (engine, id, context) = (&current.0, current.1, Context::new());
                let command = Strike { damage: 3 };
                let started = std::time::Instant::now();
                let executed = runtime
                    .block_on(engine.execute::<Brawl>(id, command).with(&context).into_future());
                spent += started.elapsed();
                black_box(executed.expect("a blow"));
            }
            spent
        });
    });
}

async fn memory_engine() -> anyhow::Result<(Engine, AggregateId)> {
    let (store, id) = (MemoryStore::new(), Uuid::new_v4());
    let events = fights(5, 20).next().unwrap_or_default();
    let events = events
        .iter()
        .map(|event| NewEvent::encode(event, Uuid::now_v7().into(), Utc::now()))
        .collect::<Result<_, _>>()?;
    let stream = StreamId::new(Brawl::TYPE, id);
    store.append(Append::to(stream, ExpectedVersion::NoStream, events)).await?;
    let settings = aether_core::EngineSettings::default().snapshot_every(0);
    Ok((Engine::builder(store).settings(settings).build(), id.into()))
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(std::time::Duration::from_secs(3));
    targets = events, fold, metadata_of_a_command, execute
}
criterion_main!(benches);

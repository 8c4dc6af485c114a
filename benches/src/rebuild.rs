//! Rebuilds of the combat read models, alone and under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::{Engine, Json, Node, Position};
use aether_game::combat::CombatEvent;
use aether_game::read_models::{
    CombatProjection, ParticipantProjection, verify_combats, verify_participants,
};
use aether_postgres::{ImportEvent, PgStore, Rebuild};
use anyhow::{Result, ensure};
use chrono::Utc;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use crate::fights::{fights, metadata};
use crate::server::{Server, checkpoint, pool};

/// What to measure.
#[derive(Debug, Clone, clap::Parser)]
pub struct Options {
    /// How many events the log has at first.
    #[arg(long, default_value_t = 200_000)]
    events: usize,
    /// How many events a second keep coming in the second half.
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// How many rebuilds of each kind.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

/// Measures, and tells.
///
/// # Errors
///
/// When something fails, or a read model is not what its events say.
pub async fn run(options: Options, mut tell: impl FnMut(String)) -> Result<()> {
    let server = Server::start().await?;
    let database = server.database().await?;
    let pool = pool(&database, 16).await?;
    aether_game::read_models::migrate(&pool).await?;
    let store = PgStore::builder().build(pool.clone());
    tell(server.describe());
    store.import(futures::stream::iter(history(options.events)?), 50_000).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&pool).await?;
    checkpoint(&pool).await?;

    for round in 1..=options.rounds {
        tell(format!("alone {round}: {}", rebuild(&store).await?));
    }
    let node = Node::builder(&Engine::new(store.clone()))
        .projection(store.read_models(), CombatProjection)
        .projection(store.read_models(), ParticipantProjection)
        .start()?;
    let stop = Arc::<AtomicBool>::default();
    let slowest = Arc::<AtomicU64>::default();
    let writer = tokio::spawn(write(store.clone(), options.rate, stop.clone()));
    let reader = tokio::spawn(read(pool.clone(), slowest.clone(), stop.clone()));
    for round in 1..=options.rounds {
        slowest.store(0, Ordering::Relaxed);
        let told = rebuild(&store).await?;
        let slowest = Duration::from_micros(slowest.load(Ordering::Relaxed));
        tell(format!("under load {round}: {told}, the slowest query {slowest:.1?}"));
    }
    stop.store(true, Ordering::Relaxed);
    let written = writer.await??;
    reader.await??;
    node.wait_for_all(store.end().await?).await?;
    for report in [verify_combats(&store).await?, verify_participants(&store).await?] {
        let listed: Vec<_> = report.differences.iter().take(5).map(ToString::to_string).collect();
        ensure!(report.is_equal(), "{report}\n{}", listed.join("\n"));
    }
    tell(format!("{written} events were appended meanwhile; every row is what the events say"));
    node.stop().await?;
    store.close().await;
    pool.close().await;
    drop(database);
    server.stop().await
}

async fn rebuild(store: &PgStore) -> Result<String> {
    let rebuild =
        Rebuild::new(store).projection(CombatProjection).projection(ParticipantProjection);
    let report = rebuild.start().await?.finish().await?;
    Ok(format!(
        "{} events in {:.1?}, {:.0}/s, locked for {:.1?}, postponed {}",
        report.events, report.duration, report.rate, report.locked, report.postponed
    ))
}

/// Combats that end with a turn's beginning, as commands leave them.
fn combats(seed: u64) -> impl Iterator<Item = Vec<CombatEvent>> {
    fights(seed, 100).map(|mut events| {
        let whole = events.iter().rposition(|it| matches!(it, CombatEvent::TourDebute { .. }));
        events.truncate(whole.map_or(0, |last| last + 1));
        events
    })
}

/// Combats side by side.
fn history(count: usize) -> Result<Vec<ImportEvent>> {
    const SIDE_BY_SIDE: usize = 50;
    let mut combats = combats(11);
    let mut events = Vec::with_capacity(count);
    while events.len() < count {
        let group: Vec<_> = combats.by_ref().take(SIDE_BY_SIDE).collect();
        let ids: Vec<_> = group.iter().map(|_| Uuid::now_v7()).collect();
        for place in 0..group.iter().map(Vec::len).max().unwrap_or(0) {
            for (combat, id) in group.iter().zip(&ids) {
                let Some(event) = combat.get(place) else { continue };
                let event = NewEvent::encode(event, Uuid::now_v7().into(), Utc::now())?;
                let event = event.with_metadata(Json::encode(&metadata())?);
                events.push(ImportEvent::new(StreamId::new("Combat", *id), event));
            }
        }
    }
    Ok(events)
}

/// Appends at a rate until it is stopped. Returns how many.
async fn write(store: PgStore, rate: u64, stop: Arc<AtomicBool>) -> Result<u64> {
    const BURST: usize = 10;
    let begun = Instant::now();
    let (mut written, mut seed) = (0, 1000);
    while !stop.load(Ordering::Relaxed) {
        seed += 1;
        for combat in combats(seed).take(20) {
            let stream = StreamId::new("Combat", Uuid::now_v7());
            for events in combat.chunks(BURST) {
                let encode = |event| NewEvent::encode(event, Uuid::now_v7().into(), Utc::now());
                let events = events.iter().map(encode).collect::<Result<Vec<_>, _>>()?;
                written += events.len() as u64;
                store.append(Append::to(stream.clone(), ExpectedVersion::Any, events)).await?;
                let due = Duration::from_secs_f64(written as f64 / rate as f64);
                tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(written);
            }
        }
    }
    Ok(written)
}

/// Reads again and again: the newest row, which must never go back, and any row, noting how long the slowest of
/// these took, in microseconds.
async fn read(pool: PgPool, slowest: Arc<AtomicU64>, stop: Arc<AtomicBool>) -> Result<()> {
    let mut before = Position::START.get() as i64;
    while !stop.load(Ordering::Relaxed) {
        let newest: Option<i64> =
            sqlx::query_scalar("SELECT max(last_event_sequence) FROM instances_combat")
                .fetch_one(&pool)
                .await?;
        let newest = newest.unwrap_or(0);
        ensure!(newest >= before, "the read model went back from {before} to {newest}");
        before = newest;
        let asked = Instant::now();
        sqlx::query("SELECT 1 FROM instances_combat LIMIT 1").execute(&pool).await?;
        slowest.fetch_max(asked.elapsed().as_micros() as u64, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

//! The works `lag` and `lag-across`: from the moment an append has returned until another connection
//! sees the event in the read model, at a steady 2,000 events a second.
//!
//! By hand: a loop that looks at the log every 10 ms. `lag`: the node in the process of the writers.
//! `lag-across`: the node has a store of its own, as in another process, and hears of appends
//! through the database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::projection::Handler;
use aether_core::{Engine, Node, Position, Projection as _};
use aether_game::combat::CombatEvent;
use aether_postgres::PgStore;
use anyhow::{Context as _, Result};
use chrono::Utc;
use sqlx::postgres::PgPool;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::Bench;
use super::by_hand::ByHand;
use super::load::{Figures, Pace, histogram};
use super::project::Counting;
use super::row::Row;
use crate::fights::middling_events;
use crate::server::{checkpoint, pool};

/// Events per second, each in an append of its own.
const RATE: u32 = 2_000;
/// How often the hand-written loop looks at the log.
const EVERY: Duration = Duration::from_millis(10);
/// How often the read model is looked at: what the figures are exact to.
const LOOK: Duration = Duration::from_micros(500);

pub(super) async fn measure(bench: &Bench, row: &mut Row, across: bool) -> Result<()> {
    Counting::migrate(bench).await?;
    let reader = match across {
        true => PgStore::builder().build(pool(&bench.database, 8).await?),
        false => bench.store.clone(),
    };
    let by_hand = Arc::new(ByHand {
        pool: bench.handwritten.pool.clone(),
        projection: Handler::new(Counting),
        batch: 1000,
    });
    checkpoint(bench.pool()).await?;
    for round in bench.rounds() {
        let pace = bench.pace(round);
        let engine = Engine::new(reader.clone());
        let node = Node::builder(&engine).projection(reader.read_models(), Counting).start()?;
        node.wait_for(Counting.name(), engine.store().end().await?).await?;
        let aether = lags(bench, "aether_checkpoints", pace).await?;
        node.stop().await?;
        by_hand.reset().await?;
        let end = by_hand.catch_up(0).await?;
        let following = tokio::spawn({
            let by_hand = by_hand.clone();
            async move { by_hand.follow(end, EVERY).await }
        });
        let handwritten = lags(bench, "by_hand_checkpoints", pace).await?;
        following.abort();
        row.push(aether, handwritten);
    }
    if across {
        reader.close().await;
        reader.pool().close().await;
    }
    Ok(())
}

/// Appends for as long as the pace says, and waits for each event.
async fn lags(bench: &Bench, checkpoints: &'static str, pace: Pace) -> Result<Figures> {
    let (told, appended) = mpsc::unbounded_channel();
    let watcher = tokio::spawn(watch(bench.pool().clone(), checkpoints, appended));
    let samples: Arc<[CombatEvent]> = middling_events(500).into();
    let from = Instant::now() + pace.warm_up;
    let until = from + pace.span;
    let tasks = u32::try_from(bench.concurrency)?;
    let writers = (0..tasks).map(|task| {
        let (store, samples, told) = (bench.store.clone(), samples.clone(), told.clone());
        tokio::spawn(async move {
            let span = Duration::from_secs(1) * tasks / RATE;
            let first = tokio::time::Instant::now() + span * task / tasks;
            let mut ticks = tokio::time::interval_at(first, span);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let stream = StreamId::new("Combat", Uuid::new_v4());
            for sample in samples.iter().cycle() {
                ticks.tick().await;
                let event = NewEvent::encode(sample, Uuid::now_v7().into(), Utc::now())?;
                let append = Append::to(stream.clone(), ExpectedVersion::Any, vec![event]);
                let position = store.append(append).await?.position().context("no position")?;
                let now = Instant::now();
                if now >= from {
                    told.send((position, now))?;
                }
                if now >= until {
                    break;
                }
            }
            anyhow::Ok(())
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await??;
    }
    drop(told);
    let times = watcher.await??;
    let quantile = |q| Duration::from_nanos(times.value_at_quantile(q));
    let rate = times.len() as f64 / pace.span.as_secs_f64();
    Ok(Figures { rate, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) })
}

/// Notes for every event when the checkpoint, and with it the read model, has been seen after it.
async fn watch(
    pool: PgPool,
    checkpoints: &'static str,
    mut appended: mpsc::UnboundedReceiver<(Position, Instant)>,
) -> Result<hdrhistogram::Histogram<u64>> {
    let sql = format!("SELECT max(position) FROM {checkpoints} WHERE projection = $1");
    let mut connection = pool.acquire().await?;
    let mut times = histogram()?;
    let mut waiting = BTreeMap::new();
    loop {
        let seen: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
            .bind(Counting.name())
            .fetch_one(&mut *connection)
            .await?;
        let now = Instant::now();
        let seen = Position::new(seen.unwrap_or(0).cast_unsigned());
        let over = loop {
            match appended.try_recv() {
                Ok((position, at)) => drop(waiting.insert(position, at)),
                Err(gone) => break gone == mpsc::error::TryRecvError::Disconnected,
            }
        };
        while let Some(first) = waiting.first_entry().filter(|first| *first.key() <= seen) {
            // what was seen before the append had returned took no time
            let lag = now.saturating_duration_since(first.remove());
            times.saturating_record((lag.as_nanos() as u64).max(1));
        }
        if over && waiting.is_empty() {
            return Ok(times);
        }
        tokio::time::sleep(LOOK).await;
    }
}

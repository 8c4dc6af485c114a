//! The work `notify`: from the moment an append has returned until a subscriber in another process has the event,
//! at a steady 2,000 events a second.
//!
//! By hand: the appender publishes, and the other process subscribes. What is lost on the way, by a crash in
//! between or a cut connection, is lost; Aether's feeds get it from the store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::{Engine, Node};
use aether_game::combat::CombatEvent;
use aether_realtime::bus::Announcer;
use aether_redis::RedisBus;
use anyhow::{Context as _, Result};
use chrono::Utc;
use fred::interfaces::PubsubInterface as _;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::Bench;
use super::handwritten::Columns;
use super::listener::{Listen, Listener, bare_channel, channels, now, stream};
use super::load::{Figures, Pace, histogram};
use super::realtime::Realtime;
use super::row::Row;
use crate::fights::{metadata, middling_events};
use crate::server::checkpoint;

/// Events per second, each in an append of its own.
const RATE: u32 = 2_000;

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    let side = Realtime::open().await?;
    let bus = RedisBus::new(side.client.clone(), side.keys.clone())?;
    let announcer = Announcer::new("bench", bus).channels(&channels());
    let engine = Engine::new(bench.store.clone());
    let checkpoints = announcer.checkpoints(bench.store.read_models(), engine.store().clone());
    let node = Node::builder(&engine).projection(checkpoints, announcer).start()?;
    let listen = |postgres| Listen {
        postgres,
        redis: side.url.clone(),
        prefix: side.keys.prefix().to_owned(),
        channels: bench.concurrency,
    };
    checkpoint(bench.pool()).await?;
    for round in bench.rounds() {
        let pace = bench.pace(round);
        node.wait_for("bench", engine.store().end().await?).await?;
        let told = listen(Some(bench.database.url().to_owned()));
        let aether = round_of(bench, &told, pace, |channel| {
            let (store, stream) = (bench.store.clone(), StreamId::new("Combat", stream(channel)));
            move |sample: CombatEvent| {
                let (store, stream) = (store.clone(), stream.clone());
                async move {
                    let event = NewEvent::encode(&sample, Uuid::now_v7().into(), Utc::now())?;
                    let append = Append::to(stream, ExpectedVersion::Any, vec![event]);
                    let appended = store.append(append).await?;
                    Ok((appended.position().context("no position")?.get(), now()))
                }
            }
        })
        .await?;
        let metadata: Arc<str> = serde_json::to_string(&metadata())?.into();
        let handwritten = round_of(bench, &listen(None), pace, |channel| {
            let (by_hand, redis) = (bench.handwritten.clone(), side.bare.clone());
            let name = bare_channel(side.keys.prefix(), channel);
            let (metadata, id) = (metadata.clone(), Uuid::new_v4());
            let mut version = 0;
            move |sample: CombatEvent| {
                version += 1;
                let (by_hand, redis, name) = (by_hand.clone(), redis.clone(), name.clone());
                let (metadata, version) = (metadata.clone(), version);
                async move {
                    let mut columns = Columns::default();
                    columns.push(id, version, &sample, &metadata)?;
                    let position = by_hand.append(&columns).await?;
                    let position = position.first().context("no position")?.cast_unsigned();
                    let at = now();
                    let _: i64 = redis.next().publish(name, position.to_string()).await?;
                    Ok((position, at))
                }
            }
        })
        .await?;
        row.push(aether, handwritten);
    }
    node.stop().await?;
    side.close().await
}

/// Appends for as long as the pace says, one task for each channel, and compares when it was stored with when it
/// was heard of.
async fn round_of<A, F>(
    bench: &Bench,
    listen: &Listen,
    pace: Pace,
    mut append: impl FnMut(usize) -> A,
) -> Result<Figures>
where
    A: FnMut(CombatEvent) -> F + Send + 'static,
    F: Future<Output = Result<(u64, u64)>> + Send,
{
    let listen = listen.clone();
    let listener = tokio::task::spawn_blocking(move || Listener::start(&listen)).await??;
    let samples: Arc<[CombatEvent]> = middling_events(500).into();
    let from = Instant::now() + pace.warm_up;
    let until = from + pace.span;
    let tasks = u32::try_from(bench.concurrency)?;
    let writers = (0..tasks).map(|task| {
        let (mut append, samples) = (append(task as usize), samples.clone());
        tokio::spawn(async move {
            let span = Duration::from_secs(1) * tasks / RATE;
            let first = tokio::time::Instant::now() + span * task / tasks;
            let mut ticks = tokio::time::interval_at(first, span);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let (mut stored, mut counting) = (Vec::new(), 0);
            for sample in samples.iter().cycle() {
                ticks.tick().await;
                if Instant::now() < from {
                    counting = stored.len() + 1;
                }
                stored.push(append(sample.clone()).await?);
                if Instant::now() >= until {
                    break;
                }
            }
            anyhow::Ok((stored, counting))
        })
    });
    let (mut stored, mut warm) = (0, Vec::new());
    for writer in writers.collect::<Vec<_>>() {
        let (its, counting) = writer.await??;
        stored += its.len();
        warm.extend_from_slice(&its[counting.min(its.len())..]);
    }
    let heard = tokio::task::spawn_blocking(move || listener.finish(stored)).await??;
    let mut times = histogram()?;
    for (id, at) in &warm {
        let heard = heard.get(id).context("never heard of")?;
        // what was heard of before the append had returned took no time
        times.saturating_record(heard.saturating_sub(*at).max(1));
    }
    let quantile = |q| Duration::from_nanos(times.value_at_quantile(q));
    let rate = warm.len() as f64 / pace.span.as_secs_f64();
    Ok(Figures { rate, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) })
}

//! The works `count-…` and `combat-…`: the whole log into a read model, by a node and by a loop that
//! applies event by event, or in batches as large as the node's, each in a transaction with its
//! checkpoint.

use std::collections::BTreeMap;
use std::time::Instant;

use aether_core::log::{NewEvent, StreamId};
use aether_core::projection::Handler;
use aether_core::{AnyEvent, BoxError, Engine, Json, Node, Position, Projection, Recorded};
use aether_game::read_models::CombatProjection;
use aether_postgres::{ImportEvent, PgTx};
use anyhow::{Context as _, Result, ensure};
use chrono::{NaiveDate, Utc};
use uuid::Uuid;

use super::Bench;
use super::by_hand::ByHand;
use super::load::Figures;
use super::replay::STREAM;
use super::row::Row;
use crate::fights::{fights, metadata};
use crate::server::checkpoint;

/// How many events the loop applies in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steps {
    Each,
    Batches,
}

/// Of this many events, those that are applied one by one are one: it takes that much longer.
const SHARE: usize = 20;

pub(super) async fn count(bench: &Bench, row: &mut Row, steps: Steps) -> Result<()> {
    Counting::migrate(bench).await?;
    measure(bench, row, Counting, steps).await
}

pub(super) async fn combat(bench: &Bench, row: &mut Row, steps: Steps) -> Result<()> {
    aether_game::read_models::migrate(bench.pool()).await?;
    measure(bench, row, CombatProjection, steps).await
}

async fn measure<P: Projection<PgTx> + Copy>(
    bench: &Bench,
    row: &mut Row,
    projection: P,
    steps: Steps,
) -> Result<()> {
    let (batch, count) = match steps {
        Steps::Each => (1, bench.options.events.div_ceil(SHARE)),
        Steps::Batches => (1000, bench.options.events),
    };
    bench.store.import(futures::stream::iter(combats(count)?), 50_000).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(bench.pool()).await?;
    let by_hand = ByHand {
        pool: bench.handwritten.pool.clone(),
        projection: Handler::new(projection),
        batch,
    };
    // once each before anything counts
    aether(bench, projection, count).await?;
    handwritten(bench, &by_hand, count).await?;
    for _ in bench.rounds() {
        let aether = aether(bench, projection, count).await?;
        row.push(aether, handwritten(bench, &by_hand, count).await?);
    }
    Ok(())
}

/// Combats side by side, each one fought for itself: no two have an action in common.
fn combats(count: usize) -> Result<Vec<ImportEvent>> {
    let streams = count.div_ceil(STREAM).max(1);
    let combats: Vec<_> = fights(5, STREAM).take(streams).map(|f| (Uuid::new_v4(), f)).collect();
    let mut events = Vec::with_capacity(count);
    for index in 0..count {
        let (id, fight) = &combats[index % streams];
        let event = NewEvent::encode(&fight[index / streams], Uuid::now_v7().into(), Utc::now())?;
        let event = event.with_metadata(Json::encode(&metadata())?);
        events.push(ImportEvent::new(StreamId::new("Combat", *id), event));
    }
    Ok(events)
}

/// From the start of a node until everything is in the read model.
async fn aether<P: Projection<PgTx> + Copy>(
    bench: &Bench,
    projection: P,
    count: usize,
) -> Result<Figures> {
    empty(bench).await?;
    sqlx::raw_sql("DELETE FROM aether_checkpoints").execute(bench.pool()).await?;
    let engine = Engine::new(bench.store.clone());
    let end = engine.store().end().await?;
    let started = Instant::now();
    let node = Node::builder(&engine).projection(bench.store.read_models(), projection).start()?;
    node.wait_for(projection.name(), end).await?;
    let rate = count as f64 / started.elapsed().as_secs_f64();
    node.stop().await?;
    check(bench, count).await?;
    Ok(Figures { rate, ..Figures::default() })
}

async fn handwritten(bench: &Bench, by_hand: &ByHand, count: usize) -> Result<Figures> {
    empty(bench).await?;
    by_hand.reset().await?;
    let started = Instant::now();
    let end = by_hand.catch_up(0).await?;
    let rate = count as f64 / started.elapsed().as_secs_f64();
    ensure!(Position::new(end.cast_unsigned()) > Position::START);
    check(bench, count).await?;
    Ok(Figures { rate, ..Figures::default() })
}

/// The read models that are there.
const TABLES: &str = "SELECT string_agg(relname, ', ') FROM pg_class
     WHERE relname IN ('counts', 'instances_combat', 'actions_combat', 'historique_combat')";

async fn empty(bench: &Bench) -> Result<()> {
    let tables: Option<String> = sqlx::query_scalar(TABLES).fetch_one(bench.pool()).await?;
    let tables = tables.context("there is no read model")?;
    let sql = sqlx::AssertSqlSafe(format!("TRUNCATE {tables} CASCADE"));
    sqlx::raw_sql(sql).execute(bench.pool()).await?;
    checkpoint(bench.pool()).await
}

/// Every event has left its mark.
async fn check(bench: &Bench, count: usize) -> Result<()> {
    let tables: Option<String> = sqlx::query_scalar(TABLES).fetch_one(bench.pool()).await?;
    let sql = match tables.as_deref() {
        Some("counts") => "SELECT sum(events)::bigint FROM counts",
        _ => "SELECT count(*) FROM historique_combat",
    };
    let found: Option<i64> = sqlx::query_scalar(sql).fetch_one(bench.pool()).await?;
    ensure!(found == Some(count as i64), "{found:?} of {count} events are in the read model");
    Ok(())
}

/// How many events there were of each type on each day. One statement per batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counting;

impl Counting {
    pub(super) async fn migrate(bench: &Bench) -> Result<()> {
        let sql = "CREATE TABLE counts (
                       event_type TEXT, day DATE, events BIGINT NOT NULL, PRIMARY KEY (event_type, day)
                   ) WITH (fillfactor = 50)";
        sqlx::raw_sql(sql).execute(bench.pool()).await?;
        Ok(())
    }
}

impl Projection<PgTx> for Counting {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "counting"
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let mut counts: BTreeMap<(&str, NaiveDate), i64> = BTreeMap::new();
        for event in events {
            *counts.entry((&event.event_type, event.timestamp.date_naive())).or_default() += 1;
        }
        let types: Vec<&str> = counts.keys().map(|(event_type, _)| *event_type).collect();
        let days: Vec<NaiveDate> = counts.keys().map(|(_, day)| *day).collect();
        sqlx::query(
            "INSERT INTO counts AS c (event_type, day, events)
             SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[])
             ON CONFLICT (event_type, day) DO UPDATE SET events = c.events + EXCLUDED.events",
        )
        .bind(types)
        .bind(days)
        .bind(counts.values().copied().collect::<Vec<_>>())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

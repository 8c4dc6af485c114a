//! The work `import`: history from elsewhere, beside a bare COPY of the same rows into a table with
//! the same partitions, indexes and triggers.

use std::time::Instant;

use aether_postgres::ImportEvent;
use anyhow::{Result, ensure};

use super::Bench;
use super::load::Figures;
use super::replay::history;
use super::row::Row;
use crate::server::checkpoint;

/// How many events are stored in one transaction, on both sides.
const CHUNK: usize = 50_000;

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    sqlx::raw_sql(include_str!("import.sql")).execute(bench.pool()).await?;
    checkpoint(bench.pool()).await?;
    let small = history(bench.options.events / 10 + 1)?;
    aether(bench, small.clone()).await?;
    copy(bench, &small).await?;
    for _ in bench.rounds() {
        let events = history(bench.options.events)?;
        row.push(aether(bench, events.clone()).await?, copy(bench, &events).await?);
    }
    Ok(())
}

async fn aether(bench: &Bench, events: Vec<ImportEvent>) -> Result<Figures> {
    let (count, started) = (events.len(), Instant::now());
    let imported = bench.store.import(futures::stream::iter(events), CHUNK).await?;
    ensure!(imported.events == count as u64);
    Ok(figures(count, started))
}

async fn copy(bench: &Bench, events: &[ImportEvent]) -> Result<Figures> {
    let started = Instant::now();
    let mut versions = super::copy::Versions::default();
    for chunk in events.chunks(CHUNK) {
        super::copy::rows(&bench.handwritten.pool, chunk, &mut versions).await?;
    }
    Ok(figures(events.len(), started))
}

fn figures(count: usize, started: Instant) -> Figures {
    Figures { rate: count as f64 / started.elapsed().as_secs_f64(), ..Figures::default() }
}

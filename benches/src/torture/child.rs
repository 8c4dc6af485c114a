//! One of the processes: writers that share a store, readers beside them, or readers alone.

use std::io::{BufWriter, Write as _};
use std::time::Duration;

use aether_core::Position;
use aether_core::backend::EventStore as _;
use aether_postgres::PgStore;
use anyhow::{Context as _, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::purse;
use super::reader::{self, Reader};
use super::writer::Writer;
use crate::history::Line;

/// What a process is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Writers, and one reader beside them on the same store.
    Writers,
    /// Readers only.
    Readers,
}

/// What one process does.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// What for.
    #[arg(long)]
    pub role: Role,
    /// Its number among those of its role.
    #[arg(long)]
    pub index: usize,
    /// The database.
    #[arg(long)]
    pub url: String,
    /// How many writers.
    #[arg(long)]
    pub writers: usize,
    /// For how long they write.
    #[arg(long)]
    pub seconds: u64,
}

/// The `application_name` of writers' connections: those that may be killed.
pub(super) const WRITERS: &str = "torture-writers";

/// Where children's words go.
pub(super) type Say = mpsc::Sender<Line>;

impl Plan {
    pub(super) fn arguments(&self) -> Vec<String> {
        let role = if self.role == Role::Writers { "writers" } else { "readers" };
        let pairs = [
            ("--role", role.to_owned()),
            ("--index", self.index.to_string()),
            ("--url", self.url.clone()),
            ("--writers", self.writers.to_string()),
            ("--seconds", self.seconds.to_string()),
        ];
        let pairs = pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
        std::iter::once("child".to_owned()).chain(pairs).collect()
    }

    async fn store(&self, listen: bool) -> Result<PgStore> {
        let name = if self.role == Role::Writers { WRITERS } else { "torture-readers" };
        let options: PgConnectOptions = self.url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .test_before_acquire(false)
            .connect_with(options.application_name(name))
            .await?;
        let builder = PgStore::builder();
        Ok(if listen { builder } else { builder.without_listening() }.build(pool))
    }
}

/// Does what the plan says; ends when its readers have seen the last event.
///
/// # Errors
///
/// When the database cannot be reached, or the parent is gone.
pub async fn run(plan: Plan) -> Result<()> {
    let (say, lines) = mpsc::channel(4096);
    let speaking = tokio::task::spawn_blocking(|| speak(lines));
    let (end, ends) = watch::channel(None);
    let started = Instant::now();
    let store = plan.store(true).await?;
    let polling = plan.store(false).await?;
    let readers = reader::readers_of(plan.role, plan.index).into_iter().map(|duty| {
        let store = if duty.polls { polling.clone() } else { store.clone() };
        let begin = started + Duration::from_secs(if duty.late { plan.seconds / 2 } else { 0 });
        tokio::spawn(Reader::new(duty, store, say.clone(), ends.clone()).run(begin))
    });
    let readers: Vec<_> = readers.collect();
    if plan.role == Role::Writers {
        let until = started + Duration::from_secs(plan.seconds);
        let writers = (0..plan.writers).map(|number| {
            let number = plan.index * plan.writers + number;
            tokio::spawn(Writer::new(number, store.clone(), say.clone()).run(until))
        });
        let writers: Vec<_> = writers.collect();
        purse::trade(store.clone(), plan.index, say.clone(), until).await;
        for writer in writers {
            writer.await?;
        }
        say.send(Line::Done).await?;
    }
    let last = tokio::task::spawn_blocking(|| std::io::stdin().lines().next()).await?;
    let last = last.context("the parent is gone")??;
    end.send_replace(Some(Position::new(last.parse()?)));
    for reader in readers {
        reader.await?;
    }
    store.close().await;
    polling.close().await;
    drop(say);
    speaking.await?
}

/// Writes lines to the parent, many at once when there are many.
fn speak(mut lines: mpsc::Receiver<Line>) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut taken = Vec::new();
    while lines.blocking_recv_many(&mut taken, 1024) > 0 {
        for line in taken.drain(..) {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
    }
    Ok(())
}

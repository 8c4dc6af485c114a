//! Nodes in several processes that are killed, paused, stopped and added while they project, and an
//! account of every event's effect.
//!
//! The parent starts the server and the nodes, and appends. At the end it holds the log and the read
//! models against each other: each event's effect once in each projection that listens to it, in
//! the order of its aggregate, and every fold as the events make it.

mod account;
pub mod child;
mod fleet;
mod models;
mod takeover;
mod trouble;
mod writer;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aether_postgres::PgStore;
use aether_servers::Database;
use anyhow::{Result, bail};
use rand::Rng as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio::time::Instant;

use crate::server::Server;
use child::Plan;
use fleet::Fleet;
use models::SPECS;

/// How long and how hard.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "Projections on nodes under fire, and an account of every effect afterwards")]
pub struct Options {
    /// For how many seconds there is trouble, and events.
    #[arg(long, default_value_t = 60)]
    pub duration: u64,
    /// How many events are appended in that time.
    #[arg(long, default_value_t = 200_000)]
    pub events: u64,
    /// How many nodes there are, more or less.
    #[arg(long, default_value_t = 3)]
    pub nodes: usize,
    /// What the trouble is drawn from. Default: a new one, printed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// What a child of this program does.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What this program starts itself for.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// One of the nodes.
    #[command(hide = true)]
    Child(Plan),
}

/// The `application_name` of the only connections that are never cut.
const CONTROL: &str = "torture-control";
/// For how long the last node may take to catch up.
const PATIENCE: Duration = Duration::from_secs(120);

/// Tortures, prints the account, and says whether it was clean.
///
/// # Errors
///
/// When there is no server, or the account cannot be made. What is found is no error.
pub async fn run(options: Options, mut print: impl FnMut(&str)) -> Result<bool> {
    let server = Server::start().await?;
    let database = server.database().await?;
    let pool = connect(&database, CONTROL).await?;
    sqlx::raw_sql(include_str!("nodes/models.sql")).execute(&pool).await?;
    let seed = options.seed.unwrap_or_else(|| rand::rng().next_u64());
    print(&format!(
        "# {} duration={}s events={} nodes={} projections={} seed={seed}",
        server.describe(),
        options.duration,
        options.events,
        options.nodes,
        SPECS.len()
    ));
    let mut fleet = Fleet::new(database.url());
    for _ in 0..options.nodes.max(1) {
        fleet.start()?;
    }
    let written = Arc::new(AtomicU64::new(0));
    let store = PgStore::builder().build(connect(&database, "torture-writer").await?);
    let span = Duration::from_secs(options.duration);
    let writing = tokio::spawn(writer::write(store, seed, options.events, span, written.clone()));
    let stirred = trouble::stir(&mut fleet, &pool, &options, seed, &writing, &written).await?;
    writing.await??;
    fleet.leave_one().await?;
    let (alone, caught_up) = (Instant::now(), caught_up(&pool).await);
    let alone = alone.elapsed().as_secs_f64();
    fleet.end().await?;
    let mut account = account::reconcile(&pool, options.events).await?;
    account.findings.append(&mut fleet.findings);
    account.findings.extend(caught_up.err().map(|error| error.to_string()));
    let takeovers = takeover::takeovers(&pool, &fleet.kills).await?;
    account.lines().for_each(|line| print(&line));
    print(&format!(
        "# started={} killed={} paused={} longer_than_a_lease={} stopped={} cuts={} \
         effects_taken_back={} the_last_one_caught_up_in_s={alone:.1}",
        fleet.started,
        fleet.kills.len(),
        fleet.pauses,
        stirred.long_pauses,
        fleet.stops,
        stirred.cuts,
        account.taken_back,
    ));
    takeovers.late.iter().for_each(|late| print(&format!("# late: {late}")));
    print(&format!("# {takeovers}"));
    pool.close().await;
    database.drop().await?;
    server.stop().await?;
    print(&account.verdict());
    Ok(account.is_clean())
}

async fn connect(database: &Database, name: &str) -> Result<PgPool> {
    let options: PgConnectOptions = database.url().parse()?;
    let pool = PgPoolOptions::new().max_connections(8).test_before_acquire(false);
    Ok(pool.connect_with(options.application_name(name)).await?)
}

/// Waits until every shard has come to the end of the log.
async fn caught_up(pool: &PgPool) -> Result<()> {
    let shards: u16 = SPECS.iter().map(|spec| spec.shards).sum();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let there: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM aether_checkpoints
             WHERE position >= (SELECT coalesce(max(event_sequence), 0) FROM evenements)",
        )
        .fetch_one(pool)
        .await?;
        if there == i64::from(shards) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("only {there} of {shards} shards came to the end of the log in time");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

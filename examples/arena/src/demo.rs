//! The demo: bots live a whole life through commands; events go to PostgreSQL, read models to PostgreSQL and
//! Redis, and the terminal shows their combats: `cargo run --release -p arena`.
//!
//! - [`lives`]: the bots, each a task
//! - [`measure`], [`timer`], [`lag`] and [`counted`]: what is counted and timed, and how
//! - [`board`], [`view`] and [`cards`]: the terminal
//! - [`proof`]: the proof at the end that every table, key and ledger says what the events say

mod board;
mod cards;
mod counted;
mod lag;
mod lives;
mod measure;
mod proof;
mod timer;
mod view;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::{Engine, EngineSettings, Node};
use aether_game::world::World;
use aether_postgres::PgStore;
use aether_redis::{KeySpace, RedisClient, RedisReadModels};
use aether_servers::{Options as ServerOptions, Servers};
use anyhow::Context as _;
use clap::Args;
use tokio::sync::watch;

use crate::demo::counted::Counted;
use crate::demo::lives::{Rules, Witness};
use crate::demo::measure::{Second, Tally};
use crate::demo::proof::{Proof, Proven};
use crate::demo::view::Stage;
use crate::operate;

/// How long the projections and processes may take to come to rest at the end.
const PATIENCE: Duration = Duration::from_secs(60);
/// Whose lag is shown.
const LAGS: [&str; 5] = ["joueurs", "inventaires", "economie", "combat", "live_combat"];

/// How the bots play.
#[derive(Debug, Args)]
pub(crate) struct Play {
    /// End after this many seconds; without it, on q or Ctrl-C.
    #[arg(long, value_name = "SECONDS")]
    duration: Option<u64>,
    /// How many bots live.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    bots: u16,
    /// The world, the tastes and the dice follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long a bot thinks before it acts, in milliseconds on average; 0 for as fast as it goes.
    #[arg(long, default_value_t = 20, value_name = "MILLISECONDS")]
    pace: u64,
    /// One line per second instead of the full screen; by itself when nobody watches.
    #[arg(long)]
    plain: bool,
}

/// Plays until the time is over or somebody has seen enough.
pub(crate) async fn play_out(options: &Play) -> ExitCode {
    let plain = options.plain || !std::io::stdout().is_terminal();
    if plain {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env();
        tracing_subscriber::fmt()
            .with_env_filter(filter.unwrap_or_else(|_| "warn".into()))
            .with_writer(std::io::stderr)
            .init();
    }
    match run(options, plain).await {
        Ok((total, proven)) => {
            say(&summary(&total, &proven));
            ExitCode::SUCCESS
        }
        Err(error) => {
            // tell it where it cannot be missed, whatever is shown
            let _ = writeln!(std::io::stderr(), "demo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Play, plain: bool) -> anyhow::Result<(Second, Proven)> {
    say("finding or starting PostgreSQL and Redis …");
    let servers = Servers::start(ServerOptions::default()).await?;
    let database = servers.postgres.database().await?;
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    let redis = RedisClient::connect(servers.redis.url()).await?;
    let keys = KeySpace::with_prefix(servers.redis.prefix())?;

    let counted = Counted::new(store.clone());
    let passed = counted.passed();
    // bots meet at the same books and the same world: who loses a race tries again
    let settings = EngineSettings::default().attempts(1_000);
    let engine = Engine::builder(counted).settings(settings).build();
    let game = aether_game::module(&store, &RedisReadModels::new(redis.clone(), keys.clone()));
    game.migrate().await?;
    let world = World::new(options.seed).starting(engine.now());
    let planted = world.plant(&store).await?.events;
    let node = Node::builder(&engine).install(&game).install(&operate::upkeep(&store)).start()?;
    let tally = Arc::new(Tally::new(passed, node, &LAGS));

    let stage = Stage { redis: redis.clone(), keys: keys.clone(), board: Arc::default(), tally };
    play(options, plain, (&engine, world), &stage).await?;
    say("the bots have stopped; comparing the read models with the events …");
    let Stage { tally, .. } = stage;
    at_rest(&store, &tally).await?;
    let total = tally.total();
    let proof = Proof { store: &store, redis: &redis, keys: &keys, game: &game, planted };
    let proven = proof.check(&total).await?;

    if let Some(tally) = Arc::into_inner(tally) {
        tally.finish().await?;
    }
    engine.close().await;
    redis.close().await;
    store.pool().close().await;
    database.drop().await?;
    servers.stop().await?;
    Ok((total, proven))
}

/// Waits until no process is open, and every projection has seen everything.
async fn at_rest(store: &PgStore, tally: &Tally) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let end = store.end().await?;
        tally.caught_up(end, PATIENCE).await?;
        let open = sqlx::query_scalar(include_str!("demo/sql/open_processes.sql"));
        let open: i64 = open.fetch_one(store.pool()).await?;
        if open == 0 && store.end().await? == end {
            return Ok(());
        }
        let waits = tokio::time::Instant::now() < deadline;
        anyhow::ensure!(waits, "{open} processes are still open after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Lets the bots live and shows them until the time is over, somebody has seen enough, or something
/// goes wrong.
async fn play(
    options: &Play,
    plain: bool,
    (engine, world): (&Engine, World),
    stage: &Stage,
) -> anyhow::Result<()> {
    let rules = Rules {
        bots: options.bots.into(),
        seed: options.seed,
        pace: Duration::from_millis(options.pace),
    };
    let (stop, stopped) = watch::channel(false);
    let witness = Arc::new(Witness { tally: stage.tally.clone(), board: stage.board.clone() });
    let mut bots = tokio::spawn(lives::run(rules, engine.clone(), world, witness, stopped.clone()));
    let screen = tokio::spawn(view::show(stage.clone(), plain, stopped));
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let mut time_is_up = std::pin::pin!(async {
        match options.duration {
            Some(limit) => tokio::time::sleep(Duration::from_secs(limit)).await,
            None => std::future::pending().await,
        }
    });
    let ended = loop {
        tokio::select! {
            // a second that takes longer than one must not hide that time is up
            biased;
            () = &mut time_is_up => break Ok(()),
            ended = &mut bots => break ended.context("the bots panicked").flatten(),
            interrupted = tokio::signal::ctrl_c() => break interrupted.map_err(Into::into),
            _ = second.tick() => {
                let now = stage.tally.tick();
                if let Err(failure) = stage.tally.check().await {
                    break Err(failure);
                }
                if plain && now.elapsed > Duration::from_millis(500) {
                    say(&view::line(&now));
                }
                if screen.is_finished() {
                    break Ok(());
                }
            }
        }
    };
    stop.send_replace(true);
    screen.await.context("the view panicked")??;
    ended?;
    if !bots.is_finished() {
        bots.await.context("the bots panicked")??;
    }
    Ok(())
}

fn summary(total: &Second, proven: &Proven) -> String {
    let Second { commands, events, conflicts, refusals, append, lags, .. } = total;
    let Proven { ledger, tables, keys } = proven;
    let lag = lags.iter().map(|(_, times)| times.p95).fold(0.0, f64::max);
    let all = Proven::all_tables();
    format!(
        "demo ok: commands={commands} events={events} conflicts={conflicts} refusals={refusals} \
         append_p99_ms={:.2} lag_p95_ms={lag:.2} ledger={ledger} tables={tables}/{all} keys={keys} \
         processes_open=0",
        append.p99,
    )
}

/// A line for those who read standard output; one that has gone away is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

//! The demo: bots fight real combats through commands; events go to PostgreSQL, read models to PostgreSQL and
//! Redis, and the terminal shows it all: `cargo run --release -p arena`.
//!
//! - [`bots`]: the rings of players, each bot a task
//! - [`measure`] and [`counted`]: what is counted and timed, and how
//! - [`board`], [`view`] and [`cards`]: the terminal
//! - [`verify`]: the proof at the end that every read model says what the events say

mod board;
mod bots;
mod cards;
mod counted;
mod measure;
mod verify;
mod view;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aether_core::{Engine, Node};
use aether_postgres::PgStore;
use aether_redis::{KeySpace, RedisClient, RedisReadModels};
use aether_servers::{Options as ServerOptions, Servers};
use anyhow::Context as _;
use clap::Args;
use tokio::sync::watch;

use crate::demo::board::Board;
use crate::demo::bots::Rules;
use crate::demo::counted::Counted;
use crate::demo::measure::{Second, Tally};
use crate::demo::verify::Proof;
use crate::demo::view::Stage;
use crate::operate;

/// How long the projections may take to catch up at the end.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the bots play.
#[derive(Debug, Args)]
pub(crate) struct Play {
    /// End after this many seconds; without it, on q or Ctrl-C.
    #[arg(long, value_name = "SECONDS")]
    duration: Option<u64>,
    /// At most this many bots think and act at the same time.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=4096))]
    bots: u16,
    /// Rosters and dice follow from it.
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
        Ok(total) => {
            say(&summary(&total));
            ExitCode::SUCCESS
        }
        Err(error) => {
            // tell it where it cannot be missed, whatever is shown
            let _ = writeln!(std::io::stderr(), "demo failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Play, plain: bool) -> anyhow::Result<Second> {
    say("finding or starting PostgreSQL and Redis …");
    let servers = Servers::start(ServerOptions::default()).await?;
    let database = servers.postgres.database().await?;
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    let redis = RedisClient::connect(servers.redis.url()).await?;
    let keys = KeySpace::with_prefix(servers.redis.prefix())?;

    let counted = Counted::new(store.clone());
    let conflicts = counted.conflicts();
    let engine = Engine::new(counted);
    let game = aether_game::module(&store, &RedisReadModels::new(redis.clone(), keys.clone()));
    game.migrate().await?;
    let node = Node::builder(&engine).install(&game).install(&operate::upkeep(&store)).start()?;
    let projections = ["combat", "participant", "live_combat"];
    let tally = Arc::new(Tally::new(conflicts, node, &projections));

    let stage = Stage { redis: redis.clone(), keys: keys.clone(), board: Arc::default(), tally };
    play(options, plain, &engine, &stage).await?;
    say("the bots have stopped; comparing the read models with the events …");
    let Stage { tally, .. } = stage;
    tally.caught_up(PATIENCE).await?;
    let total = tally.total();
    let proof = Proof { store: &store, redis: &redis, keys: &keys };
    proof.check(&total).await?;

    if let Some(tally) = Arc::into_inner(tally) {
        tally.finish().await?;
    }
    engine.close().await;
    redis.close().await;
    store.pool().close().await;
    database.drop().await?;
    servers.stop().await?;
    Ok(total)
}

/// Lets the bots fight and shows them until the time is over, somebody has seen enough, or something
/// goes wrong.
async fn play(options: &Play, plain: bool, engine: &Engine, stage: &Stage) -> anyhow::Result<()> {
    let rules = Rules {
        bots: options.bots.into(),
        seed: options.seed,
        pace: Duration::from_millis(options.pace),
    };
    let (stop, stopped) = watch::channel(false);
    let board: Arc<Board> = stage.board.clone();
    let mut bots =
        tokio::spawn(bots::run(rules, engine.clone(), stage.tally.clone(), board, stopped.clone()));
    let screen = tokio::spawn(view::show(stage.clone(), plain, stopped));
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let ended = loop {
        let time_is_up = async {
            match options.duration {
                Some(limit) => {
                    let left = Duration::from_secs(limit).saturating_sub(stage.tally.elapsed());
                    tokio::time::sleep(left).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            ended = &mut bots => break ended.context("the arena panicked").flatten(),
            () = time_is_up => break Ok(()),
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
        bots.await.context("the arena panicked")??;
    }
    Ok(())
}

fn summary(total: &Second) -> String {
    let Second { commands, events, conflicts, append, lags, .. } = total;
    let lag = lags.iter().map(|(_, times)| times.p95).fold(0.0, f64::max);
    format!(
        "demo ok: commands={commands} events={events} conflicts={conflicts} append_p99_ms={:.2} \
         lag_p95_ms={lag:.2}",
        append.p99,
    )
}

/// A line for those who read standard output; one that has gone away is no error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

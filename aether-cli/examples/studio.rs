//! A program with the operator's commands: `cargo run -p aether-cli --example studio -- status`

use std::process::ExitCode;
use std::time::Duration;

use aether_cli::{DatabaseOptions, Error, Host};
use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::projection::Verified;
use aether_core::{
    Aggregate, AggregateId, BoxError, Event, EventSet, Facts, Filter, Job, Module, Projection,
    Recorded, Shape,
};
use aether_postgres::{PgStore, PgTx, run_migrations};
use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// Another database, with read models
    #[arg(long, global = true, env = "STUDIO_READ_MODELS_URL")]
    read_models_url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play
    Play,
    #[command(flatten)]
    Aether(aether_cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Options { database, read_models_url, command } = Options::parse();
    match command {
        Command::Play => ExitCode::SUCCESS,
        Command::Aether(command) => {
            let done = operate(command, &database, read_models_url.as_deref()).await;
            aether_cli::exit_code(done)
        }
    }
}

async fn operate(
    command: aether_cli::Command,
    database: &DatabaseOptions,
    read_models_url: Option<&str>,
) -> Result<(), Error> {
    let store = database.connect().await?;
    let mut module = studio(&store);
    if let Some(url) = read_models_url {
        module = module.projection(PgStore::connect(url).await?.read_models(), Rankings);
    }
    aether_cli::run(command, &Host::new(store).install(&module)).await
}

/// What the studio runs in its nodes, and looks after with this program.
fn studio(store: &PgStore) -> Module {
    let (pool, log) = (store.pool().clone(), store.clone());
    Module::new("studio")
        .aggregate::<Player>()
        .projection(store.read_models(), Fortunes)
        .job(Purge)
        .migration("studio", move || {
            let pool = pool.clone();
            async move { run_migrations(&pool, "studio", STUDIO).await }
        })
        .verifier("purses", move || {
            let log = log.clone();
            async move { verify_purses(&log).await }
        })
}

/// A player, and the gold in the purse.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Player {
    name: String,
    level: u32,
    gold: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum PlayerEvent {
    PlayerBorn { name: String },
    GoldWon { amount: i64 },
    GoldSpent { amount: i64 },
    LevelAttained { level: u32 },
}

impl Aggregate for Player {
    const TYPE: &'static str = "Player";
    type Command = ();
    type Event = PlayerEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, (): &(), _: &Facts) -> Result<Vec<PlayerEvent>, Self::Error> {
        Ok(vec![])
    }

    fn apply(&mut self, event: &PlayerEvent) {
        match event {
            PlayerEvent::PlayerBorn { name } => self.name.clone_from(name),
            PlayerEvent::GoldWon { amount } => self.gold += amount,
            PlayerEvent::GoldSpent { amount } => self.gold -= amount,
            PlayerEvent::LevelAttained { level } => self.level = *level,
        }
    }
}

/// The highest level of each player, in a database of its own.
struct Rankings;

#[derive(Deserialize, EventSet)]
#[event(part_of = PlayerEvent)]
enum Levels {
    LevelAttained { level: u32 },
}

impl Projection<PgTx> for Rankings {
    type Events = Levels;

    fn name(&self) -> &'static str {
        "rankings"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["rankings"]
    }

    async fn project(&self, events: &[Recorded<Levels>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            let Levels::LevelAttained { level } = event.event;
            sqlx::query("INSERT INTO rankings VALUES ($1, $2) ON CONFLICT (player_id) DO UPDATE SET level = $2")
                .bind(event.aggregate_id.as_uuid())
                .bind(level.cast_signed())
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

/// What the studio's read models need.
const STUDIO: &[(i64, &str, &str)] =
    &[(1, "fortunes", "CREATE TABLE fortunes (player_id UUID PRIMARY KEY, won BIGINT NOT NULL)")];

/// What each player has ever earned.
struct Fortunes;

#[derive(Deserialize, EventSet)]
#[event(part_of = PlayerEvent)]
enum Wins {
    GoldWon { amount: i64 },
}

impl Projection<PgTx> for Fortunes {
    type Events = Wins;

    fn name(&self) -> &'static str {
        "fortunes"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["fortunes"]
    }

    async fn project(&self, events: &[Recorded<Wins>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            let Wins::GoldWon { amount } = event.event;
            sqlx::query(
                "INSERT INTO fortunes AS f VALUES ($1, $2)
                 ON CONFLICT (player_id) DO UPDATE SET won = f.won + $2",
            )
            .bind(event.aggregate_id.as_uuid())
            .bind(amount)
            .execute(&mut **tx)
            .await?;
        }
        Ok(())
    }
}

/// Removes what nobody needs.
struct Purge;

impl Job for Purge {
    fn name(&self) -> &str {
        "purge"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(24 * 60 * 60)
    }

    async fn run(&self) -> Result<String, BoxError> {
        Ok("3 sessions removed".to_owned())
    }
}

/// Nobody may have less than no gold. A real program compares its read models with the events here.
async fn verify_purses(store: &PgStore) -> Result<Verified, aether_core::Error> {
    let mut players = std::collections::BTreeMap::<AggregateId, Player>::new();
    let mut read = Read::all().filter(Filter::all().aggregate_types([Player::TYPE]));
    loop {
        let page = store.read(read.clone()).await?;
        for event in &page.events {
            players.entry(event.aggregate_id).or_default().apply(&event.decode()?);
        }
        if page.caught_up {
            break;
        }
        read = read.after(page.position);
    }
    let poor = players.iter().filter(|(_, player)| player.gold < 0);
    let told: Vec<_> = poor.map(|(id, it)| format!("{id} has {} gold", it.gold)).collect();
    Ok(Verified::new(format!("{} players", players.len())).differences(told.len() as u64, told))
}

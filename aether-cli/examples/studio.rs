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
        module = module.projection(PgStore::connect(url).await?.read_models(), Palmares);
    }
    aether_cli::run(command, &Host::new(store).install(&module)).await
}

/// What the studio runs in its nodes, and looks after with this program.
fn studio(store: &PgStore) -> Module {
    let (pool, log) = (store.pool().clone(), store.clone());
    Module::new("studio")
        .aggregate::<Joueur>()
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
struct Joueur {
    pseudo: String,
    niveau: u32,
    or: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum JoueurEvent {
    JoueurCree { pseudo: String },
    OrGagne { montant: i64 },
    OrDepense { montant: i64 },
    NiveauAtteint { niveau: u32 },
}

impl Aggregate for Joueur {
    const TYPE: &'static str = "Joueur";
    type Command = ();
    type Event = JoueurEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, (): &(), _: &Facts) -> Result<Vec<JoueurEvent>, Self::Error> {
        Ok(vec![])
    }

    fn apply(&mut self, event: &JoueurEvent) {
        match event {
            JoueurEvent::JoueurCree { pseudo } => self.pseudo.clone_from(pseudo),
            JoueurEvent::OrGagne { montant } => self.or += montant,
            JoueurEvent::OrDepense { montant } => self.or -= montant,
            JoueurEvent::NiveauAtteint { niveau } => self.niveau = *niveau,
        }
    }
}

/// The highest level of each player, in a database of its own.
struct Palmares;

#[derive(Deserialize, EventSet)]
#[event(part_of = JoueurEvent)]
enum Niveaux {
    NiveauAtteint { niveau: u32 },
}

impl Projection<PgTx> for Palmares {
    type Events = Niveaux;

    fn name(&self) -> &'static str {
        "palmares"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["palmares"]
    }

    async fn project(&self, events: &[Recorded<Niveaux>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            let Niveaux::NiveauAtteint { niveau } = event.event;
            sqlx::query("INSERT INTO palmares VALUES ($1, $2) ON CONFLICT (joueur_id) DO UPDATE SET niveau = $2")
                .bind(event.aggregate_id.as_uuid())
                .bind(niveau.cast_signed())
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

/// What the studio's read models need.
const STUDIO: &[(i64, &str, &str)] =
    &[(1, "fortunes", "CREATE TABLE fortunes (joueur_id UUID PRIMARY KEY, gagne BIGINT NOT NULL)")];

/// What each player has ever earned.
struct Fortunes;

#[derive(Deserialize, EventSet)]
#[event(part_of = JoueurEvent)]
enum Gains {
    OrGagne { montant: i64 },
}

impl Projection<PgTx> for Fortunes {
    type Events = Gains;

    fn name(&self) -> &'static str {
        "fortunes"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["fortunes"]
    }

    async fn project(&self, events: &[Recorded<Gains>], tx: &mut PgTx) -> Result<(), BoxError> {
        for event in events {
            let Gains::OrGagne { montant } = event.event;
            sqlx::query(
                "INSERT INTO fortunes AS f VALUES ($1, $2)
                 ON CONFLICT (joueur_id) DO UPDATE SET gagne = f.gagne + $2",
            )
            .bind(event.aggregate_id.as_uuid())
            .bind(montant)
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
    let mut players = std::collections::BTreeMap::<AggregateId, Joueur>::new();
    let mut read = Read::all().filter(Filter::all().aggregate_types([Joueur::TYPE]));
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
    let poor = players.iter().filter(|(_, player)| player.or < 0);
    let told: Vec<_> = poor.map(|(id, it)| format!("{id} has {} gold", it.or)).collect();
    Ok(Verified::new(format!("{} players", players.len())).differences(told.len() as u64, told))
}

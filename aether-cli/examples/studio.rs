//! A program with the operator's commands: `cargo run -p aether-cli --example studio -- status`

use std::process::ExitCode;

use aether_cli::{DatabaseOptions, Error, Host, Verified};
use aether_core::{Aggregate, AggregateId, Event, EventStore as _, Filter, Read, Shape};
use aether_postgres::PgStore;
use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
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
    let Options { database, command } = Options::parse();
    match command {
        Command::Play => ExitCode::SUCCESS,
        Command::Aether(command) => aether_cli::exit_code(operate(command, &database).await),
    }
}

async fn operate(command: aether_cli::Command, database: &DatabaseOptions) -> Result<(), Error> {
    let host = Host::new(database.connect().await?)
        .aggregate::<Joueur>()
        .migration("studio", |_store| async { Ok::<_, aether_postgres::Error>(()) })
        .verifier("purses", |store| async move { verify_purses(&store).await });
    aether_cli::run(command, &host).await
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
    type Id = AggregateId;
    type Command = ();
    type Event = JoueurEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, (): &()) -> Result<Vec<JoueurEvent>, Self::Error> {
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

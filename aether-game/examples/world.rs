//! Figures of a world: `cargo run --release -p aether-game --example world -- [--players N] [--events N] [--seed N] [--import]`.
//!
//! Makes a history and says what is in it and how long that took. With `--import` it also brings the same history into PostgreSQL, that
//! of `AETHER_DATABASE_URL` or one that it starts, into a database of its own.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;
use std::time::Instant;

use aether_core::BoxError;
use aether_game::world::{World, WorldEvent};
use aether_postgres::PgStore;
use aether_servers::{Postgres, PostgresOptions};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let place = arguments.iter().position(|it| it == name)?;
        arguments.get(place + 1)?.parse().ok()
    };
    let players = u32::try_from(number("--players").unwrap_or(1_000_u64))?;
    let events = number("--events").unwrap_or(1_000_000);
    let started = Instant::now();
    let world = World::new(number("--seed").unwrap_or(7));
    println!("catalogue: {:?}", started.elapsed());
    describe(&world, players, events);
    if arguments.iter().any(|it| it == "--import") {
        import(&world, players, events).await?;
    }
    Ok(())
}

fn describe(world: &World, players: u32, events: u64) {
    let started = Instant::now();
    let mut history = world.history(players, events);
    let written = history.by_ref().count();
    let seconds = started.elapsed().as_secs_f64();
    let figures = Figures::of(world.history(players, events));
    for ((of, name), (count, bytes)) in &figures.types {
        println!("{of:<12} {name:<28} {count:>9} of {:>5} bytes", bytes / count);
    }
    for (month, count) in &figures.months {
        println!("{month} {count:>9}");
    }
    let bytes: usize = figures.types.values().map(|(_, bytes)| bytes).sum();
    println!(
        "generated: {written} events of {} bytes, {} players, {} types, {} refusals, in {seconds:.1} s: {:.0} events/s",
        bytes / written.max(1),
        history.players().len(),
        figures.types.len(),
        history.refusals(),
        written as f64 / seconds,
    );
}

/// Events and bytes of payload by type, and events by month.
#[derive(Default)]
struct Figures {
    types: BTreeMap<(String, String), (usize, usize)>,
    months: BTreeMap<String, usize>,
}

impl Figures {
    fn of(history: impl Iterator<Item = WorldEvent>) -> Self {
        let mut figures = Self::default();
        for WorldEvent { stream, event, .. } in history {
            let of = (stream.aggregate_type.to_string(), event.event_type().to_string());
            let (count, bytes) = figures.types.entry(of).or_default();
            *count += 1;
            *bytes += event.bytes();
            let month = event.timestamp().format("%Y-%m").to_string();
            *figures.months.entry(month).or_default() += 1;
        }
        figures
    }
}

async fn import(world: &World, players: u32, events: u64) -> Result<(), BoxError> {
    let server = Postgres::start(PostgresOptions::default()).await?;
    let database = server.database().await?;
    let store = PgStore::connect(database.url()).await?;
    store.migrate().await?;
    let started = Instant::now();
    let imported = world.history(players, events).import(&store).await?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "generated and imported: {} events in {seconds:.1} s: {:.0} events/s",
        imported.events,
        imported.events as f64 / seconds,
    );
    Ok(())
}

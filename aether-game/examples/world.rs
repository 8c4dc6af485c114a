//! Figures of a world: `cargo run --release -p aether-game --example world -- [players] [events] [seed]`.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;
use std::time::Instant;

use aether_game::world::World;

fn main() {
    let number = |place: usize, default: u64| {
        std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let players = number(1, 400);
    let events = number(2, 100_000);
    let started = Instant::now();
    let world = World::new(number(3, 7));
    println!("catalogue in {:?}", started.elapsed());
    let mut counts: BTreeMap<(String, String), (u64, usize)> = BTreeMap::new();
    let started = Instant::now();
    let mut history = world.history(u32::try_from(players).unwrap_or(u32::MAX), events);
    let mut written = 0_u64;
    let mut bytes = 0;
    let mut times = BTreeMap::new();
    for event in history.by_ref() {
        let key = (event.stream.aggregate_type.to_string(), event.event.event_type().to_string());
        let count = counts.entry(key).or_default();
        count.0 += 1;
        count.1 += event.event.payload().as_str().len();
        written += 1;
        bytes += event.event.bytes();
        *times.entry(event.event.timestamp().format("%Y-%m").to_string()).or_insert(0) += 1;
    }
    let took = started.elapsed();
    for ((of, name), (count, payload)) in &counts {
        println!("{of:<12} {name:<28} {count:>9} {:>6} bytes", payload / *count as usize);
    }
    println!("{times:?}");
    println!(
        "{written} events, {} bytes each, in {took:?}: {:.0} events/s; {} refusals; until {}",
        bytes / written.max(1) as usize,
        written as f64 / took.as_secs_f64(),
        history.refusals(),
        history.now(),
    );
}

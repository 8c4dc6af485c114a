//! The resume test: clients that come and go, connections that are cut, and nobody misses anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aether_core::log::Anchor;
use aether_core::memory::MemoryReadModels;
use aether_core::time::{Random as _, SeededRandom};
use aether_realtime::bus::{Channel, Feeds};

use super::Place;
use super::world::{Tale, World, come_back};

/// How long it runs by default; `AETHER_RESUME_SECONDS` says otherwise.
const SECONDS: u64 = 4;
/// How many clients, combats and processes there are.
const CLIENTS: u64 = 100;
const COMBATS: u128 = 10;
const PROCESSES: usize = 3;

/// What happens is drawn from a seed; `AETHER_CONTRACT_SEED` sets another one.
fn draw(random: &SeededRandom, below: u64) -> u64 {
    (random.next() as u64) % below
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// A hundred clients in three processes follow ten combats and the world. Listeners are cut off, publishers are
/// stopped and started, what the bus runs on is killed, clients disconnect and come back with the last message
/// they saw. Each sees each message once, in order.
pub async fn a_hundred_clients_see_everything_once_in_order_whatever_is_cut(backend: Arc<Place>) {
    let seed = number("AETHER_CONTRACT_SEED").unwrap_or(7);
    let span = Duration::from_secs(number("AETHER_RESUME_SECONDS").unwrap_or(SECONDS));
    let (world, over) = (Arc::new(World::new()), Arc::new(AtomicBool::new(false)));
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        processes.push(world.feeds(backend.connect().await));
    }
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let channel = match client % 11 {
            10 => world.world_events(),
            combat => world.channel(u128::from(combat)),
        };
        let feeds = processes[client as usize % PROCESSES].clone();
        let random = SeededRandom::new(seed * 1000 + client);
        let over = over.clone();
        clients.push(tokio::spawn(follow(feeds, channel, random, over)));
    }
    let writer = tokio::spawn(write(world.clone(), SeededRandom::new(seed + 1), over.clone()));
    let cuts = break_things(&*backend, &world, &SeededRandom::new(seed), span).await;
    over.store(true, Ordering::SeqCst);
    writer.await.expect("it did not panic");
    // the last one of each channel: what clients stop at
    let (models, bus) = (MemoryReadModels::default(), backend.connect().await);
    let node = world.announce(bus, &models);
    for combat in 0..COMBATS {
        world.append(combat, 3).await;
    }
    let mut seen = 0;
    for (client, task) in clients.into_iter().enumerate() {
        let expected = match client as u64 % 11 {
            10 => world.truth(None).await,
            combat => world.truth(Some(u128::from(combat))).await,
        };
        let positions = finish(&processes[client % PROCESSES], &world, client, task, &expected);
        let positions = positions.await;
        assert_eq!(positions, expected, "client {client}, seed {seed}");
        seen += positions.len();
    }
    node.stop().await.expect("it stops");
    assert!(cuts > 0 && seen > 1000, "{cuts} cuts, {seen} messages seen: too little to tell");
}

/// Follows a channel until the world has stopped, with breaks; what it saw.
async fn follow(
    feeds: Feeds,
    channel: Channel<Tale>,
    random: SeededRandom,
    over: Arc<AtomicBool>,
) -> Vec<Anchor> {
    let mut seen: Vec<Anchor> = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let mut feed = come_back(&feeds, &channel, seen.last().copied()).await;
        // some read slowly, and all disconnect now and then
        let (messages, slow) = (draw(&random, 60), draw(&random, 4) == 0);
        for _ in 0..=messages {
            let next = tokio::time::timeout(Duration::from_millis(200), feed.next()).await;
            let Ok(update) = next else { break };
            seen.push(update.expect("a message").anchor());
            if slow {
                tokio::time::sleep(Duration::from_millis(draw(&random, 20))).await;
            }
        }
    }
    seen
}

/// Lets a client see the rest.
async fn finish(
    feeds: &Feeds,
    world: &World,
    client: usize,
    task: tokio::task::JoinHandle<Vec<Anchor>>,
    expected: &[u64],
) -> Vec<u64> {
    let seen = task.await.expect("it did not panic");
    let channel = match client as u64 % 11 {
        10 => world.world_events(),
        combat => world.channel(u128::from(combat)),
    };
    let mut feed = come_back(feeds, &channel, seen.last().copied()).await;
    let mut seen: Vec<u64> = seen.iter().map(|anchor| anchor.position.get()).collect();
    while seen.last() != expected.last() {
        let next = tokio::time::timeout(aether_testkit::DEADLINE, feed.next()).await;
        let Ok(update) = next else { panic!("client {client} misses what comes after {seen:?}") };
        seen.push(update.expect("a message").position.get());
    }
    seen
}

async fn write(world: Arc<World>, random: SeededRandom, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        let combat = u128::from(draw(&random, COMBATS as u64));
        world.append(combat, 1 + draw(&random, 3) as usize).await;
        tokio::time::sleep(Duration::from_millis(draw(&random, 6))).await;
    }
}

/// Breaks things for a while; how often.
async fn break_things(
    backend: &Place,
    world: &World,
    random: &SeededRandom,
    span: Duration,
) -> u32 {
    let end = Instant::now() + span;
    let models = MemoryReadModels::default();
    let mut node = world.announce(backend.connect().await, &models);
    let mut cuts = 0;
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20 + draw(random, 150))).await;
        cuts += 1;
        match draw(random, 8) {
            0 => backend.restart().await,
            1 => {
                // another one takes over, from the checkpoint or, with a new one, from the start
                node.stop().await.expect("it stops");
                let fresh = MemoryReadModels::default();
                let lost = draw(random, 2) == 0;
                let models = if lost { &fresh } else { &models };
                node = world.announce(backend.connect().await, models);
            }
            _ => {
                backend.cut().await;
                tokio::time::sleep(Duration::from_millis(draw(random, 100))).await;
                backend.mend().await;
            }
        }
    }
    node.stop().await.expect("it stops");
    cuts
}

//! What is done to the nodes while they work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sqlx::postgres::PgPool;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::fleet::Fleet;
use super::{CONTROL, Options};

/// What can happen.
#[derive(Debug, Clone, Copy)]
enum Act {
    Kill,
    /// Shorter than a lease: nobody takes over.
    Nap,
    /// Longer than a lease: it wakes up and is nobody any more.
    Sleep,
    Stop,
    Add,
    /// Every connection of every node and of the writer is ended, those that listen too.
    Cut,
}

/// Each comes about as often as it is here.
const ACTS: [Act; 11] = [
    Act::Kill,
    Act::Kill,
    Act::Kill,
    Act::Nap,
    Act::Sleep,
    Act::Sleep,
    Act::Stop,
    Act::Add,
    Act::Add,
    Act::Add,
    Act::Cut,
];

/// What was done besides what the fleet has counted.
#[derive(Debug, Default)]
pub(super) struct Stirred {
    pub(super) long_pauses: usize,
    pub(super) cuts: usize,
}

struct Trouble {
    random: StdRng,
    /// What comes next, the last first; shuffled anew when it is empty.
    deck: Vec<Act>,
    stirred: Stirred,
}

/// Makes trouble until the time is over and everything is written, with a line on stderr every second.
pub(super) async fn stir(
    fleet: &mut Fleet,
    pool: &PgPool,
    options: &Options,
    seed: u64,
    writing: &JoinHandle<Result<()>>,
    written: &AtomicU64,
) -> Result<Stirred> {
    let random = StdRng::seed_from_u64(seed);
    let mut trouble = Trouble { random, deck: Vec::new(), stirred: Stirred::default() };
    let started = Instant::now();
    let until = started + Duration::from_secs(options.duration);
    let mut next_act = started + Duration::from_secs(1);
    let mut next_line = started + Duration::from_secs(1);
    while Instant::now() < until || !writing.is_finished() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        fleet.attend()?;
        let now = Instant::now();
        if now >= next_act {
            next_act = now + Duration::from_millis(150 + trouble.below(900));
            trouble.act(fleet, pool, options.nodes).await?;
        }
        if now >= next_line {
            next_line += Duration::from_secs(1);
            eprintln!(
                "torture-nodes: {}s written={} nodes={} awake={} kills={} pauses={} cuts={}",
                now.duration_since(started).as_secs(),
                written.load(Ordering::Relaxed),
                fleet.len(),
                fleet.awake(),
                fleet.kills.len(),
                fleet.pauses,
                trouble.stirred.cuts,
            );
        }
    }
    Ok(trouble.stirred)
}

impl Trouble {
    async fn act(&mut self, fleet: &mut Fleet, pool: &PgPool, nodes: usize) -> Result<()> {
        let act = self.draw();
        let victim = self.below(64) as usize;
        let done = match act {
            Act::Kill => fleet.kill(victim).await?,
            Act::Nap => fleet.pause(victim, Duration::from_millis(100 + self.below(1900)))?,
            Act::Sleep => {
                let span = Duration::from_millis(3500 + self.below(4000));
                let slept = fleet.pause(victim, span)?;
                self.stirred.long_pauses += usize::from(slept);
                slept
            }
            Act::Stop => fleet.stop(victim)?,
            Act::Add => false,
            Act::Cut => {
                self.stirred.cuts += 1;
                eprintln!("torture-nodes: {} connections cut", chrono::Utc::now().time());
                cut(pool).await?;
                true
            }
        };
        // one that could not be taken away is given company
        let most = if done { nodes } else { nodes + 1 };
        if fleet.len() < most && (!done || self.below(2) == 0) {
            fleet.start()?;
        }
        Ok(())
    }

    fn draw(&mut self) -> Act {
        if self.deck.is_empty() {
            self.deck = ACTS.to_vec();
            for index in (1..self.deck.len()).rev() {
                let other = self.below(index as u64 + 1) as usize;
                self.deck.swap(index, other);
            }
        }
        self.deck.pop().unwrap_or(Act::Add)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }
}

async fn cut(pool: &PgPool) -> Result<()> {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend'
           AND application_name <> $1",
    )
    .bind(CONTROL)
    .execute(pool)
    .await?;
    Ok(())
}

//! Aether beside hand-written SQL: the same work, the same server, turn by turn.
//!
//! Both sides use the same database, equally large pools, the same payloads and metadata, and the same
//! client code around the call that is measured. Rounds alternate, because machines are noisy; what is
//! printed is the median over the rounds. The hand-written side is in `handwritten.rs` and
//! `handwritten.sql`.

mod append;
mod bank;
mod by_hand;
mod cached;
mod command;
mod copy;
mod handwritten;
mod hot_command;
mod hot_process;
mod hot_stream;
mod import;
mod lag;
mod listener;
mod load;
mod locked;
mod notified;
mod project;
mod ranked;
mod realtime;
mod replay;
mod row;

pub use listener::Listen;

use std::time::Duration;

use aether_postgres::PgStore;
use aether_servers::Database;
use anyhow::{Result, bail};
use sqlx::postgres::PgPool;

use crate::server::{Server, checkpoint, pool};
use bank::Access;
use handwritten::Handwritten;
use load::{Client, Pace, drive};
use project::Steps;
use row::{Goal, Row};

/// What is compared, and for how long.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "Aether beside hand-written SQL, on one PostgreSQL with fsync on")]
pub struct Options {
    /// How many seconds each side works in each round.
    #[arg(long, default_value_t = 3.0)]
    pub seconds: f64,
    /// How many rounds each side gets.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Only these works; may be repeated.
    #[arg(long, value_name = "WORK")]
    pub only: Vec<String>,
    /// Only with this many tasks at the same time; may be repeated.
    #[arg(long, value_name = "N")]
    pub concurrency: Vec<usize>,
    /// How many events the replay reads, each round of the import stores, and projections project.
    #[arg(long, default_value_t = 300_000)]
    pub events: usize,
    /// How many connections each side's pool has.
    #[arg(long, default_value_t = 32)]
    pub pool: u32,
    /// How many writers Aether's store has.
    #[arg(long, default_value_t = 2)]
    pub writers: usize,
}

/// Every work, with how many tasks it runs at the same time and what it should reach.
const WORKS: [(&str, usize, &[Goal]); 27] = [
    ("append", 1, &[Goal::MedianAtMost(1.2)]),
    ("append", 16, &[]),
    ("append", 64, &[Goal::Ratio(5.0), Goal::TailAtMost(1.0 / 3.0)]),
    ("append", 256, &[Goal::Ratio(8.0)]),
    ("append-batch", 64, &[]),
    ("command", 64, &[Goal::Ratio(10.0)]),
    ("command-cold", 64, &[Goal::Ratio(1.5)]),
    ("hot-stream", 64, &[]),
    ("hot-command", 64, &[Goal::Ratio(10.0), Goal::P99Within(Duration::from_millis(25))]),
    ("hot-command-retry", 64, &[Goal::Ratio(10.0), Goal::P99Within(Duration::from_millis(25))]),
    ("hot-process", 64, &[Goal::Rate(500.0)]),
    ("import", 1, &[Goal::Ratio(0.5)]),
    ("replay", 1, &[Goal::Ratio(1.2)]),
    ("count-each", 1, &[Goal::Ratio(10.0)]),
    ("count-batch", 1, &[Goal::Ratio(0.8)]),
    ("combat-each", 1, &[Goal::Ratio(10.0)]),
    ("combat-batch", 1, &[Goal::Ratio(0.8)]),
    ("lag", 20, &[Goal::P95Within(Duration::from_millis(15))]),
    ("lag-across", 20, &[Goal::P95Within(Duration::from_millis(15))]),
    ("cache-process", 64, &[Goal::P99Within(Duration::from_micros(50))]),
    ("cache-redis", 64, &[Goal::Ratio(0.9)]),
    ("cache-tiered", 64, &[Goal::Ratio(5.0)]),
    ("cache-miss", 16, &[]),
    ("stampede", 200, &[]),
    ("lock", 16, &[]),
    ("leaderboard", 16, &[]),
    ("notify", 20, &[Goal::P99Within(Duration::from_millis(10))]),
];

/// Compares, and hands out each line of the result when it is known.
///
/// # Errors
///
/// When there is no durable server, a work is not known, or either side fails. A missed goal is no
/// error.
pub async fn run(options: Options, mut print: impl FnMut(&str)) -> Result<()> {
    if let Some(unknown) =
        options.only.iter().find(|only| !WORKS.iter().any(|(work, ..)| work == only))
    {
        let known: Vec<_> = WORKS.iter().map(|(work, ..)| *work).collect();
        bail!("there is no work {unknown:?}; there are {}", known.join(", "));
    }
    let server = Server::start().await?;
    let cores = std::thread::available_parallelism()?;
    print(&format!("# {} pool={} cores={cores}", server.describe(), options.pool));
    print(&format!(
        "# rounds={} seconds={} events={}; the median over the rounds counts",
        options.rounds, options.seconds, options.events
    ));
    for (work, concurrency, goals) in WORKS {
        let wanted = (options.only.is_empty() || options.only.iter().any(|only| only == work))
            && (options.concurrency.is_empty() || options.concurrency.contains(&concurrency));
        if wanted {
            let mut row = Row::new(work, concurrency, goals);
            let bench = Bench::new(&server, &options, concurrency).await?;
            bench.measure(work, &mut row).await?;
            print(&row.to_string());
            bench.finish().await?;
        }
    }
    server.stop().await
}

/// A database of its own for each work, and both sides on it.
struct Bench {
    database: Database,
    store: PgStore,
    handwritten: Handwritten,
    concurrency: usize,
    options: Options,
}

impl Bench {
    async fn new(server: &Server, options: &Options, concurrency: usize) -> Result<Self> {
        let database = server.database().await?;
        let store =
            PgStore::builder().writers(options.writers).build(pool(&database, options.pool).await?);
        let handwritten = Handwritten::create(pool(&database, options.pool).await?).await?;
        let options = options.clone();
        Ok(Self { database, store, handwritten, concurrency, options })
    }

    async fn measure(&self, work: &str, row: &mut Row) -> Result<()> {
        match work {
            "append" => append::measure(self, row, 1).await,
            "append-batch" => append::measure(self, row, 10).await,
            "command" => command::measure(self, row, true).await,
            "command-cold" => command::measure(self, row, false).await,
            "hot-command" => hot_command::measure(self, row, Access::Locked).await,
            "hot-command-retry" => hot_command::measure(self, row, Access::Optimistic).await,
            "hot-process" => hot_process::measure(self, row).await,
            "hot-stream" => hot_stream::measure(self, row).await,
            "import" => import::measure(self, row).await,
            "count-each" => project::count(self, row, Steps::Each).await,
            "count-batch" => project::count(self, row, Steps::Batches).await,
            "combat-each" => project::combat(self, row, Steps::Each).await,
            "combat-batch" => project::combat(self, row, Steps::Batches).await,
            "lag" => lag::measure(self, row, false).await,
            "lag-across" => lag::measure(self, row, true).await,
            "cache-process" => cached::in_process(self, row).await,
            "cache-redis" => cached::in_redis(self, row).await,
            "cache-tiered" => cached::tiered(self, row).await,
            "cache-miss" => cached::missed(self, row).await,
            "stampede" => cached::stampede(self, row).await,
            "lock" => locked::measure(self, row).await,
            "leaderboard" => ranked::measure(self, row).await,
            "notify" => notified::measure(self, row).await,
            _ => replay::measure(self, row).await,
        }
    }

    /// How long the sides of a round work, and how long before anything counts.
    fn pace(&self, round: usize) -> Pace {
        let span = Duration::from_secs_f64(self.options.seconds.max(0.1));
        Pace { warm_up: if round == 0 { span / 2 } else { span / 10 }, span }
    }

    /// Lets both sides work round by round, one after the other.
    async fn in_turns<A: Client, B: Client>(
        &self,
        row: &mut Row,
        mut aether: Vec<A>,
        mut by_hand: Vec<B>,
    ) -> Result<()> {
        for round in self.rounds() {
            let (a, h);
            (aether, a) = drive(aether, self.pace(round)).await?;
            (by_hand, h) = drive(by_hand, self.pace(round)).await?;
            row.push(a, h);
        }
        Ok(())
    }

    fn rounds(&self) -> std::ops::Range<usize> {
        0..self.options.rounds.max(1)
    }

    async fn finish(self) -> Result<()> {
        aether_core::backend::EventStore::close(&self.store).await;
        self.pool().close().await;
        self.handwritten.pool.close().await;
        Ok(self.database.drop().await?)
    }

    fn pool(&self) -> &PgPool {
        self.store.pool()
    }
}

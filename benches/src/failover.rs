//! A primary that crashes and fails over to an asynchronous standby, while processes live: an account of every event.
//!
//! Writers command purses from states in their caches, subscriptions and a node follow the log, all in several processes
//! that know one address. Under them the primary is killed after rollbacks and started again, or a standby that was
//! behind takes its place. What the standby lacked is lost. Everything else is held against the log that survives: each
//! of its events was shown once to each reader, and nothing was decided on an event that was lost.

mod account;
pub mod child;
mod line;
mod purse;

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_postgres::PgStore;
use aether_servers::{Postgres, PostgresOptions};
use anyhow::{Result, ensure};
use parking_lot::Mutex;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::time::Instant;

use account::{Account, Book};
use child::Plan;

use crate::process::Process;

/// How long and how hard.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "Fail-overs and crashes under load, and an account of every event afterwards")]
pub struct Options {
    /// For how many seconds the writers write.
    #[arg(long, default_value_t = 60)]
    pub duration: u64,
    /// How many processes write; one more only reads.
    #[arg(long, default_value_t = 3)]
    pub processes: usize,
    /// What a child of this program does.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What this program starts itself for.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// One of the processes.
    #[command(hide = true)]
    Child(Plan),
}

/// For how long writers may take to finish, and readers to see the last event.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many writers a process has.
const WRITERS: usize = 4;
/// How long the children are left alone between two blows.
const PEACE: Duration = Duration::from_millis(1500);

type Shared = Arc<Mutex<Book>>;

/// Tortures, prints the account, and says whether it was clean.
///
/// # Errors
///
/// When there is no server of our own, or the account cannot be made. What is found is no error.
pub async fn run(options: Options, mut print: impl FnMut(&str)) -> Result<bool> {
    // what matters is what was written when a process is killed, not what the disk has
    let tests = PostgresOptions::for_tests().own().setting("wal_writer_delay", "200ms");
    let primary = Postgres::start(tests).await?;
    let standby = primary.standby().await?;
    let database = primary.database().await?;
    let store = PgStore::builder().max_connections(2).connect(database.url()).await?;
    store.migrate().await?;
    sqlx::query("CREATE TABLE failover_rows (event_id UUID)").execute(store.pool()).await?;
    store.close().await;
    store.pool().close().await;
    print(&format!("# duration={}s processes={}", options.duration, options.processes));
    let book = Shared::default();
    let mut children = Vec::new();
    for index in 0..=options.processes {
        let writers = if index < options.processes { WRITERS } else { 0 };
        let plan = Plan { index, url: database.url().to_owned(), writers };
        let book = book.clone();
        let hear = move |line: &str| {
            book.lock().enter(line.parse()?);
            Ok(())
        };
        children.push(Process::start(format!("process {index}"), plan.arguments(), hear)?);
    }
    let url = database.url().to_owned();
    let span = Duration::from_secs(options.duration);
    let (primary, blows) = stir(primary, standby, &url, span).await?;
    for child in &mut children {
        child.tell("stop").await;
    }
    writers_done(&book, children.len()).await?;

    let store = PgStore::builder().max_connections(4).connect(&url).await?;
    let last = store.end().await?;
    for child in &mut children {
        child.tell(&last.get().to_string()).await;
    }
    let deadline = Instant::now() + PATIENCE;
    for child in children {
        let findings = child.end(deadline).await;
        book.lock().findings.extend(findings);
    }
    let book = std::mem::take(&mut *book.lock());
    print(&format!("# {blows}; readers said {} times that events were lost", book.said_lost));
    let account = Account::of(book, &store).await?;
    account.findings.iter().take(50).for_each(|finding| print(&format!("! {finding}")));
    store.close().await;
    store.pool().close().await;
    primary.stop().await?;
    print(&account.verdict());
    Ok(account.is_clean())
}

/// Kills the primary again and again, both ways once at least; returns the one that is left, and what was done.
async fn stir(
    mut primary: Postgres,
    mut standby: Postgres,
    url: &str,
    span: Duration,
) -> Result<(Postgres, String)> {
    let until = Instant::now() + span;
    let (mut crashes, mut fail_overs) = (0, 0);
    loop {
        tokio::time::sleep(PEACE).await;
        roll_back(url).await?;
        primary.kill9().await?;
        primary.restart().await?;
        crashes += 1;
        tokio::time::sleep(PEACE).await;
        // what comes now is lost
        standby.stop_following().await?;
        tokio::time::sleep(Duration::from_millis(100 * (1 + fail_overs % 5))).await;
        primary.kill9().await?;
        standby.take_over(&primary).await?;
        fail_overs += 1;
        let failed = std::mem::replace(&mut primary, standby);
        failed.stop().await?;
        if Instant::now() >= until {
            // the readers have a moment to meet what was lost
            tokio::time::sleep(PEACE).await;
            return Ok((primary, format!("{crashes} crashes, {fail_overs} fail-overs")));
        }
        standby = primary.standby().await?;
    }
}

/// An append of another program that draws many numbers and gives them up.
async fn roll_back(url: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let draw = "SELECT nextval('aether_event_sequence') FROM generate_series(1, 200)";
    for statement in ["BEGIN", "SELECT aether_enter()", draw, "ROLLBACK"] {
        connection.execute(statement).await?;
    }
    Ok(connection.close().await?)
}

async fn writers_done(book: &Shared, processes: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while book.lock().done < processes {
        ensure!(Instant::now() < deadline, "some processes did not finish in time");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

//! Writers and readers in several processes, trouble between them, and an account of every event.
//!
//! The parent starts the server and the children, kills connections while they work, writes down what they say, and
//! at the end holds that [history](crate::history) against the log.

pub mod child;
mod purse;
mod reader;
mod trouble;
mod writer;

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::history::{Account, Book, Line, Rule, check_table};
use crate::process::Process;
use crate::server::{self, Server};
use child::{Plan, Role};

/// How long and how hard.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "Appends under fire, and an account of every event afterwards")]
pub struct Options {
    /// For how many seconds the writers write.
    #[arg(long, default_value_t = 60)]
    pub duration: u64,
    /// How many processes the writers are spread over.
    #[arg(long, default_value_t = 4)]
    pub processes: usize,
    /// How many writers each of them has.
    #[arg(long, default_value_t = 8)]
    pub writers: usize,
    /// Also kill the whole server without a warning, and start it again, every few seconds.
    #[arg(long, value_name = "SECONDS")]
    pub crash_every: Option<u64>,
    /// Writes the history to this file, for the program `history`.
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
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

/// How many processes only read.
const READER_PROCESSES: usize = 2;
/// For how long readers may take to see the last event once the writers are done, and writers to finish.
const PATIENCE: Duration = Duration::from_secs(90);

/// Tortures, prints the account, and says whether it was clean.
///
/// # Errors
///
/// When there is no server, or the account cannot be made. What is found is no error.
pub async fn run(options: Options, mut print: impl FnMut(&str)) -> Result<bool> {
    let mut server = Server::start().await?;
    let database = server.database().await?;
    let pool = server::pool(&database, 4).await?;
    print(&format!(
        "# {} duration={}s writers={}x{}",
        server.describe(),
        options.duration,
        options.processes,
        options.writers
    ));
    let ledger = Arc::new(Mutex::new(Ledger::new(options.history.as_deref())?));
    let mut children = Vec::new();
    for role in [Role::Writers, Role::Readers] {
        let processes = if role == Role::Writers { options.processes } else { READER_PROCESSES };
        for index in 0..processes {
            let plan = Plan {
                role,
                index,
                url: database.url().to_owned(),
                writers: options.writers,
                seconds: options.duration,
            };
            let ledger = ledger.clone();
            let hear = move |line: &str| ledger.lock().enter(line.parse()?);
            children.push(Process::start(format!("{role:?} {index}"), plan.arguments(), hear)?);
        }
    }
    let kills = trouble::stir(&mut server, &pool, &options, &ledger).await?;
    // a crash has left it with dead connections
    pool.close().await;
    let pool = server::pool(&database, 4).await?;
    writers_done(&ledger, options.processes).await?;
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(event_sequence), 0) FROM aether_log")
        .fetch_one(&pool)
        .await?;
    let deadline = Instant::now() + PATIENCE;
    for child in &mut children {
        child.tell(&last.to_string()).await;
    }
    for child in children {
        for finding in child.end(deadline).await {
            ledger.lock().find(finding)?;
        }
    }
    let book = ledger.lock().take()?;
    print(&format!("# {kills}"));
    let account = check_table(book, &pool).await?;
    account.lines().for_each(|line| print(&line));
    pool.close().await;
    database.drop().await?;
    server.stop().await?;
    print(&verdict(&account));
    Ok(account.is_clean())
}

/// The last line.
fn verdict(account: &Account) -> String {
    format!(
        "torture: appended={} seen={} missed={} duplicated={} out_of_order={}",
        account.appended,
        account.seen,
        account.count(Rule::ReaderMissedNothing),
        account.count(Rule::ReaderSawOnce),
        account.count(Rule::ReaderInOrder)
    )
}

/// What the children have said, and the file it is written to.
struct Ledger {
    book: Book,
    file: Option<BufWriter<std::fs::File>>,
}

impl Ledger {
    fn new(file: Option<&Path>) -> Result<Self> {
        let create = |path: &Path| {
            let file = std::fs::File::create(path);
            file.with_context(|| format!("{} cannot be written", path.display()))
        };
        Ok(Self { book: Book::default(), file: file.map(create).transpose()?.map(BufWriter::new) })
    }

    fn enter(&mut self, line: Line) -> Result<()> {
        if let Some(file) = &mut self.file {
            writeln!(file, "{line}")?;
        }
        self.book.enter(line);
        Ok(())
    }

    fn find(&mut self, finding: String) -> Result<()> {
        self.enter(Line::Finding(finding))
    }

    /// The whole history, once nobody says anything any more.
    fn take(&mut self) -> Result<Book> {
        if let Some(mut file) = self.file.take() {
            file.flush()?;
        }
        Ok(std::mem::take(&mut self.book))
    }
}

async fn writers_done(ledger: &Mutex<Ledger>, processes: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if ledger.lock().book.processes_done >= processes {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ledger.lock().find("some writers did not finish in time".to_owned())
}

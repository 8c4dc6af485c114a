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
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_testkit::servers::Database;
use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::history::{Account, Book, Line, Rule, check_table};
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
    /// Also kill the whole server without a warning, and start it again, every so many seconds.
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
/// When there is no server, or the account can not be made. What is found is no error.
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
            children.push(Process::start(role, index, &options, &database, &ledger)?);
        }
    }
    let kills = trouble::stir(&mut server, &pool, &options, &ledger).await?;
    // a crash has left it with dead connections
    pool.close().await;
    let pool = server::pool(&database, 4).await?;
    writers_done(&ledger, options.processes).await;
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(event_sequence), 0) FROM aether_log")
        .fetch_one(&pool)
        .await?;
    let deadline = Instant::now() + PATIENCE;
    for child in &mut children {
        child.finish_at(last).await;
    }
    for child in children {
        child.end(deadline, &ledger).await;
    }
    let book = lock(&ledger).take()?;
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

    fn find(&mut self, finding: String) {
        self.book.enter(Line::Finding(finding));
    }

    /// The whole history, once nobody says anything any more.
    fn take(&mut self) -> Result<Book> {
        if let Some(mut file) = self.file.take() {
            file.flush()?;
        }
        Ok(std::mem::take(&mut self.book))
    }
}

async fn writers_done(ledger: &Mutex<Ledger>, processes: usize) {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if lock(ledger).book.processes_done >= processes {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    lock(ledger).find("some writers did not finish in time".to_owned());
}

fn lock(ledger: &Mutex<Ledger>) -> std::sync::MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A child, and the task that writes down what it says.
struct Process {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    listening: JoinHandle<Result<()>>,
}

impl Process {
    fn start(
        role: Role,
        index: usize,
        options: &Options,
        database: &Database,
        ledger: &Arc<Mutex<Ledger>>,
    ) -> Result<Self> {
        let plan = Plan {
            role,
            index,
            url: database.url().to_owned(),
            writers: options.writers,
            seconds: options.duration,
        };
        let mut child = tokio::process::Command::new(std::env::current_exe()?)
            .args(plan.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("this program could not start itself")?;
        let stdout = child.stdout.take().context("a child without output")?;
        let ledger = ledger.clone();
        let listening = tokio::spawn(async move {
            let mut lines = BufReader::with_capacity(1 << 16, stdout).lines();
            while let Some(line) = lines.next_line().await? {
                let line = line.parse().with_context(|| format!("a child said {line:?}"))?;
                lock(&ledger).enter(line)?;
            }
            Ok(())
        });
        let name = format!("{role:?} {index}");
        Ok(Self { name, stdin: child.stdin.take(), child, listening })
    }

    /// Tells its readers where the log ends.
    async fn finish_at(&mut self, last: i64) {
        if let Some(stdin) = &mut self.stdin {
            // a child that is gone is found out when it is waited for
            let _ = stdin.write_all(format!("{last}\n").as_bytes()).await;
            let _ = stdin.flush().await;
        }
    }

    async fn end(mut self, deadline: Instant, ledger: &Mutex<Ledger>) {
        let found = match tokio::time::timeout_at(deadline, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => None,
            Ok(Ok(status)) => Some(format!("{} ended with {status}", self.name)),
            Ok(Err(error)) => Some(format!("{} was lost: {error}", self.name)),
            Err(_) => {
                let _ = self.child.kill().await;
                Some(format!("{} did not see the last event in time", self.name))
            }
        };
        let heard = self.listening.await;
        let mut ledger = lock(ledger);
        if let Some(found) = found {
            ledger.find(found);
        }
        if !matches!(heard, Ok(Ok(()))) {
            ledger.find(format!("{} could not be understood: {heard:?}", self.name));
        }
    }
}

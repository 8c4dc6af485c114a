//! The example program `studio` as a process, and databases for it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use aether_postgres::PgStore;
use aether_servers::Database;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// Two players who earn and spend, in three requests: eight events.
pub(crate) const LOG: &str = include_str!("log.jsonl");
pub(crate) const AUBE: &str = "000000a1-0000-7000-8000-0000000000a1";
pub(crate) const BRUNE: &str = "000000b2-0000-7000-8000-0000000000b2";
pub(crate) const PURCHASE: &str = "000000c3-0000-7000-8000-0000000000c3";

/// The program, and a database of its own.
pub(crate) struct Studio {
    pub(crate) database: Database,
    /// Where it has read models beside.
    pub(crate) read_models_url: Option<String>,
}

/// How a command has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Studio {
    /// A migrated database without events.
    pub(crate) async fn empty() -> Self {
        Self { database: migrated().await, read_models_url: None }
    }

    /// One with the events of [`LOG`].
    pub(crate) async fn open() -> Self {
        let studio = Self::empty().await;
        studio.run_with(&["import"], LOG).await.succeeded();
        studio
    }

    /// A command of the program, ready to be started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(args).env("AETHER_DATABASE_URL", self.database.url()).kill_on_drop(true);
        command.envs(self.read_models_url.iter().map(|url| ("STUDIO_READ_MODELS_URL", url)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Ended {
        Ended::of(self.spawn(args)).await
    }

    /// Runs a command with `input` on its standard input.
    pub(crate) async fn run_with(&self, args: &[&str], input: &str) -> Ended {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writing = tokio::spawn(async move {
            // a command that has failed reads no further
            let _ = stdin.write_all(input.as_bytes()).await;
        });
        let ended = Ended::of(child).await;
        writing.await.unwrap();
        ended
    }

    /// What a command prints; it has to succeed.
    pub(crate) async fn shows(&self, args: &[&str]) -> String {
        self.run(args).await.succeeded()
    }

    /// The document that a command prints.
    pub(crate) async fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.shows(args).await).unwrap()
    }

    /// The error line of a command that has to fail.
    pub(crate) async fn refuses(&self, args: &[&str]) -> String {
        self.run(args).await.failed()
    }

    /// Runs statements past the program.
    pub(crate) async fn sql(&self, sql: &str) {
        let mut connection = PgConnection::connect(self.database.url()).await.unwrap();
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
        connection.close().await.unwrap();
    }

    /// The one text a statement answers with.
    pub(crate) async fn text(&self, sql: &str) -> String {
        let mut connection = PgConnection::connect(self.database.url()).await.unwrap();
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        query.fetch_one(&mut connection).await.unwrap()
    }
}

/// A migrated database without events.
pub(crate) async fn migrated() -> Database {
    let postgres = aether_servers::shared_postgres().await.unwrap();
    let migrate = async |url: String| {
        let store = PgStore::connect(&url).await?;
        store.migrate().await?;
        store.pool().close().await;
        Ok::<_, aether_postgres::Error>(())
    };
    postgres.database_from("aether_cli", migrate).await.unwrap()
}

impl Ended {
    pub(crate) async fn of(child: Child) -> Self {
        let limit = Duration::from_secs(60);
        let output = tokio::time::timeout(limit, child.wait_with_output()).await;
        let output = output.expect("a command that ends").unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn succeeded(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// One line of error and exit code 1.
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let line = self.stderr.strip_prefix("error: ").unwrap_or_else(|| panic!("{self:?}"));
        assert_eq!(line.lines().count(), 1, "{self:?}");
        line.trim_end().to_owned()
    }
}

/// Cargo builds examples beside the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/studio");
    assert!(program.exists(), "{program:?} is missing: cargo build -p aether-cli --examples");
    program
}

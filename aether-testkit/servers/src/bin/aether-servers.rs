//! Runs a command with throw-away servers around it.
//!
//! `aether-servers exec -- cargo nextest run` starts (or finds) PostgreSQL and Redis, tells the
//! command their addresses, and stops them whatever happens. With `--topologies` a Redis Cluster and a
//! Redis with Sentinel too. `aether-servers doctor` says what would
//! be used.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use aether_servers::{
    DATABASE_URL, PG_BIN, Postgres, PostgresOptions, REDIS_CLUSTER_URL, REDIS_SENTINEL_URL,
    REDIS_URL, Redis, RedisCluster, RedisOptions, RedisSentinel, ServersError, doctor,
};
use clap::{Parser, Subcommand, ValueEnum};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

/// Throw-away PostgreSQL and Redis servers.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs a command with the addresses of both servers in its environment, and exits as it does.
    Exec(Exec),
    /// Says which servers would be used, and what to install.
    Doctor,
}

#[derive(clap::Args)]
struct Exec {
    /// Whether a commit waits for the disk; off (data in memory) is for tests, never to measure.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    fsync: Switch,
    /// The folder of the PostgreSQL programs; a server is then started whatever the environment says.
    #[arg(long, value_name = "DIR")]
    pg_bin: Option<PathBuf>,
    /// Runs the command without a Redis.
    #[arg(long)]
    no_redis: bool,
    /// Starts a Redis Cluster and a Redis with Sentinel too: twelve small processes.
    #[arg(long, conflicts_with = "no_redis")]
    topologies: bool,
    /// The command and its arguments.
    #[arg(required = true, last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

// One thread: the command is asked to end when the *thread* that started it does.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Exec(exec) => run(exec).await.unwrap_or_else(|error| complain(&error)),
        Task::Doctor => {
            let (lines, found) = doctor().await;
            let written = std::io::stdout().write_all(lines.as_bytes());
            if found.is_ok() && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

async fn run(exec: Exec) -> Result<ExitCode, ServersError> {
    let mut options = match exec.fsync {
        Switch::On => PostgresOptions::default(),
        Switch::Off => PostgresOptions::for_tests(),
    };
    options.bin.clone_from(&exec.pg_bin);
    let start_redis = async {
        match exec.no_redis {
            true => Ok(None),
            false => Redis::start(RedisOptions::default()).await.map(Some),
        }
    };
    let start_topologies = async {
        match exec.topologies {
            true => {
                // those who need them wait until they are ready
                let cluster = RedisCluster::launch(RedisOptions::default());
                let sentinel = RedisSentinel::launch(RedisOptions::default());
                tokio::try_join!(cluster, sentinel).map(Some)
            }
            false => Ok(None),
        }
    };
    let (postgres, redis, topologies) =
        tokio::try_join!(Postgres::start(options), start_redis, start_topologies)?;

    let mut command = prepare(&exec.command);
    command.env(DATABASE_URL, postgres.url());
    if let Some(bin) = &exec.pg_bin {
        // For tests that start a server of their own.
        command.env(PG_BIN, bin);
    }
    if let Some(redis) = &redis {
        command.env(REDIS_URL, redis.url());
    }
    if let Some((cluster, sentinel)) = &topologies {
        command.env(REDIS_CLUSTER_URL, cluster.url());
        command.env(REDIS_SENTINEL_URL, sentinel.url());
    }
    let ended = supervise(command).await;

    postgres.stop().await?;
    if let Some(redis) = redis {
        redis.stop().await?;
    }
    if let Some((cluster, sentinel)) = topologies {
        tokio::try_join!(cluster.stop(), sentinel.stop())?;
    }
    match ended {
        Ok(status) => Ok(code(status)),
        Err(error) => {
            let name = exec.command[0].to_string_lossy();
            report(&format!("could not run {name}: {error}"));
            Ok(ExitCode::from(127))
        }
    }
}

/// The command, asked by the kernel to end when we are killed, where `setpriv` can arrange that.
fn prepare(words: &[OsString]) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut words = words.iter();
    let program = words.next().cloned().unwrap_or_default();
    let mut folders = std::env::split_paths(&path);
    let setpriv = folders.find_map(|folder| Some(folder.join("setpriv")).filter(|p| p.is_file()));
    let mut command = match setpriv {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.args(words);
    command
}

/// Runs the command to its end and passes SIGINT and SIGTERM on to it.
async fn supervise(mut command: Command) -> std::io::Result<ExitStatus> {
    // Before the command runs: from then on it may be told to end at any time.
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    let mut child = command.spawn()?;
    let pid = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    // Ctrl-C in a terminal reaches the command without us; a second one would make it give up.
    let at_a_terminal = std::io::stdin().is_terminal();
    loop {
        let received = tokio::select! {
            status = child.wait() => return status,
            _ = interrupts.recv() => Signal::INT,
            _ = terminations.recv() => Signal::TERM,
        };
        if let Some(pid) = pid
            && !(at_a_terminal && received == Signal::INT)
        {
            // It fails only when the command has just ended.
            let _ = kill_process(pid, received);
        }
    }
}

/// The command's own code, or 128 and the number of the signal that ended it, as in a shell.
fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn complain(error: &ServersError) -> ExitCode {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    report(&text);
    ExitCode::FAILURE
}

fn report(text: &str) {
    // There is nobody left to tell when this fails.
    let _ = writeln!(std::io::stderr(), "aether-servers: {text}");
}

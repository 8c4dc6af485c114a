//! The command line: the server, the demo, and the operator's commands.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aether_cli::DatabaseOptions;
use anyhow::Context as _;
use axum::http::HeaderValue;
use clap::{Args, Parser, Subcommand};

use crate::compte::Role;
use crate::config::{Config, Secret};
use crate::{demo, drain, operate};

/// The arena of Aether: without a command, bots fight and you watch.
#[derive(Debug, Parser)]
#[command(name = "arena")]
pub(crate) struct Options {
    #[command(flatten)]
    play: demo::Play,
    #[command(flatten)]
    database: DatabaseOptions,
    /// A file with the address of the database
    #[arg(long, value_name = "FILE", env = "AETHER_DATABASE_URL_FILE", global = true)]
    database_url_file: Option<PathBuf>,
    /// The Redis, as redis://user:password@host:port; an operator's command without it knows only what is in PostgreSQL
    #[arg(
        long,
        value_name = "URL",
        env = "AETHER_REDIS_URL",
        hide_env_values = true,
        global = true
    )]
    redis_url: Option<Secret>,
    /// A file with the address of the Redis
    #[arg(long, value_name = "FILE", env = "AETHER_REDIS_URL_FILE", global = true)]
    redis_url_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do instead of a play.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the game over HTTP
    Serve(Box<ServeOptions>),
    /// Let the holder of an account do more, or less; what was decided and why is an event
    Role(RoleOptions),
    #[command(flatten)]
    Operate(aether_cli::Command),
}

/// Whose role, and why.
#[derive(Debug, Args)]
struct RoleOptions {
    /// The name of the account
    name: String,
    /// What its holder may do from now on
    role: Role,
    /// Why
    #[arg(long)]
    reason: String,
    /// What the names of all keys in Redis begin with
    #[arg(long, value_name = "PREFIX", env = "ARENA_REDIS_PREFIX", default_value = "")]
    redis_prefix: String,
}

/// How the server is run.
#[derive(Debug, Args)]
struct ServeOptions {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", env = "ARENA_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Origins of pages that may call this server, as https://play.example; its own needs no mention
    #[arg(long = "origin", value_name = "ORIGIN", env = "ARENA_ORIGINS", value_delimiter = ',')]
    origins: Vec<HeaderValue>,
    /// Proxies in front of this server whose X-Forwarded-For is believed, counted from the right
    #[arg(long, value_name = "NUMBER", env = "ARENA_TRUSTED_PROXIES", default_value_t = 0)]
    trusted_proxies: u8,
    /// Clients come over TLS, which a proxy ends: cookies are `__Host-` ones, and HSTS is sent
    #[arg(long, env = "ARENA_HTTPS")]
    https: bool,
    /// Connections to PostgreSQL
    #[arg(long, value_name = "NUMBER", env = "ARENA_CONNECTIONS", default_value_t = 16)]
    connections: u32,
    /// What the names of all keys in Redis begin with
    #[arg(long, value_name = "PREFIX", env = "ARENA_REDIS_PREFIX", default_value = "")]
    redis_prefix: String,
    /// What each limit of requests is multiplied with: more than 1 where many clients share an address
    #[arg(long, value_name = "FACTOR", env = "ARENA_LIMITS", default_value_t = 1)]
    limits: u32,
    /// What a reader of /metrics shows as Bearer; without one, only this machine may
    #[arg(long, value_name = "TOKEN", env = "ARENA_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<Secret>,
    /// A file with that token
    #[arg(long, value_name = "FILE", env = "ARENA_METRICS_TOKEN_FILE")]
    metrics_token_file: Option<PathBuf>,
    /// How long the server stays open after SIGTERM, not ready, so that proxies notice; at most 5000
    #[arg(
        long,
        value_name = "MILLISECONDS",
        env = "ARENA_DRAIN",
        default_value_t = 5000,
        value_parser = clap::value_parser!(u64).range(0..=5000)
    )]
    drain: u64,
    /// How often sockets are told that the server is there, in milliseconds
    #[arg(
        long,
        value_name = "MS",
        env = "ARENA_BEAT",
        default_value_t = 15_000,
        value_parser = clap::value_parser!(u64).range(100..=60_000)
    )]
    beat: u64,
    /// Bring the database's schema up to date first
    #[arg(long, env = "ARENA_MIGRATE")]
    migrate: bool,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let options = Options::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(options)),
        Err(error) => failed(&error.into()),
    }
}

async fn run(mut options: Options) -> ExitCode {
    let command = options.command.take();
    if command.is_some()
        && let Err(error) = options.read_files()
    {
        return failed(&error);
    }
    match command {
        None => demo::play_out(&options.play).await,
        Some(Command::Operate(command)) => {
            let redis = options.redis_url.as_ref().map(Secret::expose);
            aether_cli::exit_code(operate::operate(command, &options.database, redis).await)
        }
        Some(Command::Role(RoleOptions { name, role, reason, redis_prefix: prefix })) => {
            let Some(redis) = &options.redis_url else {
                return failed(&anyhow::anyhow!("no Redis: say --redis-url redis://…"));
            };
            let database = &options.database;
            let changed =
                operate::change_role(database, redis.expose(), &name, role, reason, &prefix).await;
            changed.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
        }
        Some(Command::Serve(serve)) => {
            let served = async { drain::run(serve.config(options)?).await };
            served.await.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
        }
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "arena: {error:#}");
    ExitCode::FAILURE
}

impl Options {
    fn read_files(&mut self) -> anyhow::Result<()> {
        let url = self.database.database_url.take().map(Secret::new);
        let url = either("--database-url", url, self.database_url_file.as_deref())?;
        self.database.database_url = url.map(|url| url.expose().to_owned());
        let redis = self.redis_url.take();
        self.redis_url = either("--redis-url", redis, self.redis_url_file.as_deref())?;
        Ok(())
    }
}

/// A secret that was given as it is or in a file, not both.
fn either(
    name: &str,
    given: Option<Secret>,
    file: Option<&std::path::Path>,
) -> anyhow::Result<Option<Secret>> {
    match (given, file) {
        (Some(_), Some(_)) => anyhow::bail!("{name} and {name}-file were both given; give one"),
        (None, Some(file)) => {
            let content = std::fs::read_to_string(file);
            let content = content
                .with_context(|| format!("{name}-file: {} cannot be read", file.display()))?;
            Ok(Some(Secret::new(content.trim_end_matches(['\r', '\n']))))
        }
        (given, None) => Ok(given),
    }
}

impl ServeOptions {
    fn config(self, options: Options) -> anyhow::Result<Config> {
        let database = options.database.database_url.map(Secret::new);
        let database = database.context(
            "no database: say --database-url postgres://…, or set AETHER_DATABASE_URL or AETHER_DATABASE_URL_FILE",
        )?;
        let redis = options.redis_url.context(
            "no Redis: say --redis-url redis://…, or set AETHER_REDIS_URL or AETHER_REDIS_URL_FILE",
        )?;
        let token =
            either("--metrics-token", self.metrics_token, self.metrics_token_file.as_deref())?;
        Ok(Config {
            listen: self.listen,
            origins: self.origins,
            trusted_proxies: self.trusted_proxies,
            https: self.https,
            connections: self.connections,
            unprepared: options.database.unprepared,
            redis_prefix: self.redis_prefix,
            metrics_token: token,
            generosity: self.limits,
            drain: Duration::from_millis(self.drain),
            battement: Duration::from_millis(self.beat),
            migrate: self.migrate,
            ..Config::new(database, redis)
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Options::command().debug_assert();
    }

    #[test]
    fn no_secret_is_printed() {
        let secrets = ["postgres://anna:hunter2@db/x", "redis://:hunter2@cache", "hunter2"];
        let [database, redis, token] = secrets;
        let line = ["arena", "serve", "--database-url", database, "--redis-url", redis];
        let options =
            Options::try_parse_from(line.into_iter().chain(["--metrics-token", token])).unwrap();
        assert!(!format!("{options:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_comes_from_a_file_or_the_line_not_from_both() {
        let folder = std::env::temp_dir().join(format!("arena-secret-{}", std::process::id()));
        std::fs::write(&folder, "redis://cache\n").unwrap();
        let read = either("--redis-url", None, Some(&folder)).unwrap().unwrap();
        assert_eq!(read.expose(), "redis://cache");
        assert!(either("--redis-url", Some(read), Some(&folder)).is_err());
        std::fs::remove_file(&folder).unwrap();
        let error = either("--redis-url", None, Some(&folder)).unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
}

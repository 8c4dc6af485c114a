//! The command line: the server, the demo, and the operator's commands.

mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use aether_cli::DatabaseOptions;
use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use self::serve::ServeOptions;
use crate::compte::Role;
use crate::config::Secret;
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
    /// Show both sides of the ledger of gold and items, and what they differ by
    Livre(operate::Livre),
    /// Make a world from a seed, and store its history
    World(operate::World),
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
            ended(changed)
        }
        Some(Command::Livre(livre)) => ended(livre.run(&options.database).await),
        Some(Command::World(world)) => ended(world.run(&options.database).await),
        Some(Command::Serve(serve)) => {
            let served = async { drain::run(serve.config(options)?).await };
            ended(served.await)
        }
    }
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    result.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
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
            let unread = || format!("{name}-file: {} cannot be read", file.display());
            let content = std::fs::read_to_string(file).with_context(unread)?;
            Ok(Some(Secret::new(content.trim_end_matches(['\r', '\n']))))
        }
        (given, None) => Ok(given),
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

//! Looks at this machine: variables, programs, Docker.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::container::docker_answers;
use super::selection::{
    BinFolder, Choice, DATABASE_URL, PG_BIN, REDIS_CLUSTER_URL, REDIS_SENTINEL_URL, REDIS_URL,
    Surroundings,
};
use super::{PostgresOptions, RedisOptions, ServersError};

impl Surroundings {
    /// Describes this machine.
    ///
    /// Docker is only asked (for two seconds at most) when a server could not be had without it.
    pub async fn look() -> Surroundings {
        Surroundings::look_without_docker().ask_docker().await
    }

    async fn ask_docker(mut self) -> Surroundings {
        if self.choose_postgres().is_err() || self.choose_redis().is_err() {
            self.docker = docker_answers().await;
        }
        self
    }

    fn look_without_docker() -> Surroundings {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let pg_bin = std::env::var_os(PG_BIN).filter(|folder| !folder.is_empty());
        Surroundings {
            database_url: std::env::var(DATABASE_URL).ok(),
            redis_url: std::env::var(REDIS_URL).ok(),
            redis_cluster_url: std::env::var(REDIS_CLUSTER_URL).ok(),
            redis_sentinel_url: std::env::var(REDIS_SENTINEL_URL).ok(),
            pg_bin: pg_bin.map(BinFolder::at),
            pg_on_path: on_path.iter().find(|folder| has_postgres(folder)).cloned(),
            pg_installed: installed(),
            redis_server: on_path
                .iter()
                .map(|folder| folder.join("redis-server"))
                .find(|program| program.is_file()),
            docker: false,
        }
    }
}

impl BinFolder {
    /// Looks into a folder.
    pub fn at(path: impl Into<PathBuf>) -> BinFolder {
        let path = path.into();
        BinFolder { complete: has_postgres(&path), path }
    }
}

/// What would be used for each server, and what to install: the lines of `aether-servers doctor`.
///
/// # Errors
///
/// The second value is the error of the first server that cannot be had.
pub async fn doctor() -> (String, Result<(), ServersError>) {
    let mut here = Surroundings::look_without_docker();
    here.docker = docker_answers().await;
    let (postgres, redis) = (here.choose_postgres(), here.choose_redis());
    let mut lines = String::new();
    for (server, choice) in [("postgresql", &postgres), ("redis", &redis)] {
        let line = match choice {
            Ok(Choice::Environment(_)) => "running already, address from the environment".into(),
            Ok(Choice::Local(program)) => format!("started from {}", program.display()),
            Ok(Choice::Docker) => "started with Docker".into(),
            Err(error) => error.to_string(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{server:<10}  {line}");
    }
    let docker = match here.docker {
        true => "answers",
        false if cfg!(feature = "docker") => "does not answer",
        false => "is left out of this build (feature docker)",
    };
    let _ = writeln!(lines, "{:<10}  {docker}", "docker");
    (lines, postgres.and(redis).map(drop))
}

/// Chooses a PostgreSQL as the options want it.
pub(super) async fn look_for_postgres(options: &PostgresOptions) -> Result<Choice, ServersError> {
    let mut here = Surroundings::look_without_docker();
    if options.own || options.bin.is_some() {
        here.database_url = None;
    }
    if let Some(bin) = &options.bin {
        here.pg_bin = Some(BinFolder::at(bin));
    }
    here.ask_docker().await.choose_postgres()
}

/// Chooses a Redis as the options want it.
pub(super) async fn look_for_redis(options: &RedisOptions) -> Result<Choice, ServersError> {
    let mut here = Surroundings::look_without_docker();
    if options.own {
        here.redis_url = None;
    }
    here.ask_docker().await.choose_redis()
}

/// What a group of Redis processes is chosen from, as the options want it. Docker is not asked.
pub(super) fn look_for_redis_group(options: &RedisOptions) -> Surroundings {
    let mut here = Surroundings::look_without_docker();
    if options.own {
        here.redis_cluster_url = None;
        here.redis_sentinel_url = None;
    }
    here
}

/// Debian keeps every version in a folder of its own, outside of `PATH`.
fn installed() -> Vec<PathBuf> {
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders.filter(|folder| has_postgres(folder)).collect()
}

fn has_postgres(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

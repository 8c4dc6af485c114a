//! Which server to use, decided from a description of the surroundings and nothing else.

use std::path::{Path, PathBuf};

use super::ServersError;

/// The environment variable with the address of a running PostgreSQL.
pub const DATABASE_URL: &str = "AETHER_DATABASE_URL";
/// The environment variable with the address of a running Redis.
pub const REDIS_URL: &str = "AETHER_REDIS_URL";
/// The environment variable with the address of a running Redis Cluster.
pub const REDIS_CLUSTER_URL: &str = "AETHER_REDIS_CLUSTER_URL";
/// The environment variable with the address of a running Redis with Sentinel.
pub const REDIS_SENTINEL_URL: &str = "AETHER_REDIS_SENTINEL_URL";
/// The environment variable with the folder of the PostgreSQL programs to use, and no others.
pub const PG_BIN: &str = "AETHER_PG_BIN";

/// All that the choice of servers depends on.
///
/// [`Surroundings::look`] describes this machine; a test writes its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The value of [`DATABASE_URL`].
    pub database_url: Option<String>,
    /// The value of [`REDIS_URL`].
    pub redis_url: Option<String>,
    /// The value of [`REDIS_CLUSTER_URL`].
    pub redis_cluster_url: Option<String>,
    /// The value of [`REDIS_SENTINEL_URL`].
    pub redis_sentinel_url: Option<String>,
    /// The folder in [`PG_BIN`].
    pub pg_bin: Option<BinFolder>,
    /// The first folder of `PATH` with the programs of PostgreSQL.
    pub pg_on_path: Option<PathBuf>,
    /// The folders `/usr/lib/postgresql/*/bin` with the programs of PostgreSQL, in any order.
    pub pg_installed: Vec<PathBuf>,
    /// The first `redis-server` on `PATH`.
    pub redis_server: Option<PathBuf>,
    /// Whether Docker answers.
    pub docker: bool,
}

/// A folder that was named to hold the programs of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinFolder {
    /// The folder.
    pub path: PathBuf,
    /// Whether `initdb` and `postgres` are in it.
    pub complete: bool,
}

/// Where a server comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It runs already, under this address.
    Environment(String),
    /// Programs of this machine: the bin folder of PostgreSQL, or the `redis-server` program.
    Local(PathBuf),
    /// A container.
    Docker,
}

impl Surroundings {
    /// Chooses a PostgreSQL: the environment, local programs, Docker, in this order.
    ///
    /// # Errors
    ///
    /// [`ServersError::NotABinFolder`] when [`PG_BIN`] names a folder without the programs (it is
    /// then never replaced by another), [`ServersError::NothingFound`] when there is nothing at all.
    pub fn choose_postgres(&self) -> Result<Choice, ServersError> {
        if let Some(url) = set(&self.database_url) {
            return Ok(Choice::Environment(url));
        }
        if let Some(folder) = &self.pg_bin {
            return match folder.complete {
                true => Ok(Choice::Local(folder.path.clone())),
                false => Err(ServersError::NotABinFolder { folder: folder.path.clone() }),
            };
        }
        let newest = self.pg_installed.iter().max_by_key(|folder| version(folder));
        match self.pg_on_path.as_ref().or(newest) {
            Some(folder) => Ok(Choice::Local(folder.clone())),
            None => self.docker_or_nothing("PostgreSQL", DATABASE_URL),
        }
    }

    /// Chooses a Redis: the environment, a local program, Docker, in this order.
    ///
    /// # Errors
    ///
    /// [`ServersError::NothingFound`] when there is nothing at all.
    pub fn choose_redis(&self) -> Result<Choice, ServersError> {
        if let Some(url) = set(&self.redis_url) {
            return Ok(Choice::Environment(url));
        }
        match &self.redis_server {
            Some(program) => Ok(Choice::Local(program.clone())),
            None => self.docker_or_nothing("Redis", REDIS_URL),
        }
    }

    /// Chooses a Redis Cluster: the environment, or a local program.
    ///
    /// # Errors
    ///
    /// [`ServersError::NeedsLocalRedis`] when there is neither.
    pub fn choose_redis_cluster(&self) -> Result<Choice, ServersError> {
        self.environment_or_local(&self.redis_cluster_url, "a Redis Cluster")
    }

    /// Chooses a Redis with Sentinel: the environment, or a local program.
    ///
    /// # Errors
    ///
    /// [`ServersError::NeedsLocalRedis`] when there is neither.
    pub fn choose_redis_sentinel(&self) -> Result<Choice, ServersError> {
        self.environment_or_local(&self.redis_sentinel_url, "Redis with Sentinel")
    }

    fn environment_or_local(
        &self,
        url: &Option<String>,
        what: &'static str,
    ) -> Result<Choice, ServersError> {
        match (set(url), &self.redis_server) {
            (Some(url), _) => Ok(Choice::Environment(url)),
            (None, Some(program)) => Ok(Choice::Local(program.clone())),
            (None, None) => Err(ServersError::NeedsLocalRedis { what }),
        }
    }

    fn docker_or_nothing(
        &self,
        server: &'static str,
        variable: &'static str,
    ) -> Result<Choice, ServersError> {
        match self.docker {
            true => Ok(Choice::Docker),
            false => Err(ServersError::NothingFound { server, variable }),
        }
    }
}

/// An empty variable counts as one that is not set.
fn set(variable: &Option<String>) -> Option<String> {
    variable.clone().filter(|value| !value.trim().is_empty())
}

/// `/usr/lib/postgresql/15/bin` is version 15.
fn version(bin: &Path) -> Option<Vec<u32>> {
    let name = bin.parent()?.file_name()?.to_str()?;
    name.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Surroundings {
        Surroundings {
            database_url: Some("postgres://elsewhere/db".into()),
            redis_url: Some("redis://elsewhere".into()),
            redis_cluster_url: Some("redis-cluster://elsewhere".into()),
            redis_sentinel_url: Some("redis-sentinel://elsewhere?sentinelServiceName=m".into()),
            pg_bin: Some(BinFolder { path: "/own/bin".into(), complete: true }),
            pg_on_path: Some("/usr/bin".into()),
            pg_installed: vec!["/usr/lib/postgresql/15/bin".into()],
            redis_server: Some("/usr/bin/redis-server".into()),
            docker: true,
        }
    }

    #[test]
    fn an_address_in_the_environment_wins() {
        let postgres = everything().choose_postgres().unwrap();
        assert_eq!(postgres, Choice::Environment("postgres://elsewhere/db".into()));
        let redis = everything().choose_redis().unwrap();
        assert_eq!(redis, Choice::Environment("redis://elsewhere".into()));
    }

    #[test]
    fn each_server_is_chosen_on_its_own() {
        let here = Surroundings { database_url: None, redis_server: None, ..everything() };
        assert_eq!(here.choose_postgres().unwrap(), Choice::Local("/own/bin".into()));
        assert_eq!(here.choose_redis().unwrap(), Choice::Environment("redis://elsewhere".into()));
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let empty = Some(String::from(" "));
        let here = Surroundings { database_url: empty.clone(), redis_url: empty, ..everything() };
        assert_eq!(here.choose_postgres().unwrap(), Choice::Local("/own/bin".into()));
        assert_eq!(here.choose_redis().unwrap(), Choice::Local("/usr/bin/redis-server".into()));
    }

    #[test]
    fn a_named_folder_is_used_alone_even_when_it_is_wrong() {
        let pg_bin = Some(BinFolder { path: "/own/bin".into(), complete: false });
        let here = Surroundings { database_url: None, pg_bin, ..everything() };
        let error = here.choose_postgres().unwrap_err();
        assert!(matches!(&error, ServersError::NotABinFolder { .. }), "{error}");
        assert!(error.to_string().contains("/own/bin"));
    }

    #[test]
    fn programs_on_the_path_come_before_installed_ones() {
        let here = Surroundings { database_url: None, pg_bin: None, ..everything() };
        assert_eq!(here.choose_postgres().unwrap(), Choice::Local("/usr/bin".into()));
    }

    #[test]
    fn the_newest_installed_version_is_taken_by_number_not_by_name() {
        let folder = |version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"));
        let pg_installed = ["15", "9.6", "17", "odd", "16"].map(folder).to_vec();
        let here = Surroundings { pg_installed, ..Surroundings::default() };
        assert_eq!(here.choose_postgres().unwrap(), Choice::Local(folder("17")));
    }

    #[test]
    fn docker_is_used_when_no_program_is_found() {
        let here = Surroundings { docker: true, ..Surroundings::default() };
        assert_eq!(here.choose_postgres().unwrap(), Choice::Docker);
        assert_eq!(here.choose_redis().unwrap(), Choice::Docker);
    }

    #[test]
    fn a_cluster_is_never_started_with_docker() {
        let cluster = everything().choose_redis_cluster().unwrap();
        assert_eq!(cluster, Choice::Environment("redis-cluster://elsewhere".into()));
        let here = Surroundings { redis_sentinel_url: None, ..everything() };
        let sentinel = here.choose_redis_sentinel().unwrap();
        assert_eq!(sentinel, Choice::Local("/usr/bin/redis-server".into()));
        let here = Surroundings { docker: true, ..Surroundings::default() };
        for choice in [here.choose_redis_cluster(), here.choose_redis_sentinel()] {
            let message = choice.unwrap_err().to_string();
            assert!(message.contains("needs a local redis-server"), "{message}");
        }
    }

    #[test]
    fn nothing_found_says_what_to_install() {
        let here = Surroundings::default();
        let postgres = here.choose_postgres().unwrap_err().to_string();
        let redis = here.choose_redis().unwrap_err().to_string();
        for (message, variable) in [(postgres, DATABASE_URL), (redis, REDIS_URL)] {
            assert!(message.contains("apt-get install postgresql redis-server"), "{message}");
            assert!(message.contains(variable), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }
}

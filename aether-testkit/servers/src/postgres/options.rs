//! How a PostgreSQL server is started.

use std::path::PathBuf;

/// How a PostgreSQL server is started.
///
/// The settings are those a measurement needs: everything that makes data safe is on, memory and WAL
/// are large enough not to be the bottleneck on a small machine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// Whether a commit waits for the disk. Default `true`: figures are only taken so.
    pub fsync: bool,
    /// Whether the data may be kept in memory, which is done where `/dev/shm` has 4 GB to spare: a
    /// new database then takes 30 ms instead of several hundred. Default `false`.
    pub in_memory: bool,
    /// More settings, `(name, value)`; a later one wins, also over the built-in ones.
    pub settings: Vec<(String, String)>,
    /// The folder of the programs. Default `None`: as described in [the crate](crate). When it is
    /// set a server is always started, whatever the environment says.
    pub bin: Option<PathBuf>,
    /// Whether to start a server even when the environment has one. Default `false`.
    pub own: bool,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        PostgresOptions {
            fsync: true,
            in_memory: false,
            settings: Vec::new(),
            bin: None,
            own: false,
        }
    }
}

impl PostgresOptions {
    /// Options for tests: no `fsync`, and in memory if possible. A crash of the *machine* may lose
    /// data (a crash of the server does not). Never measure with them.
    pub fn for_tests() -> Self {
        PostgresOptions { fsync: false, in_memory: true, ..PostgresOptions::default() }
    }

    /// Starts a server even when the environment has one: for tests that kill or pause theirs.
    #[must_use]
    pub fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// Adds one setting.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// The built-in settings, then those of the caller.
    pub(super) fn all_settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let safe = if self.fsync { "on" } else { "off" };
        // What a killed server leaves of its shared memory goes with its folder.
        let shared = if self.in_memory { "mmap" } else { "posix" };
        let base = [
            ("dynamic_shared_memory_type", shared),
            ("max_connections", "300"),
            ("shared_buffers", "256MB"),
            ("max_wal_size", if self.in_memory { "1GB" } else { "4GB" }),
            ("max_prepared_transactions", "0"),
            ("autovacuum", "on"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("fsync", safe),
            ("full_page_writes", safe),
        ];
        base.into_iter().chain(self.settings.iter().map(|(name, value)| (&**name, &**value)))
    }
}

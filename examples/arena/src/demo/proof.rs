//! The proof at the end: every table, the ledger and the live keys against the events of the log.

mod combats;
mod live;

use std::fmt::Write as _;

use aether_core::Module;
use aether_core::backend::EventStore as _;
use aether_game::livre::Livre;
use aether_game::queries;
use aether_postgres::PgStore;
use aether_redis::{KeySpace, RedisClient};
use anyhow::{anyhow, bail, ensure};

use crate::demo::measure::Second;

/// Everything that is compared.
pub(crate) struct Proof<'a> {
    pub store: &'a PgStore,
    pub redis: &'a RedisClient,
    pub keys: &'a KeySpace,
    pub game: &'a Module,
    /// How many events were in the log before anybody lived.
    pub planted: u64,
}

/// What was proven: sums of differences, and how much was compared.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Proven {
    pub ledger: u128,
    pub tables: usize,
    pub keys: u64,
}

/// The tables of the model, by the comparison that looks at them.
const TABLES: [(&str, usize); 10] = [
    ("combats", 3),
    ("participants", 2),
    ("joueurs", 2),
    ("items", 1),
    ("inventaires", 2),
    ("equipement", 1),
    ("economie", 3),
    ("monde", 1),
    ("quetes", 2),
    ("competences", 2),
];

impl Proven {
    /// How many tables the model has.
    pub(crate) fn all_tables() -> usize {
        TABLES.iter().map(|(_, tables)| tables).sum()
    }
}

impl Proof<'_> {
    /// Checks that each stream's versions go 1, 2, 3 …, that as many events, combats and ends are in the log as were counted, and that
    /// PostgreSQL and Redis say what the events say.
    pub(crate) async fn check(&self, counted: &Second) -> anyhow::Result<Proven> {
        let log = self.read_log().await?;
        let same = |what, counted: u64, stored: u64| {
            ensure!(counted == stored, "{counted} {what} were counted, the log has {stored}");
            Ok(())
        };
        same("events", counted.events + self.planted, log.events)?;
        same("combats", counted.combats_started, log.combats)?;
        same("ended combats", counted.combats_ended, log.ended)?;
        let tables = self.tables().await?;
        let ledger = self.ledger().await?;
        let keys = log.keys + self.live_keys(&log).await?;
        Ok(Proven { ledger, tables, keys })
    }

    /// Runs every comparison of the game; how many of the model's tables are as a fold of the log has them.
    async fn tables(&self) -> anyhow::Result<usize> {
        let mut equal = 0;
        for verifier in self.game.verifiers() {
            let name = verifier.name();
            let found = verifier.run().await;
            let found = found.map_err(|error| anyhow!("{name} was not compared: {error}"))?;
            if found.total > 0 {
                let first = found.listed.first().map_or("", String::as_str);
                bail!("{name}: {} differences in {}; first: {first}", found.total, found.checked);
            }
            let of_model = TABLES.iter().find(|(known, _)| *known == name);
            equal += of_model.map_or(0, |(_, tables)| *tables);
        }
        Ok(equal)
    }

    /// The sum of what the two sides of the ledger differ by, for gold and for each item, in the log and between log and tables.
    async fn ledger(&self) -> anyhow::Result<u128> {
        let journal = Livre::du_journal(self.store, self.store.end().await?).await?;
        let tables = queries::livre(self.store.pool()).await?;
        let faults = journal.fautes().into_iter().chain(journal.ecarts(&tables));
        let mut sum = 0;
        let mut words = String::new();
        for fault in faults {
            sum += fault.attendu.abs_diff(fault.trouve);
            write!(words, "; {fault:?}")?;
        }
        ensure!(sum == 0, "the ledger differs by {sum}{words}");
        Ok(sum)
    }
}

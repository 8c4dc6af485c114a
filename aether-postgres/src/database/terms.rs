//! What a transaction states when it begins, so that nothing rests on the defaults of a role, a database or a pooler.

use std::borrow::Cow;
use std::time::Duration;

use sqlx::postgres::PgConnection;

/// The terms of one transaction: READ COMMITTED unless it says otherwise, with time limits and a durability of its own.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    isolation: &'static str,
    durability: Durability,
    idle: Duration,
    lock: Option<Duration>,
    then: Cow<'static, str>,
}

/// What the planner may use for the calls of the store, which are written for its defaults.
const PLANNER: &str = "SET LOCAL enable_nestloop = on; SET LOCAL enable_indexscan = on; \
                       SET LOCAL enable_indexonlyscan = on; SET LOCAL enable_bitmapscan = on; \
                       SET LOCAL enable_sort = on; SET LOCAL plan_cache_mode = auto; SET LOCAL jit = off";

/// What a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// As the role has it: nothing is lost that is not known elsewhere, or the statements see to it themselves.
    Inherited,
    /// The disk, at least: `off` is raised to `on`, and what is stronger stays.
    Raised,
    /// Nothing: a crash of the server takes back what this commits together with what it rests on.
    Off,
}

impl Terms {
    /// For calls of one statement.
    pub(crate) const CALL: Self = Self::new(Durability::Inherited, Duration::from_secs(5));
    /// For what must be there after a crash of the server once it was acknowledged.
    pub(crate) const DURABLE: Self = Self::new(Durability::Raised, Duration::from_secs(60));
    /// For read models, which commit together with the position that they have come to.
    pub(crate) const READ_MODEL: Self = Self::new(Durability::Off, Duration::from_secs(5));

    const fn new(durability: Durability, idle: Duration) -> Self {
        let isolation = "READ COMMITTED";
        Self { isolation, durability, idle, lock: None, then: Cow::Borrowed("") }
    }

    /// All statements see what the first one does, beside what the transaction itself has written.
    pub(crate) const fn repeatable(mut self) -> Self {
        self.isolation = "REPEATABLE READ";
        self
    }

    /// How long the server lets the transaction stand still before it ends it.
    pub(crate) const fn idle(mut self, limit: Duration) -> Self {
        self.idle = limit;
        self
    }

    /// How long a statement waits for a lock. Without: as long as it takes.
    pub(crate) const fn lock(mut self, limit: Duration) -> Self {
        self.lock = Some(limit);
        self
    }

    /// A statement that belongs to the beginning.
    pub(crate) fn then(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.then = sql.into();
        self
    }

    /// The statements that begin such a transaction, in one round trip.
    pub(super) fn statements(&self, access: Access, server: Server) -> String {
        let access = match access {
            Access::Write => "READ WRITE",
            Access::Read => "READ ONLY",
        };
        let idle = self.idle.as_millis();
        let lock = self.lock.map_or(0, |limit| limit.as_millis());
        let isolation = self.isolation;
        let mut sql = format!(
            "BEGIN ISOLATION LEVEL {isolation} {access}; SET LOCAL statement_timeout = 0; \
             SET LOCAL lock_timeout = {lock}; SET LOCAL idle_in_transaction_session_timeout = {idle}"
        );
        if server.limits_transactions() {
            sql += "; SET LOCAL transaction_timeout = 0";
        }
        match self.durability {
            Durability::Inherited => {}
            // the step ends with the transaction, also where a handler ends it
            Durability::Off => {
                sql += "; SET LOCAL synchronous_commit = off; SET LOCAL aether.step = 'open'";
            }
            Durability::Raised => {
                sql += "; SELECT set_config('synchronous_commit', 'on', true) \
                        WHERE current_setting('synchronous_commit') = 'off'";
            }
        }
        // handlers of read models ask what they like, as they like it
        if self.durability != Durability::Off {
            sql += "; ";
            sql += PLANNER;
        }
        if !self.then.is_empty() {
            sql += "; ";
            sql += &self.then;
        }
        sql
    }
}

/// Whether a transaction may write. On a standby none can say that it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    Read,
}

/// The version of a server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Server(Option<u32>);

impl Server {
    pub(super) fn of(connection: &PgConnection) -> Self {
        Self(connection.server_version_num())
    }

    /// Whether it has a limit for whole transactions, which a role may have set.
    fn limits_transactions(self) -> bool {
        self.0.is_some_and(|version| version >= 170_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_states_all_that_a_role_may_have_changed() {
        let stated = Terms::DURABLE
            .lock(Duration::from_secs(1))
            .then("SELECT 1")
            .statements(Access::Write, Server(Some(180_000)));
        for part in [
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;",
            "statement_timeout = 0;",
            "lock_timeout = 1000;",
            "idle_in_transaction_session_timeout = 60000;",
            "transaction_timeout = 0;",
            "'synchronous_commit', 'on'",
        ] {
            assert!(stated.contains(part), "{part} in {stated}");
        }
        assert!(stated.ends_with("; SELECT 1"));
    }

    #[test]
    fn a_server_is_not_told_of_limits_that_it_does_not_know() {
        for version in [None, Some(150_004), Some(160_000)] {
            let stated = Terms::CALL.statements(Access::Read, Server(version));
            assert!(!stated.contains("LOCAL transaction_timeout"), "{stated}");
            assert!(stated.contains("READ ONLY"), "{stated}");
        }
    }
}

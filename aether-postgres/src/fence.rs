//! The database's side of a lock: a holder that comes too late is refused.

use std::time::Duration;

use aether_core::lock::{Fence, FencingToken};
use aether_core::{BoxError, Job};
use sqlx::Row as _;
use sqlx::postgres::types::PgInterval;
use sqlx::postgres::{PgConnection, PgDatabaseError};

use crate::error::{Error, read_error, write_error};
use crate::store::PgStore;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many fences are looked at in one transaction.
const PAGE: i32 = 5000;

impl PgStore {
    /// Checks a lock's fence inside a transaction of the caller's own: it goes on if no later holder of the lock
    /// has written, and can only be rolled back if one has.
    ///
    /// Call it first, before reading what the write rests on. From then on until the end of the transaction
    /// later holders wait here: keep it short. One round trip. Several fences are checked in the
    /// order of their names, or may be asked to retry after a deadlock. In isolation levels above READ
    /// COMMITTED a concurrent check is a serialisation failure, which is transient.
    ///
    /// Joins anything that is written in the transaction: SQL of your own, the model behind a
    /// [`PgTx`](crate::PgTx), [`append_in`](PgStore::append_in).
    ///
    /// # Errors
    ///
    /// [`Error::LockLost`] if a later holder has written: take the lock again. Transient ones: roll back and
    /// retry the whole transaction.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     store: aether_postgres::PgStore,
    /// #     fence: aether_core::lock::Fence,
    /// #     append: aether_core::log::Append,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut transaction = store.pool().begin().await?;
    /// store.fence_in(&mut transaction, &fence).await?;
    /// store.append_in(&mut transaction, append).await?;
    /// transaction.commit().await?;
    /// # Ok(()) }
    /// ```
    pub async fn fence_in(
        &self,
        transaction: &mut PgConnection,
        fence: &Fence,
    ) -> Result<(), Error> {
        let checked = self
            .mode()
            .query(include_str!("sql/fence.sql"))
            .bind(fence.lock.to_string())
            .bind(i64::try_from(fence.token.get()).unwrap_or(i64::MAX))
            .execute(transaction)
            .await;
        match checked {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(fence, &error).unwrap_or_else(|| read_error(error).into())),
        }
    }
}

/// The later token that a fence was refused for.
fn refusal(fence: &Fence, error: &sqlx::Error) -> Option<Error> {
    let error =
        error.as_database_error().filter(|error| error.code().as_deref() == Some("AEF01"))?;
    let newest = error.try_downcast_ref::<PgDatabaseError>()?.detail()?.parse().ok()?;
    let (kind, lock) = (fence.lock.kind(), fence.lock.clone());
    metrics::counter!("aether_fences_refused_total", "kind" => kind).increment(1);
    Some(Error::LockLost { lock, token: fence.token, newest: FencingToken::new(newest) })
}

/// Forgets the fences of locks that nobody has written under for long. Daily.
///
/// Without its fence a lock has no past: a holder that was paused for longer than this could write again.
#[derive(Debug, Clone)]
pub struct FencePruning {
    store: PgStore,
    older_than: Duration,
}

impl FencePruning {
    /// The job for a store: fences that were not raised for 30 days.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self { store: store.clone(), older_than: 30 * DAY }
    }

    /// Which ones: those that were not raised for this long, by the database's clock. Default 30 days; make
    /// it longer than any process can stand still and wake up again.
    #[must_use]
    pub const fn older_than(mut self, age: Duration) -> Self {
        self.older_than = age;
        self
    }
}

impl Job for FencePruning {
    fn name(&self) -> &str {
        "fence_pruning"
    }

    fn every(&self) -> Duration {
        DAY
    }

    async fn run(&self) -> Result<String, BoxError> {
        // a century is for ever, and within what a timestamp can go back
        const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let older_than = self.older_than.min(FOR_EVER);
        let microseconds = i64::try_from(older_than.as_micros()).unwrap_or(i64::MAX);
        let age = || PgInterval { months: 0, days: 0, microseconds };
        let (mut after, mut pruned) = (String::new(), 0);
        loop {
            let mut transaction = self.store.begin().await?;
            let row = self
                .store
                .mode()
                .query(include_str!("sql/prune_fences.sql"))
                .bind(after)
                .bind(PAGE)
                .bind(age())
                .fetch_one(&mut *transaction)
                .await?;
            transaction.commit().await.map_err(write_error)?;
            pruned += row.try_get::<i64, _>(1)?;
            match row.try_get::<Option<String>, _>(0)? {
                Some(last) => after = last,
                None => return Ok(format!("{pruned} fences forgotten")),
            }
        }
    }
}

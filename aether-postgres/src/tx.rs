//! The transaction of a step.

use std::fmt;
use std::ops::{Deref, DerefMut};

use sqlx::postgres::PgConnection;
use sqlx::{Postgres, Transaction};

/// What a projection writes its SQL read model through: by `Deref` the connection, in the middle of the transaction
/// that moves the checkpoint.
///
/// ```
/// use aether_postgres::{PgTx, sqlx};
///
/// async fn count(tx: &mut PgTx, chests: i64) -> sqlx::Result<()> {
///     sqlx::query("UPDATE totals SET chests = chests + $1").bind(chests).execute(&mut **tx).await?;
///     Ok(())
/// }
/// ```
///
/// It has no commit and no rollback: both are for those who began it. Who calls a projection by hand, in a test for
/// instance, begins a transaction and turns it into this one and back:
///
/// ```no_run
/// # use aether_core::{Projection, Recorded};
/// # use aether_postgres::{PgTx, sqlx};
/// # async fn example<P: Projection<PgTx>>(
/// #     pool: sqlx::PgPool, projection: P, events: &[Recorded<P::Events>],
/// # ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let mut tx = PgTx::from(pool.begin().await?);
/// projection.project(events, &mut tx).await?;
/// sqlx::Transaction::from(tx).commit().await?;
/// # Ok(()) }
/// ```
pub struct PgTx(Transaction<'static, Postgres>);

impl PgTx {
    pub(crate) async fn commit(self) -> sqlx::Result<()> {
        self.0.commit().await
    }

    pub(crate) async fn rollback(self) -> sqlx::Result<()> {
        self.0.rollback().await
    }
}

impl From<Transaction<'static, Postgres>> for PgTx {
    fn from(transaction: Transaction<'static, Postgres>) -> Self {
        Self(transaction)
    }
}

impl From<PgTx> for Transaction<'static, Postgres> {
    fn from(tx: PgTx) -> Self {
        tx.0
    }
}

impl Deref for PgTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for PgTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// Without the connection, which knows its address.
impl fmt::Debug for PgTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgTx").finish_non_exhaustive()
    }
}

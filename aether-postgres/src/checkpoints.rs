//! Checkpoints, dead letters and operators' orders as rows.

use aether_core::backend::{
    Checkpoint, Checkpoints, Claim, Order, Orders, Registration, StoredProjection, StoredShard,
};
use aether_core::projection::{DeadLetter, Shard};
use aether_core::{AggregateId, Error, Result};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::read_error;
use crate::letters::{self, Owner};
use crate::read_models::{PgReadModels, begin_error, checkpoint};
use crate::reader::anchor;
use crate::registration;

#[async_trait]
impl Checkpoints for PgReadModels {
    async fn register(&self, registration: &Registration<'_>) -> Result<u16> {
        registration::register(self, registration).await
    }

    async fn claim(&self, shard: &Shard, epoch: u64) -> Result<Claim> {
        // this one does wait for the disk: an epoch that a crash took back would be given out twice
        let mut tx = self.database.begin().await.map_err(begin_error)?;
        let row = self
            .mode()
            .query(include_str!("sql/claim_checkpoint.sql"))
            .bind(shard.projection().to_owned())
            .bind(i32::from(shard.index()))
            .bind(epoch.cast_signed())
            .fetch_optional(&mut *tx)
            .await
            .map_err(read_error)?;
        let Some(row) = row else {
            return Err(Error::ShardTaken { projection: shard.to_string() });
        };
        let checkpoint = checkpoint(&row).map_err(read_error)?;
        let anchor = anchor(&row, 2).map_err(read_error)?;
        let owner = Owner { projection: shard.projection(), rebuild: false };
        let blocked = letters::blocked(&mut tx, self.mode(), owner, shard.slices()).await;
        let blocked = blocked.map_err(read_error)?;
        // a claim whose answer is lost is claimed again: nothing depends on how often
        tx.commit().await.map_err(read_error)?;
        Ok(Claim { checkpoint, anchor, blocked })
    }

    async fn checkpoint(&self, shard: &Shard) -> Result<Checkpoint> {
        let row = self
            .run(async |connection, mode| {
                let sql = "SELECT position, epoch FROM aether_checkpoints \
                           WHERE projection = $1 AND shard = $2";
                mode.query(sql)
                    .bind(shard.projection().to_owned())
                    .bind(i32::from(shard.index()))
                    .fetch_optional(connection)
                    .await
            })
            .await?;
        let found = row.as_ref().map(checkpoint).transpose().map_err(read_error)?;
        Ok(found.unwrap_or_default())
    }

    async fn stored(&self, projection: &str) -> Result<Option<StoredProjection>> {
        let rows = self
            .run(async |connection, mode| {
                mode.query(include_str!("sql/stored_projection.sql"))
                    .bind(projection.to_owned())
                    .fetch_all(connection)
                    .await
            })
            .await?;
        let stored = |row: &PgRow| {
            let shard = StoredShard { checkpoint: checkpoint(row)?, failure: row.try_get(2)? };
            Ok((row.try_get::<bool, _>(3)?, shard))
        };
        let rows = rows.iter().map(stored).collect::<sqlx::Result<Vec<_>>>().map_err(read_error)?;
        let paused = rows.first().map(|(paused, _)| *paused);
        let shards = rows.into_iter().map(|(_, shard)| shard).collect();
        Ok(paused.map(|paused| StoredProjection { paused, shards }))
    }

    async fn orders(&self, shard: &Shard) -> Result<Orders> {
        let (paused, letters) = self
            .run(async |connection, mode| {
                let paused = mode
                    .query("SELECT paused FROM aether_projections WHERE projection = $1")
                    .bind(shard.projection().to_owned())
                    .fetch_optional(&mut *connection)
                    .await?;
                let letters = mode
                    .query(include_str!("sql/ordered_letters.sql"))
                    .bind(shard.projection().to_owned())
                    .bind(i32::from(*shard.slices().start()))
                    .bind(i32::from(*shard.slices().end()))
                    .fetch_all(connection)
                    .await?;
                let letters = letters.iter().map(letters::letter).collect::<sqlx::Result<_>>()?;
                Ok((paused.map(|row| row.try_get(0)).transpose()?, letters))
            })
            .await?;
        Ok(Orders { paused: paused.unwrap_or(false), remedies: letters })
    }

    async fn report(&self, shard: &Shard, failure: Option<&str>) -> Result<()> {
        self.run(async |connection, mode| {
            let sql = "UPDATE aether_checkpoints SET failure = $3 \
                       WHERE projection = $1 AND shard = $2 AND failure IS DISTINCT FROM $3";
            mode.query(sql)
                .bind(shard.projection().to_owned())
                .bind(i32::from(shard.index()))
                .bind(failure.map(|failure| failure.replace('\0', "\u{fffd}")))
                .execute(connection)
                .await
        })
        .await?;
        Ok(())
    }

    async fn letters(
        &self,
        projection: &str,
        aggregate: Option<AggregateId>,
    ) -> Result<Vec<DeadLetter>> {
        let letters = self
            .run(async |connection, mode| {
                let rows = mode
                    .query(include_str!("sql/select_letters.sql"))
                    .bind(projection.to_owned())
                    .bind(aggregate.map(AggregateId::as_uuid))
                    .fetch_all(connection)
                    .await?;
                rows.iter().map(letters::letter).collect::<sqlx::Result<Vec<_>>>()
            })
            .await?;
        Ok(letters)
    }

    async fn order(&self, projection: &str, order: Order) -> Result<u64> {
        if order == Order::Forget {
            return self.forget(projection).await;
        }
        let changed = self
            .run_durably(async |connection, mode| {
                let query = match order {
                    Order::Letter(position, remedy) => mode
                        .query(ORDER_LETTER)
                        .bind(projection.to_owned())
                        .bind(remedy.ordered().as_str())
                        .bind(position.get().cast_signed()),
                    Order::Letters(remedy) => mode
                        .query(ORDER_LETTERS)
                        .bind(projection.to_owned())
                        .bind(remedy.ordered().as_str()),
                    Order::Pause | Order::Resume | Order::Forget => {
                        mode.query(PAUSE).bind(projection.to_owned()).bind(order == Order::Pause)
                    }
                };
                query.execute(connection).await
            })
            .await?;
        Ok(changed.rows_affected())
    }
}

const PAUSE: &str =
    "UPDATE aether_projections SET paused = $2 WHERE projection = $1 AND paused <> $2";

const ORDER_LETTER: &str = "UPDATE aether_dead_letters SET state = $2 \
     WHERE projection = $1 AND NOT rebuild AND position = $3 AND state IN ('failed', 'retry', 'skip')";

const ORDER_LETTERS: &str = "UPDATE aether_dead_letters SET state = $2 \
     WHERE projection = $1 AND NOT rebuild AND state = 'failed'";

/// Everything that is kept of a projection. What a rebuild keeps is the rebuild's business.
const FORGET: [&str; 6] = [
    "DELETE FROM aether_projections WHERE projection = $1",
    "DELETE FROM aether_checkpoints WHERE projection = $1",
    "DELETE FROM aether_dead_letters WHERE projection = $1 AND NOT rebuild",
    "DELETE FROM aether_projection_names WHERE now = $1",
    "DELETE FROM aether_inline_projections WHERE projection = $1",
    "DELETE FROM aether_leases WHERE starts_with(lease, 'projection/' || $1 || '/')",
];

impl PgReadModels {
    async fn forget(&self, projection: &str) -> Result<u64> {
        let mut tx = self.database.begin().await.map_err(begin_error)?;
        let mut forgotten = false;
        for sql in FORGET {
            let gone = self.mode().query(sql).bind(projection.to_owned()).execute(&mut *tx).await;
            forgotten |= gone.map_err(read_error)?.rows_affected() > 0;
        }
        // a call whose answer is lost is made again: nothing depends on how often
        tx.commit().await.map_err(read_error)?;
        Ok(forgotten.into())
    }
}

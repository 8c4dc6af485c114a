//! Projections as an operator sees them: how far behind, paused, sent back.

use aether_core::backend::{Checkpoints, Order, StoredProjection, StoredShard};
use aether_core::log::Name;
use aether_core::projection::{LetterState, Shard};
use aether_core::{Filter, Position};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::Error;
use crate::store::PgStore;

/// How far one shard of a projection is: a row of the view `aether_projection_lag`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProjectionLag {
    /// The projection's name.
    pub projection: String,
    /// Which of its shards, from 0.
    pub shard: i32,
    /// How many shards it has.
    pub shards: i32,
    /// Whether an operator has paused the projection.
    pub paused: bool,
    /// Everything up to here is in the read model.
    pub position: Position,
    /// Rises whenever another node takes over, or an operator intervenes.
    pub epoch: i64,
    /// Why it stands still, if it does.
    pub failure: Option<String>,
    /// When the checkpoint was last moved; not known of one that is kept elsewhere.
    pub updated_at: Option<DateTime<Utc>>,
    /// The node that runs it, by name.
    pub holder: Option<String>,
    /// How many of the shard's events are behind the checkpoint; beyond 100 000, how many positions.
    pub lag_events: i64,
    /// How long ago the oldest of them was stored, in seconds.
    pub lag_seconds: f64,
    /// Events it could not handle, and that nobody has dealt with yet.
    pub dead_letters: i64,
    /// Events that are held up behind those.
    pub waiting: i64,
}

const LAG: &str = "
    SELECT projection, shard, shards, paused, position, epoch, failure, updated_at, holder, lag_events,
           lag_seconds, dead_letters, waiting
    FROM aether_projection_lag ORDER BY projection, shard";

fn lag(row: &PgRow) -> sqlx::Result<ProjectionLag> {
    Ok(ProjectionLag {
        projection: row.try_get(0)?,
        shard: row.try_get(1)?,
        shards: row.try_get(2)?,
        paused: row.try_get(3)?,
        position: Position::new(row.try_get::<i64, _>(4)?.cast_unsigned()),
        epoch: row.try_get(5)?,
        failure: row.try_get(6)?,
        updated_at: row.try_get(7)?,
        holder: row.try_get(8)?,
        lag_events: row.try_get(9)?,
        lag_seconds: row.try_get(10)?,
        dead_letters: row.try_get(11)?,
        waiting: row.try_get(12)?,
    })
}

impl PgStore {
    /// Each shard of each projection, by name and shard. One query, that counts up to 100 000 events per
    /// shard.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn projections(&self) -> Result<Vec<ProjectionLag>, Error> {
        self.rows(LAG, lag).await
    }

    /// Each shard of a projection whose read model is not in this database, as
    /// [`projections`](PgStore::projections) tells it of those that are; none if nobody has registered it. A query
    /// for each shard. Read models that cannot be asked are no reason to see nothing: they are one shard at the
    /// start, and its failure is why.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if this database cannot be asked.
    pub async fn projection_in(
        &self,
        checkpoints: &dyn Checkpoints,
        projection: &str,
        filter: &Filter,
    ) -> Result<Vec<ProjectionLag>, Error> {
        let asked = async {
            let stored = checkpoints.stored(projection).await?;
            Ok::<_, aether_core::Error>((stored, checkpoints.letters(projection, None).await?))
        };
        let (stored, letters) = match asked.await {
            Ok((Some(stored), letters)) => (stored, letters),
            Ok((None, _)) => return Ok(Vec::new()),
            Err(error) => {
                let failure = Some(format!("cannot be asked: {error}"));
                let shards = vec![StoredShard { failure, ..StoredShard::default() }];
                (StoredProjection { paused: false, shards }, Vec::new())
            }
        };
        let texts = |names: &[Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let count = stored.shards.len() as u16;
        let mut lags = Vec::new();
        let shards = Shard::all(projection.to_owned(), count).zip(stored.shards);
        for (shard, StoredShard { checkpoint, failure }) in shards {
            let row = self
                .mode()
                .query(include_str!("../sql/shard_lag.sql"))
                .bind(projection.to_owned())
                .bind(i32::from(shard.index()))
                .bind(i32::from(count))
                .bind(checkpoint.position.get().cast_signed())
                .bind(texts(&filter.event_types))
                .bind(texts(&filter.aggregate_types))
                .fetch_one(&mut *self.begin().await?)
                .await?;
            let here = letters.iter().filter(|it| shard.contains(it.stream.aggregate_id));
            let (mut dead_letters, mut waiting) = (0, 0);
            for letter in here {
                match letter.state {
                    LetterState::Waiting => waiting += 1,
                    LetterState::Skipped => {}
                    _ => dead_letters += 1,
                }
            }
            lags.push(ProjectionLag {
                projection: projection.to_owned(),
                shard: i32::from(shard.index()),
                shards: i32::from(count),
                paused: stored.paused,
                position: checkpoint.position,
                epoch: checkpoint.epoch.cast_signed(),
                failure,
                updated_at: None,
                holder: row.try_get(0)?,
                lag_events: row.try_get(1)?,
                lag_seconds: row.try_get(2)?,
                dead_letters,
                waiting,
            });
        }
        Ok(lags)
    }

    /// Sends all shards of a projection to a position (back, usually to [`Position::START`]): the events
    /// behind it are handled again. What the read model holds stays as it is; a projection that counts or
    /// adds needs an empty one, or a rebuild. The node that runs the projection cannot write any more until it
    /// has claimed it again. Dead letters after the position are forgotten, since their events come again.
    ///
    /// Returns how many shards were sent there.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such projection, `PositionAhead` (in [`Error::Store`]) if the log
    /// does not reach the position, [`Error::Database`]. Nothing was changed then.
    pub async fn reset_projection(&self, projection: &str, to: Position) -> Result<u64, Error> {
        let last = self.tail().refresh().await?.last;
        if to > last {
            return Err(aether_core::Error::PositionAhead { requested: to, last }.into());
        }
        let to = to.get().cast_signed();
        let mut transaction = self.begin().await?;
        let reset = self
            .mode()
            .query(include_str!("../sql/reset_projection.sql"))
            .bind(projection)
            .bind(to)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if reset == 0 {
            drop(transaction);
            return Err(self.no_projection(projection).await?);
        }
        self.mode()
            .query(
                "DELETE FROM aether_dead_letters
                 WHERE projection = $1 AND NOT rebuild AND position > $2",
            )
            .bind(projection)
            .bind(to)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(reset)
    }

    /// Forgets a projection that no node runs any more, since it was renamed, removed, or only rebuilt: see
    /// [`Order::Forget`]. Until then it lags for ever. `kept_in`: where its checkpoints are,
    /// `&store.read_models()` or others. Its leases are kept in this database, wherever its read model is.
    ///
    /// # Errors
    ///
    /// Nothing was changed then.
    ///
    /// - [`Error::NotFound`]: there is no such projection.
    /// - [`Error::NotForgettable`]: a node runs it, a rebuild of it was begun, or it belongs to a process manager with
    ///   commands or timers that are not settled.
    /// - [`Error::Database`], and those of the read models.
    pub async fn forget_projection(
        &self,
        kept_in: &dyn Checkpoints,
        projection: &str,
    ) -> Result<(), Error> {
        self.check_unused(projection).await?;
        let there = kept_in.order(projection, Order::Forget).await?;
        let here = self.read_models().order(projection, Order::Forget).await?;
        match there + here {
            0 => Err(self.no_projection(projection).await?),
            _ => Ok(()),
        }
    }

    /// Fails if anything of a projection goes on.
    async fn check_unused(&self, projection: &str) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let query = self.mode().query(include_str!("../sql/projection_uses.sql"));
        let row = query.bind(projection).fetch_one(&mut *transaction).await?;
        match row.try_get::<Option<String>, _>(0)? {
            None => Ok(()),
            Some(reason) => {
                Err(Error::NotForgettable { projection: projection.to_owned(), reason })
            }
        }
    }

    /// The error that names the projections there are.
    async fn no_projection(&self, projection: &str) -> Result<Error, Error> {
        let names = self.rows(KNOWN, |row| row.try_get::<String, _>(0)).await?;
        let hint = match names.is_empty() {
            true => "no node has run one yet".to_owned(),
            false => format!("there are: {}", names.join(", ")),
        };
        Ok(Error::NotFound { what: format!("projection {projection:?}"), hint })
    }
}

const KNOWN: &str = "
    SELECT projection FROM aether_projections
    UNION SELECT projection FROM aether_checkpoints ORDER BY 1";

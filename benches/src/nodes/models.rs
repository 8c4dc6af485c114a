//! The projections of the nodes: they write down every event they see, and fold it.

use std::collections::BTreeMap;
use std::time::Duration;

use aether_core::projection::ProjectionSettings;
use aether_core::{AnyEvent, BoxError, Filter, Projection, Recorded};
use aether_postgres::PgTx;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use uuid::Uuid;

/// The aggregate types that are written.
pub(super) const AGGREGATES: [&str; 4] = ["Alpha", "Bravo", "Charlie", "Delta"];
/// The event types that are written.
pub(super) const EVENTS: [&str; 4] = ["Gained", "Lost", "Moved", "Named"];

/// The payload of every event.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Amount {
    pub(super) amount: i64,
}

/// What makes one projection different from the others.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    aggregates: &'static [&'static str],
    events: &'static [&'static str],
    pub(super) shards: u16,
    batch_size: u32,
    /// How long it takes over a batch, its transaction open: where a process is likely to be stopped.
    lingers: Duration,
}

const fn spec(
    name: &'static str,
    aggregates: &'static [&'static str],
    events: &'static [&'static str],
    shards: u16,
    batch_size: u32,
    lingers_ms: u64,
) -> Spec {
    let lingers = Duration::from_millis(lingers_ms);
    Spec { name, aggregates, events, shards, batch_size, lingers }
}

/// The ten projections.
pub(super) static SPECS: [Spec; 10] = [
    spec("all", &[], &[], 1, 200, 0),
    spec("all-in-shards", &[], &[], 4, 100, 0),
    spec("alpha", &["Alpha"], &[], 1, 50, 0),
    spec("alpha-gained", &["Alpha"], &["Gained"], 1, 20, 0),
    spec("bravo-in-shards", &["Bravo"], &[], 4, 30, 0),
    spec("charlie-delta", &["Charlie", "Delta"], &[], 1, 100, 0),
    spec("delta-lingering", &["Delta"], &[], 1, 100, 15),
    spec("gained", &[], &["Gained"], 1, 50, 0),
    spec("lost-moved-in-shards", &[], &["Lost", "Moved"], 4, 100, 10),
    spec("named", &[], &["Named"], 1, 10, 0),
];

impl Spec {
    /// Whether it gets an event: said here once more, and not asked of the filter.
    pub(super) fn wants(&self, aggregate_type: &str, event_type: &str) -> bool {
        (self.aggregates.is_empty() || self.aggregates.contains(&aggregate_type))
            && (self.events.is_empty() || self.events.contains(&event_type))
    }
}

/// What the events of one aggregate add up to; the chain depends on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fold {
    pub(super) events: i64,
    pub(super) total: i64,
    pub(super) chain: i64,
}

impl Fold {
    pub(super) const fn add(&mut self, position: i64, amount: i64) {
        self.events += 1;
        self.total += amount;
        self.chain = (self.chain.rotate_left(7) ^ position)
            .wrapping_mul(0x2545_f491_4f6c_dd1d)
            .wrapping_add(amount);
    }
}

/// One of the projections.
pub(super) struct Tally(pub(super) &'static Spec);

impl Projection<PgTx> for Tally {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        self.0.name
    }

    fn filter(&self) -> Filter {
        Filter::all()
            .aggregate_types(self.0.aggregates.iter().copied())
            .event_types(self.0.events.iter().copied())
    }

    fn settings(&self) -> ProjectionSettings {
        let Spec { shards, batch_size, .. } = *self.0;
        ProjectionSettings::default().shards(shards).batch_size(batch_size)
    }

    async fn project(&self, events: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let positions: Vec<i64> = events.iter().map(|e| e.position.get().cast_signed()).collect();
        let aggregates: Vec<Uuid> = events.iter().map(|e| e.aggregate_id.as_uuid()).collect();
        let mut folds = self.load(&aggregates, tx).await.map_err(failed)?;
        for ((event, position), aggregate) in events.iter().zip(&positions).zip(&aggregates) {
            let Amount { amount } = serde_json::from_str(event.payload.as_str())?;
            folds.entry(*aggregate).or_default().add(*position, amount);
        }
        self.write(positions, aggregates, tx).await.map_err(failed)?;
        self.save(folds, tx).await.map_err(failed)?;
        tokio::time::sleep(self.0.lingers).await;
        Ok(())
    }
}

impl Tally {
    async fn load(&self, ids: &[Uuid], tx: &mut PgTx) -> sqlx::Result<BTreeMap<Uuid, Fold>> {
        let rows = sqlx::query(
            "SELECT aggregate, events, total, chain FROM folds
             WHERE projection = $1 AND aggregate = ANY ($2)",
        )
        .bind(self.0.name)
        .bind(ids)
        .fetch_all(&mut **tx)
        .await?;
        let fold = |row: &sqlx::postgres::PgRow| {
            let (events, total, chain) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            Ok((row.try_get(0)?, Fold { events, total, chain }))
        };
        rows.iter().map(fold).collect()
    }

    async fn write(
        &self,
        positions: Vec<i64>,
        aggregates: Vec<Uuid>,
        tx: &mut PgTx,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO effects (projection, position, aggregate)
             SELECT $1, position, aggregate
             FROM unnest($2::bigint[], $3::uuid[]) WITH ORDINALITY AS e (position, aggregate, place)
             ORDER BY place",
        )
        .bind(self.0.name)
        .bind(positions)
        .bind(aggregates)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    async fn save(&self, folds: BTreeMap<Uuid, Fold>, tx: &mut PgTx) -> sqlx::Result<()> {
        let column = |of: fn(&Fold) -> i64| folds.values().map(of).collect::<Vec<_>>();
        sqlx::query(
            "INSERT INTO folds (projection, aggregate, events, total, chain)
             SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
             ON CONFLICT (projection, aggregate) DO UPDATE
             SET events = EXCLUDED.events, total = EXCLUDED.total, chain = EXCLUDED.chain",
        )
        .bind(self.0.name)
        .bind(folds.keys().copied().collect::<Vec<_>>())
        .bind(column(|fold| fold.events))
        .bind(column(|fold| fold.total))
        .bind(column(|fold| fold.chain))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// The error of a statement in the words of the engine: a lost connection is waited out.
fn failed(error: sqlx::Error) -> BoxError {
    let error = aether_postgres::Error::from(error);
    if error.is_transient() {
        return aether_core::Error::Unavailable { source: error.into() }.into();
    }
    error.into()
}

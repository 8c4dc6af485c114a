//! Prices: those of the last 24 hours, and hour by hour.

use std::time::Duration;

use aether_core::{BoxError, Job};
use aether_postgres::{Error, PgStore};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// Keeps the columns of `prix_marche` that follow the clock. Hourly.
#[derive(Debug, Clone)]
pub struct PrixHoraires(PgPool);

impl PrixHoraires {
    /// How many hours the history of an item goes back: a week.
    pub const HEURES: i32 = 7 * 24;

    /// The job for the tables of a store.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self(store.pool().clone())
    }
}

impl Job for PrixHoraires {
    fn name(&self) -> &str {
        "prix_horaires"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(60 * 60)
    }

    async fn run(&self) -> Result<String, BoxError> {
        let items = prix_horaires(&self.0, Utc::now()).await?;
        Ok(format!("prices of {items} items"))
    }
}

/// Brings the prices of all items to a time. Those that are as of this time or a later one stay. Returns how many it changed.
///
/// One statement an item, which reads its trades of the [week](PrixHoraires::HEURES) by an index and locks one row: a projection
/// waits for no other.
///
/// # Errors
///
/// What the database says. Items that were done stay done; a further run does the others.
pub async fn prix_horaires(pool: &PgPool, maintenant: DateTime<Utc>) -> Result<u64, Error> {
    let items = sqlx::query_scalar::<_, Uuid>(include_str!("sql/prix_dus.sql"));
    let mut changed = 0;
    for item in items.bind(maintenant).fetch_all(pool).await? {
        let update = sqlx::query(include_str!("sql/prix_horaires.sql"));
        let update = update.bind(item).bind(maintenant).bind(PrixHoraires::HEURES);
        changed += update.execute(pool).await?.rows_affected();
    }
    Ok(changed)
}

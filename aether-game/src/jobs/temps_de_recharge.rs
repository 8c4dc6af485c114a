//! How long skills still rest.

use std::time::Duration;

use aether_core::{BoxError, Job};
use aether_postgres::{Error, PgStore};
use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::competence::Apprentissage;

/// Keeps `cooldown_restant_secondes`. Each time that stands for a turn: every 30 seconds.
///
/// No rule and no query of the game goes by that column: `cooldown_fin_a` says to the microsecond when a skill is ready.
#[derive(Debug, Clone)]
pub struct TempsDeRecharge(PgPool);

impl TempsDeRecharge {
    /// How many rows one statement changes at most.
    pub const LOT: i64 = 1_000;

    /// The job for the tables of a store.
    #[must_use]
    pub fn new(store: &PgStore) -> Self {
        Self(store.pool().clone())
    }
}

impl Job for TempsDeRecharge {
    fn name(&self) -> &str {
        "temps_de_recharge"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(Apprentissage::SECONDES_PAR_TOUR.into())
    }

    async fn run(&self) -> Result<String, BoxError> {
        let skills = temps_de_recharge(&self.0, Utc::now()).await?;
        Ok(format!("{skills} skills rest or have rested"))
    }
}

/// Brings the rests of all skills to a time. Those that are as of this time or a later one stay. Returns how many it changed.
///
/// One statement for each [`LOT`](TempsDeRecharge::LOT) of skills that rest. It passes over rows that a projection holds: the next run
/// takes them.
///
/// # Errors
///
/// What the database says. Rows that were done stay done; a further run does the others.
pub async fn temps_de_recharge(pool: &PgPool, maintenant: DateTime<Utc>) -> Result<u64, Error> {
    let mut changed = 0;
    loop {
        let update = sqlx::query(include_str!("sql/temps_de_recharge.sql"));
        let update = update.bind(maintenant).bind(TempsDeRecharge::LOT);
        match update.execute(pool).await?.rows_affected() {
            0 => return Ok(changed),
            more => changed += more,
        }
    }
}

//! Leases of nodes in PostgreSQL, timed by its clock.

use std::time::Duration;

use aether_core::Result;
use aether_core::backend::{Beat, Coordinator, JobRun, Lease};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::types::PgInterval;
use uuid::Uuid;

use crate::database::Database;

/// No lease lasts longer.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Leases as rows of `aether_leases`. A heartbeat is one call, however many leases there are; nothing
/// depends on a session.
#[derive(Debug)]
pub(crate) struct PgCoordinator {
    database: Database,
}

impl PgCoordinator {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Coordinator for PgCoordinator {
    async fn beat(&self, beat: Beat<'_>) -> Result<Vec<Lease>> {
        let microseconds = i64::try_from(beat.ttl.min(DAY).as_micros()).unwrap_or(i64::MAX);
        let ttl = PgInterval { months: 0, days: 0, microseconds };
        let leases = self
            .database
            .run(async |connection, mode| {
                let rows = mode
                    .query(
                        "SELECT held_lease, held_epoch, surplus FROM aether_beat($1, $2, $3, $4, $5)",
                    )
                    .bind(beat.node)
                    .bind(beat.name.to_owned())
                    .bind(beat.wants.to_vec())
                    .bind(beat.releases.to_vec())
                    .bind(ttl)
                    .fetch_all(connection)
                    .await?;
                rows.iter()
                    .map(|row| {
                        Ok(Lease {
                            name: row.try_get(0)?,
                            epoch: row.try_get::<i64, _>(1)?.cast_unsigned(),
                            surplus: row.try_get(2)?,
                        })
                    })
                    .collect::<sqlx::Result<Vec<_>>>()
            })
            .await?;
        Ok(leases)
    }

    async fn leave(&self, node: Uuid) -> Result<()> {
        self.database
            .run(async |connection, mode| {
                let sql = "WITH gone AS (DELETE FROM aether_nodes WHERE node = $1) \
                           UPDATE aether_leases SET node = NULL, expires_at = clock_timestamp() \
                           WHERE node = $1";
                mode.query(sql).bind(node).execute(connection).await
            })
            .await?;
        Ok(())
    }

    async fn last_run(&self, job: &str) -> Result<JobRun> {
        let run = self
            .database
            .run(async |connection, mode| {
                let sql = "SELECT started_at, finished_at, outcome, error FROM aether_jobs \
                           WHERE job = $1";
                let row = mode.query(sql).bind(job.to_owned()).fetch_optional(connection).await?;
                let Some(row) = row else { return Ok(JobRun::default()) };
                Ok(JobRun {
                    started_at: row.try_get(0)?,
                    finished_at: row.try_get(1)?,
                    outcome: row.try_get(2)?,
                    error: row.try_get(3)?,
                })
            })
            .await?;
        Ok(run)
    }

    async fn record_run(&self, job: &str, run: &JobRun) -> Result<()> {
        self.database
            .run_durably(async |connection, mode| {
                mode.query(include_str!("sql/record_run.sql"))
                    .bind(job.to_owned())
                    .bind(run.started_at)
                    .bind(run.finished_at)
                    .bind(run.outcome.clone())
                    .bind(run.error.clone())
                    .execute(connection)
                    .await
            })
            .await?;
        Ok(())
    }
}

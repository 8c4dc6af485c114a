//! What an operator asks and orders: the state of everything, as one value; checks; interventions.

mod dead_letters;
mod projections;
mod streams;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

pub use dead_letters::{Letters, ParkedEvent};
pub use projections::ProjectionLag;
pub use streams::{RepeatedEvent, StreamHead, Unsound, UnsoundStream};

use crate::diagnostics::Diagnostics;
use crate::error::Error;
use crate::store::PgStore;

/// The state of the store and of everything that reads from it. As JSON its keys are camelCase, and spans
/// are seconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Status {
    /// The event store.
    pub store: Diagnostics,
    /// Each shard of each projection, by name and shard.
    pub projections: Vec<ProjectionLag>,
    /// The nodes that were heard of, by name.
    pub nodes: Vec<NodeStatus>,
    /// The leases of projections, process managers and jobs, by name.
    pub leases: Vec<LeaseStatus>,
    /// The maintenance jobs, by name.
    pub jobs: Vec<JobStatus>,
}

/// A process that runs projections, process managers or jobs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NodeStatus {
    /// Its id, a new one at each start.
    pub node: uuid::Uuid,
    /// What it calls itself.
    pub name: String,
    /// How many leases it holds.
    pub leases: i64,
    /// When it was heard of last.
    pub seen_at: DateTime<Utc>,
    /// Whether it is late: what it held can be taken over.
    pub expired: bool,
}

/// The right to run something, held by one node at a time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LeaseStatus {
    /// What it is for.
    pub lease: String,
    /// The name of the node that holds it; none if it is free or has run out.
    pub holder: Option<String>,
    /// Rises with every acquisition.
    pub epoch: i64,
    /// Since when it is held.
    pub acquired_at: DateTime<Utc>,
    /// Until when, unless it is renewed.
    pub expires_at: DateTime<Utc>,
}

/// A maintenance job.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JobStatus {
    /// Its name.
    pub job: String,
    /// When it last began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it last ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What came of it.
    pub outcome: Option<String>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// How often it has run.
    pub runs: i64,
    /// How often it has failed.
    pub failures: i64,
}

impl PgStore {
    /// Looks at everything. Eight queries, of which only the lag takes longer than a moment: it counts up to
    /// 100 000 events per shard.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked.
    pub async fn status(&self) -> Result<Status, Error> {
        Ok(Status {
            store: self.diagnostics().await?,
            projections: self.projections().await?,
            nodes: self.rows(NODES, node).await?,
            leases: self.rows(LEASES, lease).await?,
            jobs: self.rows(JOBS, job).await?,
        })
    }

    async fn rows<T>(
        &self,
        sql: &'static str,
        read: fn(&PgRow) -> sqlx::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let rows = self.mode().query(sql).fetch_all(&mut *self.begin().await?).await?;
        Ok(rows.iter().map(read).collect::<sqlx::Result<_>>()?)
    }
}

const NODES: &str = "
    SELECT n.node, n.name, n.seen_at, n.expires_at <= clock_timestamp(),
           (SELECT count(*) FROM aether_leases AS l
            WHERE l.node = n.node AND l.expires_at > clock_timestamp())
    FROM aether_nodes AS n ORDER BY n.name, n.node";

fn node(row: &PgRow) -> sqlx::Result<NodeStatus> {
    Ok(NodeStatus {
        node: row.try_get(0)?,
        name: row.try_get(1)?,
        seen_at: row.try_get(2)?,
        expired: row.try_get(3)?,
        leases: row.try_get(4)?,
    })
}

const LEASES: &str = "
    SELECT l.lease, n.name, l.epoch, l.acquired_at, l.expires_at
    FROM aether_leases AS l
    LEFT JOIN aether_nodes AS n ON n.node = l.node AND l.expires_at > clock_timestamp()
    ORDER BY l.lease";

fn lease(row: &PgRow) -> sqlx::Result<LeaseStatus> {
    Ok(LeaseStatus {
        lease: row.try_get(0)?,
        holder: row.try_get(1)?,
        epoch: row.try_get(2)?,
        acquired_at: row.try_get(3)?,
        expires_at: row.try_get(4)?,
    })
}

const JOBS: &str = "
    SELECT job, started_at, finished_at, outcome, error, runs, failures
    FROM aether_jobs ORDER BY job";

fn job(row: &PgRow) -> sqlx::Result<JobStatus> {
    Ok(JobStatus {
        job: row.try_get(0)?,
        started_at: row.try_get(1)?,
        finished_at: row.try_get(2)?,
        outcome: row.try_get(3)?,
        error: row.try_get(4)?,
        runs: row.try_get(5)?,
        failures: row.try_get(6)?,
    })
}

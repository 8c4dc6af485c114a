//! `status`: everything an operator looks at first.

use std::fmt::Write as _;
use std::io::Write as _;

use aether_postgres::{Diagnostics, JobStatus, LeaseStatus, NodeStatus, ProjectionLag};
use clap::Args;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, cut};
use crate::table::Table;
use crate::times::{ago, bytes, seconds};

/// The options of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let mut status = host.store.status().await?;
        status.projections = host.with_elsewhere(status.projections).await?;
        if self.json {
            return out.json(&status);
        }
        let sections = [
            log(&status.store),
            holders(&status.store),
            partitions(&status.store),
            section("PROJECTIONS", status.projections.is_empty(), || {
                projections(&status.projections)
            }),
            section("NODES", status.nodes.is_empty(), || nodes(&status.nodes)),
            section("LEASES", status.leases.is_empty(), || leases(&status.leases)),
            section("JOBS", status.jobs.is_empty(), || jobs(&status.jobs)),
        ];
        let sections: Vec<String> =
            sections.into_iter().filter(|section| !section.is_empty()).collect();
        Ok(out.write_all(sections.join("\n").as_bytes())?)
    }
}

/// A table below its heading, or one line that there is nothing.
fn section(heading: &str, empty: bool, table: impl FnOnce() -> Table) -> String {
    match empty {
        true => format!("{heading}: none\n"),
        false => format!("{heading}\n{}", table()),
    }
}

fn log(store: &Diagnostics) -> String {
    let Diagnostics { horizon, last, pool, .. } = store;
    let behind = last.get().saturating_sub(horizon.get());
    let held = match behind {
        0 => "all can be read".to_owned(),
        _ => format!("{} not to be read yet", count(behind, "position")),
    };
    let mut text = format!("EVENT STORE\nhorizon  {horizon} of {last}: {held}\n");
    // a String takes whatever is written to it
    let _ =
        writeln!(text, "pool     {} of {} connections, {} idle", pool.size, pool.max, pool.idle);
    if store.unforeseen_events > 0 {
        let events = count(store.unforeseen_events.cast_unsigned(), "event");
        let _ = writeln!(
            text,
            "warning  {events} in the DEFAULT partition: run `migrate` to make the months' partitions"
        );
    }
    text
}

fn holders(store: &Diagnostics) -> String {
    if store.holders.is_empty() {
        return String::new();
    }
    let mut table = Table::new([">PID", "USER", "APPLICATION", "STATE", ">AGE", "QUERY"]);
    for holder in &store.holders {
        let text = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
        table.row([
            holder.pid.to_string(),
            text(&holder.user),
            text(&holder.application),
            text(&holder.state),
            holder.age.map_or_else(|| "-".to_owned(), |age| seconds(age.as_secs_f64())),
            cut(&text(&holder.query), 60),
        ]);
    }
    format!("READERS WAIT FOR\n{table}")
}

fn partitions(store: &Diagnostics) -> String {
    let mut table = Table::new(["PARTITION", ">~EVENTS", ">SIZE"]);
    for partition in &store.partitions {
        table.row([partition.name.clone(), partition.events.to_string(), bytes(partition.bytes)]);
    }
    format!("PARTITIONS\n{table}")
}

/// The table of `status` and `projection list`.
pub(crate) fn projections(lags: &[ProjectionLag]) -> Table {
    let mut table = Table::new([
        "PROJECTION",
        "SHARD",
        "STATE",
        ">POSITION",
        ">LAG",
        ">BEHIND",
        ">DEAD",
        ">WAITING",
        ">EPOCH",
        "NODE",
    ]);
    for lag in lags {
        let state = match (&lag.failure, lag.paused) {
            (Some(failure), _) => cut(&format!("failed: {failure}"), 60),
            (None, true) => "paused".to_owned(),
            (None, false) if lag.holder.is_none() => "not running".to_owned(),
            (None, false) => "running".to_owned(),
        };
        table.row([
            lag.projection.clone(),
            format!("{}/{}", lag.shard, lag.shards),
            state,
            lag.position.to_string(),
            lag.lag_events.to_string(),
            seconds(lag.lag_seconds),
            lag.dead_letters.to_string(),
            lag.waiting.to_string(),
            lag.epoch.to_string(),
            lag.holder.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    table
}

fn nodes(nodes: &[NodeStatus]) -> Table {
    let mut table = Table::new(["NODE", ">LEASES", "HEARD OF", "STATE"]);
    for node in nodes {
        let state = if node.expired { "gone" } else { "alive" };
        table.row([
            node.name.clone(),
            node.leases.to_string(),
            ago(node.seen_at),
            state.to_owned(),
        ]);
    }
    table
}

fn leases(leases: &[LeaseStatus]) -> Table {
    let mut table = Table::new(["LEASE", "NODE", ">EPOCH", "SINCE"]);
    for lease in leases {
        table.row([
            lease.lease.clone(),
            lease.holder.clone().unwrap_or_else(|| "-".to_owned()),
            lease.epoch.to_string(),
            ago(lease.acquired_at),
        ]);
    }
    table
}

pub(crate) fn jobs(jobs: &[JobStatus]) -> Table {
    let mut table = Table::new(["JOB", "LAST RUN", "OUTCOME", ">RUNS", ">FAILURES"]);
    for job in jobs {
        let outcome = job.error.as_ref().or(job.outcome.as_ref());
        table.row([
            job.job.clone(),
            job.started_at.map_or_else(|| "never".to_owned(), ago),
            outcome.map_or_else(|| "-".to_owned(), |outcome| cut(outcome, 60)),
            job.runs.to_string(),
            job.failures.to_string(),
        ]);
    }
    table
}

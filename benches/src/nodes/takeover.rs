//! How long the work of killed nodes lay idle.

use std::collections::HashMap;
use std::time::Duration;

use aether_core::AggregateId;
use aether_core::projection::Shard;
use anyhow::Result;
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgPool;

use super::fleet::Kill;
use super::models::SPECS;

/// Within what time another node should have the leases of a killed one.
pub(super) const GOAL: Duration = Duration::from_secs(5);

/// What became of the leases that killed nodes held.
#[derive(Debug, Default)]
pub(super) struct Takeovers {
    /// Acquisitions of all leases, whatever the reason.
    epochs: usize,
    /// For each lease a killed node held: from the kill until another node had it.
    leases: Vec<Duration>,
    /// For each of them: from the kill until the next effect that the shard had.
    effects: Vec<Duration>,
    /// Those that took too long.
    pub(super) late: Vec<String>,
}

/// A lease changes hands; without a node it was given back.
#[derive(Debug)]
struct Handover {
    node: Option<String>,
    at: DateTime<Utc>,
}

pub(super) async fn takeovers(pool: &PgPool, kills: &[Kill]) -> Result<Takeovers> {
    let mut handovers: HashMap<String, Vec<Handover>> = HashMap::new();
    let rows = sqlx::query("SELECT lease, node, at FROM handovers ORDER BY at").fetch_all(pool);
    for row in rows.await? {
        let handover = Handover { node: row.try_get(1)?, at: row.try_get(2)? };
        handovers.entry(row.try_get(0)?).or_default().push(handover);
    }
    let effects = effects(pool).await?;
    let mut takeovers = Takeovers::default();
    for (lease, handovers) in &handovers {
        takeovers.epochs += handovers.iter().filter(|handover| handover.node.is_some()).count();
        for kill in kills {
            let Some(taken) = taken_over(handovers, kill) else { continue };
            let took = span(kill.at, taken);
            if took > GOAL {
                let (node, at) = (&kill.node, kill.at.time());
                takeovers.late.push(format!("{lease} of {node}, killed at {at}: {took:?}"));
            }
            takeovers.leases.push(took);
            let times = effects.get(lease).map_or(&[][..], Vec::as_slice);
            if let Some(next) = times.get(times.partition_point(|at| *at < taken)) {
                takeovers.effects.push(span(kill.at, *next));
            }
        }
    }
    Ok(takeovers)
}

/// When another node had the lease that a node held as it was killed.
fn taken_over(handovers: &[Handover], kill: &Kill) -> Option<DateTime<Utc>> {
    let victim = Some(kill.node.as_str());
    let next = handovers.partition_point(|handover| handover.at <= kill.at);
    let (before, after) = handovers.split_at(next);
    before.last().filter(|holder| holder.node.as_deref() == victim)?;
    let another =
        |handover: &&Handover| handover.node.is_some() && handover.node.as_deref() != victim;
    after.iter().find(another).map(|handover| handover.at)
}

/// The times of all effects, by the lease under which they were made.
async fn effects(pool: &PgPool) -> Result<HashMap<String, Vec<DateTime<Utc>>>> {
    let mut times: HashMap<String, Vec<DateTime<Utc>>> = HashMap::new();
    let mut rows = sqlx::query("SELECT projection, aggregate, at FROM effects").fetch(pool);
    while let Some(row) = rows.try_next().await? {
        let (name, aggregate): (&str, uuid::Uuid) = (row.try_get(0)?, row.try_get(1)?);
        let Some(spec) = SPECS.iter().find(|spec| spec.name == name) else { continue };
        let mut shards = Shard::all(spec.name, spec.shards);
        if let Some(shard) = shards.find(|shard| shard.contains(AggregateId::new(aggregate))) {
            times.entry(format!("projection/{shard}")).or_default().push(row.try_get(2)?);
        }
    }
    times.values_mut().for_each(|times| times.sort_unstable());
    Ok(times)
}

fn span(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

impl std::fmt::Display for Takeovers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let median = |times: &[Duration]| {
            let mut times = times.to_vec();
            times.sort_unstable();
            times.get(times.len() / 2).map_or(0, Duration::as_millis)
        };
        let longest = |times: &[Duration]| times.iter().max().map_or(0, Duration::as_millis);
        write!(
            f,
            "epochs={} takeovers_after_kills={} takeover_p50_ms={} takeover_max_ms={} \
             next_effect_p50_ms={} next_effect_max_ms={} goal_takeover_max_ms={} {}",
            self.epochs,
            self.leases.len(),
            median(&self.leases),
            longest(&self.leases),
            median(&self.effects),
            longest(&self.effects),
            GOAL.as_millis(),
            if self.late.is_empty() { "met" } else { "MISSED" },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_takeover_counts_from_the_kill_of_the_holder_to_the_next_node() {
        let at = |seconds| DateTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let handover = |node: &str, seconds| {
            let node = Some(node.to_owned()).filter(|node| !node.is_empty());
            Handover { node, at: at(seconds) }
        };
        let kill = |node: &str, seconds| Kill { node: node.to_owned(), at: at(seconds) };
        let handovers = [
            handover("a", 1),
            handover("", 4),
            handover("b", 5),
            handover("b", 8),
            handover("a", 9),
        ];
        assert_eq!(taken_over(&handovers, &kill("a", 2)), Some(at(5)));
        // given back before it was killed
        assert_eq!(taken_over(&handovers, &kill("a", 4)), None);
        // its own heartbeat that was on its way does not count
        assert_eq!(taken_over(&handovers, &kill("b", 6)), Some(at(9)));
        assert_eq!(taken_over(&handovers, &kill("a", 10)), None);
    }
}

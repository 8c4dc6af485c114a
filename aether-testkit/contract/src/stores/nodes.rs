//! Promises about nodes: each lease has one holder, and work moves to the nodes that are there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aether_core::backend::{Beat, Coordinator, JobRun, Lease};
use aether_core::chrono::{DateTime, Utc};
use aether_testkit::eventually;
use futures::future::join_all;
use uuid::Uuid;

use super::Stage;

/// Long enough for a slow machine between two beats of a test.
const LONG: Duration = Duration::from_secs(60);
/// Runs out while a test looks on.
const SHORT: Duration = Duration::from_millis(300);

/// A node by hand.
struct Member {
    coordinator: Arc<dyn Coordinator>,
    node: Uuid,
    wants: Vec<String>,
}

impl Member {
    async fn beat(&self, releases: &[Lease], ttl: Duration) -> Vec<Lease> {
        let releases: Vec<_> = releases.iter().map(|lease| lease.name.clone()).collect();
        let (node, wants) = (self.node, self.wants.as_slice());
        let beat = Beat { node, name: "member", wants, releases: &releases, ttl };
        self.coordinator.beat(beat).await.expect("it can beat")
    }

    async fn leave(&self) {
        self.coordinator.leave(self.node).await.expect("it can leave");
    }
}

/// Members in two processes.
async fn members(stage: &Stage, wants: &[&str]) -> [Member; 2] {
    let wants: Vec<_> = wants.iter().map(ToString::to_string).collect();
    let stores = [stage.store(), stage.another().await];
    stores.map(|store| Member {
        coordinator: store.coordinator(),
        node: Uuid::new_v4(),
        wants: wants.clone(),
    })
}

fn names(leases: &[Lease]) -> BTreeSet<&str> {
    leases.iter().map(|lease| lease.name.as_str()).collect()
}

/// A lease has one holder, who keeps it under one epoch as long as it beats.
pub async fn a_lease_has_one_holder(stage: &Stage) {
    let [first, second] = members(stage, &["a"]).await;
    let held = first.beat(&[], LONG).await;
    assert_eq!(names(&held), ["a"].into());
    for _ in 0..3 {
        assert_eq!(second.beat(&[], LONG).await, []);
        assert_eq!(first.beat(&[], LONG).await, held);
    }
}

/// A holder that is silent loses its leases, and is told with its next beat; epochs rise.
pub async fn a_silent_holder_loses_its_leases(stage: &Stage) {
    let [first, second] = members(stage, &["a", "b"]).await;
    let held = first.beat(&[], SHORT).await;
    assert_eq!(held.len(), 2);
    let ask = async || {
        let taken = second.beat(&[], LONG).await;
        (taken.len() == 2).then_some(taken)
    };
    let taken = eventually("the second has taken over", ask).await;
    let highest = held.iter().map(|lease| lease.epoch).max().unwrap_or_default();
    assert!(taken.iter().all(|lease| lease.epoch > highest), "{held:?} {taken:?}");
    assert_eq!(first.beat(&[], LONG).await, []);
}

/// A lease that is given back is free at once, and its next epoch is higher, no matter who takes it.
pub async fn a_released_lease_is_free_at_once(stage: &Stage) {
    let [first, second] = members(stage, &["a"]).await;
    let held = first.beat(&[], LONG).await;
    let again = first.beat(&held, LONG).await;
    assert!(again[0].epoch > held[0].epoch, "released and taken anew");
    first.leave().await;
    let taken = second.beat(&[], LONG).await;
    assert!(taken[0].epoch > again[0].epoch);
}

/// Leases are shared evenly; a node that has too many keeps them until it hands them over.
pub async fn members_share_the_leases(stage: &Stage) {
    let [first, second] = members(stage, &["a", "b", "c", "d", "e"]).await;
    assert_eq!(first.beat(&[], LONG).await.len(), 5);
    assert_eq!(second.beat(&[], LONG).await, []);
    let held = first.beat(&[], LONG).await;
    assert_eq!(held.len(), 5, "nothing is taken away from who is alive");
    let surplus: Vec<_> = held.into_iter().filter(|lease| lease.surplus).collect();
    assert_eq!(surplus.len(), 2);
    let kept = first.beat(&surplus, LONG).await;
    let taken = second.beat(&[], LONG).await;
    assert_eq!((kept.len(), names(&taken)), (3, names(&surplus)));
    assert!(kept.iter().chain(&taken).all(|lease| !lease.surplus), "{kept:?} {taken:?}");
    first.leave().await;
    assert_eq!(second.beat(&[], LONG).await.len(), 5);
}

/// What a dead member has left is not kept for another that is silent, too: who is there takes all of it,
/// before the silent one counts as dead.
pub async fn the_silent_have_no_share_of_what_is_free(stage: &Stage) {
    const SILENT: Duration = Duration::from_secs(2);
    // a machine that stalls for a second tells nothing
    for _ in 0..5 {
        let [dead, there] = members(stage, &["a", "b", "c", "d"]).await;
        let (coordinator, wants) = (there.coordinator.clone(), there.wants.clone());
        let silent = Member { coordinator, node: Uuid::new_v4(), wants };
        assert_eq!(dead.beat(&[], SHORT).await.len(), 4);
        let silent_since = Instant::now();
        if !silent.beat(&[], SILENT).await.is_empty() {
            // too late: the dead one counts as dead already
            silent.leave().await;
            continue;
        }
        let all = async || (there.beat(&[], LONG).await.len() == 4).then_some(());
        eventually("who is there has it all", all).await;
        let took = silent_since.elapsed();
        there.leave().await;
        silent.leave().await;
        if took < SILENT {
            return;
        }
    }
    panic!("a silent member keeps its share of what is free");
}

/// What only one member can do is not taken from it.
pub async fn what_nobody_else_wants_is_no_surplus(stage: &Stage) {
    let [first, mut second] = members(stage, &["a", "b", "c", "d"]).await;
    assert_eq!(first.beat(&[], LONG).await.len(), 4);
    second.wants = vec!["d".to_owned()];
    second.beat(&[], LONG).await;
    let held = first.beat(&[], LONG).await;
    let surplus: Vec<_> = held.into_iter().filter(|lease| lease.surplus).collect();
    assert!(names(&surplus).is_subset(&["d"].into()), "{surplus:?}");
}

/// Members that beat at the same time never hold the same lease.
pub async fn racing_members_never_hold_the_same_lease(stage: &Stage) {
    let [one, two] = [stage.store(), stage.another().await];
    let wants: Vec<_> = (0..10).map(|n| format!("lease-{n}")).collect();
    let members: Vec<_> = (0..8)
        .map(|n| Member {
            coordinator: if n % 2 == 0 { one.coordinator() } else { two.coordinator() },
            node: Uuid::new_v4(),
            wants: wants.clone(),
        })
        .collect();
    for _ in 0..5 {
        let beats = join_all(members.iter().map(|member| member.beat(&[], LONG))).await;
        let held: Vec<_> = beats.iter().flatten().map(|lease| &lease.name).collect();
        let distinct: BTreeSet<_> = held.iter().collect();
        assert_eq!(held.len(), distinct.len(), "{beats:?}");
        for (member, held) in members.iter().zip(&beats) {
            let surplus: Vec<_> = held.iter().filter(|lease| lease.surplus).cloned().collect();
            member.beat(&surplus, LONG).await;
        }
    }
    let beats = join_all(members.iter().map(|member| member.beat(&[], LONG))).await;
    assert_eq!(beats.iter().map(Vec::len).sum::<usize>(), 10, "every lease has a holder");
}

/// The last run of a job is known to every node.
pub async fn the_last_run_of_a_job_is_known(stage: &Stage) {
    let [one, two] = [stage.store().coordinator(), stage.another().await.coordinator()];
    assert_eq!(one.last_run("menage").await.expect("it can ask"), JobRun::default());
    let at = |text: &str| text.parse::<DateTime<Utc>>().ok();
    let begun = JobRun { started_at: at("2026-01-01T00:00:00Z"), ..JobRun::default() };
    let done = JobRun {
        finished_at: at("2026-01-01T00:00:05Z"),
        outcome: Some("3 partitions".to_owned()),
        ..begun.clone()
    };
    let failed = JobRun { outcome: None, error: Some("no room".to_owned()), ..done.clone() };
    for run in [begun, done, failed] {
        one.record_run("menage", &run).await.expect("it can tell");
        assert_eq!(two.last_run("menage").await.expect("it can ask"), run);
    }
}

//! One load for all who want it, whatever becomes of them or of it.

use std::sync::Arc;
use std::time::Duration;

use aether_realtime::cache::{CacheAside, CacheKey, FetchError, JsonCodec, Sourced};
use aether_testkit::eventually;
use tokio::task::JoinHandle;

use super::source::{Source, SourceFailed};
use super::{Stage, text};

type Fetched = Result<Option<Arc<String>>, FetchError>;

fn fetch(profiles: &CacheAside<String>, id: u32, source: &Source) -> JoinHandle<Fetched> {
    let (profiles, load) = (profiles.clone(), source.load());
    tokio::spawn(async move { profiles.fetch(id, load).await })
}

fn fetch_many(
    count: usize,
    profiles: &CacheAside<String>,
    id: u32,
    source: &Source,
) -> Vec<JoinHandle<Fetched>> {
    (0..count).map(|_| fetch(profiles, id, source)).collect()
}

async fn until_loads(source: &Source, loads: u64) {
    eventually("the load begins", async || (source.loads() >= loads).then_some(())).await;
}

async fn until_waiting(profiles: &CacheAside<String>, coalesced: u64) {
    let waiting = async || (profiles.stats().coalesced >= coalesced).then_some(());
    eventually("all of them wait", waiting).await;
}

/// Callers that miss a key together share one load.
pub async fn a_cold_key_is_loaded_once_for_200_callers(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("ada");
    let gate = source.hold();
    let callers = fetch_many(200, &profiles, 42, &source);
    until_waiting(&profiles, 199).await;
    gate.open();
    for caller in callers {
        assert_eq!(text(caller.await.unwrap()).as_deref(), Some("ada"));
    }
    assert_eq!(source.loads(), 1);
    let stats = profiles.stats();
    assert_eq!((stats.misses, stats.coalesced, stats.loads, stats.fills), (200, 199, 1, 1));
}

/// So do processes, if they are asked to.
pub async fn a_cold_key_is_loaded_once_across_processes_when_asked(stage: Stage) {
    let wait = Duration::from_secs(60);
    let first = stage.shared(&stage.process().await, wait);
    let second = stage.shared(&stage.process().await, wait);
    let source = Source::of("ada");
    let gate = source.hold();
    let mut callers = fetch_many(100, &first, 42, &source);
    callers.extend(fetch_many(100, &second, 42, &source));
    until_waiting(&first, 99).await;
    until_waiting(&second, 99).await;
    until_loads(&source, 1).await;
    gate.open();
    for caller in callers {
        assert_eq!(text(caller.await.unwrap()).as_deref(), Some("ada"));
    }
    assert_eq!(source.loads(), 1);
    assert_eq!(first.stats().loads + second.stats().loads, 1);
    assert_eq!(first.stats().filled_elsewhere + second.stats().filled_elsewhere, 1);
}

/// A load holds up nobody who wants something else.
pub async fn callers_of_other_keys_do_not_wait(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let (slow, quick) = (Source::of("ada"), Source::of("bob"));
    let gate = slow.hold();
    let waiting = fetch(&profiles, 1, &slow);
    until_loads(&slow, 1).await;
    assert_eq!(text(profiles.fetch(2, quick.load()).await).as_deref(), Some("bob"));
    gate.open();
    assert_eq!(text(waiting.await.unwrap()).as_deref(), Some("ada"));
}

/// The caller that began the load goes away: the others get its value all the same.
pub async fn a_cancelled_leader_strands_nobody(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("ada");
    let gate = source.hold();
    let leader = fetch(&profiles, 42, &source);
    until_loads(&source, 1).await;
    let followers = fetch_many(10, &profiles, 42, &source);
    until_waiting(&profiles, 10).await;
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    gate.open();
    for follower in followers {
        assert_eq!(text(follower.await.unwrap()).as_deref(), Some("ada"));
    }
    assert_eq!(source.loads(), 1);
}

/// A load that was begun is not wasted.
pub async fn a_load_ends_though_nobody_waits_any_more(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("ada");
    let gate = source.hold();
    let leader = fetch(&profiles, 42, &source);
    until_loads(&source, 1).await;
    leader.abort();
    gate.open();
    eventually("it is kept", async || (profiles.stats().fills == 1).then_some(())).await;
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    assert_eq!(source.loads(), 1);
}

async fn buggy(
    load: impl Future<Output = Result<Sourced<String>, SourceFailed>>,
) -> Result<Sourced<String>, SourceFailed> {
    load.await?;
    panic!("a bug in the load");
}

/// A panic in a load is a typed error for those who waited for it; the next caller loads anew.
pub async fn a_panicking_load_is_an_error_for_all_who_waited_and_no_more(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("ada");
    let gate = source.hold();
    let load = source.load();
    let leader = {
        let profiles = profiles.clone();
        tokio::spawn(async move {
            let load = || buggy(load());
            profiles.fetch(42, load).await
        })
    };
    until_loads(&source, 1).await;
    let followers = fetch_many(10, &profiles, 42, &source);
    until_waiting(&profiles, 10).await;
    source.pass();
    gate.open();
    for caller in followers.into_iter().chain([leader]) {
        let error = caller.await.unwrap().unwrap_err();
        let FetchError::Panicked { message } = &error else { panic!("{error}") };
        assert_eq!(message, "a bug in the load");
    }
    assert_eq!(profiles.stats().source_errors, 1);
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
}

/// A failure too.
pub async fn a_failing_load_is_an_error_for_all_who_waited_and_no_more(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("ada");
    source.broken(true);
    let gate = source.hold();
    let callers = fetch_many(10, &profiles, 42, &source);
    until_waiting(&profiles, 9).await;
    gate.open();
    for caller in callers {
        let error = caller.await.unwrap().unwrap_err();
        assert!(error.source_as::<SourceFailed>().is_some(), "{error}");
    }
    assert_eq!((source.loads(), profiles.stats().source_errors), (1, 1));
    source.broken(false);
    source.pass();
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
}

/// A source that does not answer holds up nobody for ever.
pub async fn a_load_that_never_ends_is_given_up(stage: Stage) {
    let limit = Duration::from_secs(5);
    let profiles = stage.profiles(&stage.process().await).load_timeout(limit).build();
    let source = Source::of("ada");
    let gate = source.hold();
    let waiting = fetch(&profiles, 42, &source);
    until_loads(&source, 1).await;
    stage.seconds_pass(6);
    let error = waiting.await.unwrap().unwrap_err();
    assert!(matches!(error, FetchError::TimedOut { .. }), "{error}");
    source.pass();
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    drop(gate);
}

/// A process that took the lead and died: the others load on their own after a while.
pub async fn a_leader_that_is_lost_is_waited_for_up_to_a_bound(stage: Stage) {
    let dead = stage.process().await;
    let key = CacheKey::new("player:42", 6, "profile");
    let lead = Some(Duration::from_secs(600));
    let leased = dead.lease(&key, lead, &JsonCodec::<String>::new(0)).await.unwrap();
    assert!(leased.leads);
    let profiles = stage.shared(&stage.process().await, Duration::from_millis(50));
    let source = Source::of("ada");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    assert_eq!(source.loads(), 1, "what it loaded was kept");
}

/// A process whose load failed does not let the others wait for it.
pub async fn a_leader_that_fails_lets_another_one_load(stage: Stage) {
    let wait = Duration::from_secs(60);
    let first = stage.shared(&stage.process().await, wait);
    let second = stage.shared(&stage.process().await, wait);
    let (broken, good) = (Source::of("ada"), Source::of("ada"));
    broken.broken(true);
    let gate = broken.hold();
    let failing = fetch(&first, 42, &broken);
    until_loads(&broken, 1).await;
    let waiting = fetch(&second, 42, &good);
    eventually("it waits", async || (second.stats().misses == 1).then_some(())).await;
    assert_eq!(good.loads(), 0);
    gate.open();
    assert!(failing.await.unwrap().is_err());
    assert_eq!(text(waiting.await.unwrap()).as_deref(), Some("ada"));
    assert_eq!(good.loads(), 1);
}

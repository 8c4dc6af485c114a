//! What is invalidated is gone, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aether_realtime::cache::{Cache, CacheAside, Invalidation, Sourced};
use aether_testkit::eventually;

use super::source::Source;
use super::{Stage, text};

const ROUNDS: u64 = 1000;

/// Waits until a process sees a new text, and never an old one again after that.
async fn sees(stage: &Stage, profiles: &CacheAside<String>, source: &Source, new: &str) {
    if !stage.is_immediate() {
        eventually("the invalidation arrives", async || {
            (text(profiles.fetch(42, source.load()).await)? == new).then_some(())
        })
        .await;
    }
    for _ in 0..3 {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some(new));
    }
}

/// In the process that invalidates when the call returns, and in all others.
pub async fn an_invalidated_entry_is_gone_for_everybody(stage: Stage) {
    let (here, there) = (stage.process().await, stage.process().await);
    let (near, far) = (stage.profiles(&here).build(), stage.profiles(&there).build());
    let source = Source::of("old");
    for round in 0..10 {
        let (old, new) = (format!("{round}"), format!("{}", round + 1));
        source.say(&old);
        near.forget(42).await.unwrap();
        assert_eq!(text(near.fetch(42, source.load()).await), Some(old.clone()));
        sees(&stage, &far, &source, &old).await;
        source.say(&new);
        near.forget(42).await.unwrap();
        assert_eq!(text(near.fetch(42, source.load()).await), Some(new.clone()));
        sees(&stage, &far, &source, &new).await;
    }
}

/// Whatever is kept about an entity goes in one step, parts and absences too.
pub async fn an_entity_goes_with_all_its_entries(stage: Stage) {
    let cache = stage.process().await;
    let profiles = stage.profiles(&cache).build();
    let bags = stage.entries(&cache, "bag").build();
    let (source, none) = (Source::of("x"), Source::with(Sourced::absent()));
    let fetch_all = async || {
        text(profiles.fetch(42, source.load()).await);
        text(bags.fetch(42, none.load()).await);
        for page in 0..5 {
            text(bags.fetch_part(42, page, source.load()).await);
        }
    };
    fetch_all().await;
    fetch_all().await;
    assert_eq!((source.loads(), none.loads()), (6, 1));
    cache.invalidate(&[Invalidation::entity("player", 42)]).await.unwrap();
    fetch_all().await;
    assert_eq!((source.loads(), none.loads()), (12, 2));
    cache.invalidate(&[Invalidation::entity("player", 42).at(1)]).await.unwrap();
    fetch_all().await;
    assert_eq!((source.loads(), none.loads()), (18, 3), "unknown versions are older than any");
}

/// What has another name stays.
pub async fn other_entries_and_entities_stay(stage: Stage) {
    let cache = stage.process().await;
    let profiles = stage.profiles(&cache).build();
    let bags = stage.entries(&cache, "bag").build();
    let source = Source::of("x");
    for id in [4, 42, 422] {
        text(profiles.fetch(id, source.load()).await);
        text(bags.fetch(id, source.load()).await);
    }
    assert_eq!(source.loads(), 6);
    profiles.forget(42).await.unwrap();
    cache.invalidate(&[Invalidation::entity("players", 4)]).await.unwrap();
    for id in [4, 42, 422] {
        text(bags.fetch(id, source.load()).await);
    }
    assert_eq!(source.loads(), 6, "bags stay");
    for id in [4, 42, 422] {
        text(profiles.fetch(id, source.load()).await);
    }
    assert_eq!(source.loads(), 7, "one profile goes");
}

/// An invalidation that comes late, or again (a replay), costs nothing that is newer.
pub async fn an_old_invalidation_leaves_newer_values(stage: Stage) {
    let cache = stage.process().await;
    let profiles = stage.profiles(&cache).build();
    let bags = stage.entries(&cache, "bag").build();
    let source = Source::with(Sourced::found("x".to_owned()).at(10));
    let older = Source::with(Sourced::found("y".to_owned()).at(8));
    text(profiles.fetch(42, source.load()).await);
    text(bags.fetch(42, older.load()).await);
    for version in [3, 8] {
        cache.invalidate(&[Invalidation::entity("player", 42).at(version)]).await.unwrap();
    }
    text(profiles.fetch(42, source.load()).await);
    text(bags.fetch(42, older.load()).await);
    assert_eq!((source.loads(), older.loads()), (1, 1));
    cache.invalidate(&[Invalidation::entity("player", 42).at(10)]).await.unwrap();
    text(profiles.fetch(42, source.load()).await);
    text(bags.fetch(42, older.load()).await);
    assert_eq!((source.loads(), older.loads()), (1, 2));
}

/// One call, however many.
pub async fn many_entities_are_invalidated_at_once(stage: Stage) {
    let cache = stage.process().await;
    let profiles = stage.profiles(&cache).build();
    let source = Source::of("x");
    for id in 0..300 {
        text(profiles.fetch(id, source.load()).await);
    }
    let targets: Vec<_> = (0..300).map(|id| Invalidation::entity("player", id)).collect();
    cache.invalidate(&targets).await.unwrap();
    for id in 0..300 {
        text(profiles.fetch(id, source.load()).await);
    }
    assert_eq!(source.loads(), 600);
}

/// A player that is created after somebody asked for it is found at once.
pub async fn a_remembered_absence_is_forgotten_too(stage: Stage) {
    let cache = stage.process().await;
    let profiles = stage.profiles(&cache).build();
    let source = Source::with(Sourced::absent().at(5));
    assert_eq!(text(profiles.fetch(42, source.load()).await), None);
    source.set(Sourced::found("ada".to_owned()).at(6));
    cache.invalidate(&[Invalidation::entity("player", 42).at(6)]).await.unwrap();
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
}

async fn joins_no_older_load(stage: &Stage, here: Arc<dyn Cache>, invalidates: Arc<dyn Cache>) {
    let profiles = stage.profiles(&here).build();
    let source = Source::of("old");
    let gate = source.hold();
    let early = {
        let (profiles, load) = (profiles.clone(), source.load());
        tokio::spawn(async move { profiles.fetch(42, load).await })
    };
    eventually("it has read", async || (source.loads() == 1).then_some(())).await;
    source.say("new");
    source.pass();
    invalidates.invalidate(&[Invalidation::entity("player", 42)]).await.unwrap();
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
    gate.open();
    assert_eq!(text(early.await.unwrap()).as_deref(), Some("old"));
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
}

/// A load that is under way has read what is outdated now: it is not for those who come later.
pub async fn who_comes_after_an_invalidation_joins_no_older_load(stage: Stage) {
    let cache = stage.process().await;
    joins_no_older_load(&stage, cache.clone(), cache).await;
}

/// The same if another process has invalidated.
pub async fn who_comes_after_an_invalidation_elsewhere_joins_no_older_load(stage: Stage) {
    let (here, there) = (stage.process().await, stage.process().await);
    joins_no_older_load(&stage, here, there).await;
}

/// Readers fill as fast as they can while a writer invalidates: nobody sees what was outdated when it asked,
/// and nothing outdated stays.
pub async fn racing_fills_and_invalidations_leave_nothing_old(stage: Stage) {
    // with copies in process the readers leave the writer little time
    let rounds = if stage.is_immediate() { ROUNDS } else { ROUNDS / 5 };
    let (here, there) = (stage.process().await, stage.process().await);
    let (near, far) = (stage.profiles(&here).build(), stage.profiles(&there).build());
    let (source, valid) = (Source::of("0"), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = [&near, &near, &near, &far]
        .into_iter()
        .enumerate()
        .map(|(index, profiles)| {
            let (profiles, source, valid) = (profiles.clone(), source.clone(), valid.clone());
            let strict = index < 3 || stage.is_immediate();
            tokio::spawn(async move {
                while valid.load(Ordering::SeqCst) < rounds {
                    let errors = profiles.stats().cache_errors;
                    let least = valid.load(Ordering::SeqCst);
                    let seen = text(profiles.fetch(42, source.load()).await).unwrap();
                    let seen: u64 = seen.parse().unwrap();
                    // a cache that does not answer in time tells other processes of no invalidation
                    let unanswered = index == 3 && profiles.stats().cache_errors > errors;
                    let current = seen >= least || !strict || unanswered;
                    assert!(current, "saw {seen} after {least} was valid");
                }
            })
        })
        .collect();
    for round in 1..=rounds {
        source.say(&round.to_string());
        // a busy machine may let it time out: as everybody has to, again until it is done
        while near.forget(42).await.is_err() {}
        valid.store(round, Ordering::SeqCst);
    }
    for reader in readers {
        reader.await.unwrap();
    }
    sees(&stage, &near, &source, &rounds.to_string()).await;
    sees(&stage, &far, &source, &rounds.to_string()).await;
}

/// Ids are taken as they are.
pub async fn an_id_may_be_any_text(stage: Stage) {
    let (here, there) = (stage.process().await, stage.process().await);
    let (profiles, others) = (stage.profiles(&here).build(), stage.profiles(&there).build());
    let long = "x".repeat(500);
    for id in ["", " ", ":", "a:b", "é\n\"\0\\", "*", "%s %d", "}", "{}", "%7D", &long] {
        let source = Source::of(id);
        for profiles in [&profiles, &others] {
            assert_eq!(text(profiles.fetch(id, source.load()).await).as_deref(), Some(id));
        }
        assert_eq!(source.loads(), 1, "{id:?}");
        there.invalidate(&[Invalidation::entity("player", id)]).await.unwrap();
        source.say("new");
        eventually("the invalidation arrives", async || {
            (text(profiles.fetch(id, source.load()).await)? == "new").then_some(())
        })
        .await;
    }
}

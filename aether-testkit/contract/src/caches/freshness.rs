//! How long values are served: fresh, before their end, after it, and not at all.

use std::time::Duration;

use aether_realtime::cache::Sourced;
use aether_testkit::eventually;

use super::source::{Source, SourceFailed};
use super::{Stage, text};

/// Hits ask the source nothing.
pub async fn a_value_is_loaded_once_while_it_is_fresh(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("ada");
    for _ in 0..20 {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
        stage.seconds_pass(4);
    }
    assert_eq!(source.loads(), 1);
    assert_eq!((profiles.stats().hits, profiles.stats().misses), (19, 1));
}

/// After its time to live a value is not served any more.
pub async fn an_expired_value_is_loaded_again(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("old");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    source.say("new");
    stage.seconds_pass(99);
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    stage.seconds_pass(2);
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
}

/// Near its end a value is loaded anew in the background: no caller ever waits.
pub async fn an_entry_is_refreshed_before_it_ends(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).refresh_ahead(0.8).build();
    let source = Source::of("old");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    source.say("new");
    stage.seconds_pass(79);
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    assert_eq!(source.loads(), 1, "it is not time yet");
    stage.seconds_pass(2);
    let gate = source.hold();
    for _ in 0..20 {
        let served = profiles.fetch(42, source.load()).await;
        assert_eq!(text(served).as_deref(), Some("old"), "nobody waits");
    }
    gate.open();
    source.pass();
    eventually("the new value is there", async || {
        (text(profiles.fetch(42, source.load()).await)? == "new").then_some(())
    })
    .await;
    // it has lived for its full time again
    stage.seconds_pass(79);
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
    let stats = profiles.stats();
    assert_eq!((source.loads(), stats.refreshes, stats.misses), (2, 1, 1));
}

/// One load ahead of time is enough for all processes.
pub async fn one_process_refreshes_for_all(stage: Stage) {
    let first = stage.profiles(&stage.process().await).refresh_ahead(0.8).build();
    let second = stage.profiles(&stage.process().await).refresh_ahead(0.8).build();
    let source = Source::of("old");
    for profiles in [&first, &second] {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    }
    assert_eq!(source.loads(), 1);
    source.say("new");
    stage.seconds_pass(90);
    let gate = source.hold();
    assert_eq!(text(first.fetch(42, source.load()).await).as_deref(), Some("old"));
    eventually("a refresh is under way", async || (source.loads() == 2).then_some(())).await;
    for _ in 0..20 {
        assert_eq!(text(second.fetch(42, source.load()).await).as_deref(), Some("old"));
    }
    gate.open();
    source.pass();
    for profiles in [&first, &second] {
        eventually("the new value is there", async || {
            stage.clock.advance(Duration::from_millis(60));
            (text(profiles.fetch(42, source.load()).await)? == "new").then_some(())
        })
        .await;
    }
    assert_eq!(source.loads(), 2);
}

/// A source that is away when it is time costs nothing yet.
pub async fn a_failed_refresh_leaves_the_value(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).refresh_ahead(0.5).build();
    let source = Source::of("ada");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    source.broken(true);
    stage.seconds_pass(60);
    for _ in 0..20 {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    }
    eventually("a refresh fails", async || (profiles.stats().source_errors > 0).then_some(()))
        .await;
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
    assert_eq!(profiles.stats().misses, 1);
}

/// That there is nothing is known for a while.
pub async fn an_absent_value_is_remembered(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::with(Sourced::absent());
    for _ in 0..10 {
        assert_eq!(text(profiles.fetch(42, source.load()).await), None);
    }
    assert_eq!((source.loads(), profiles.stats().hits), (1, 9));
}

/// And not for longer; its time is its own.
pub async fn an_absent_value_is_asked_for_again_after_its_time(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::with(Sourced::absent());
    assert_eq!(text(profiles.fetch(42, source.load()).await), None);
    source.say("ada");
    stage.seconds_pass(9);
    assert_eq!(text(profiles.fetch(42, source.load()).await), None);
    stage.seconds_pass(2);
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("ada"));
}

/// A source that fails is covered up for a while, and counted.
pub async fn a_stale_value_is_served_while_the_source_fails_within_the_bound(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("old");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    source.broken(true);
    for seconds in [101, 48] {
        stage.seconds_pass(seconds);
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    }
    let stats = profiles.stats();
    assert_eq!((stats.stale_serves, stats.source_errors), (2, 2));
    source.broken(false);
    source.say("new");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
}

/// But not for ever.
pub async fn after_the_bound_the_error_is_the_callers(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("old");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    source.broken(true);
    stage.seconds_pass(151);
    let error = profiles.fetch(42, source.load()).await.unwrap_err();
    assert!(error.source_as::<SourceFailed>().is_some(), "{error}");
    assert_eq!(profiles.stats().stale_serves, 0);
}

/// What was filled together does not end together.
pub async fn lifetimes_are_spread(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).jitter(0.5).build();
    let source = Source::of("ada");
    for id in 0..100 {
        text(profiles.fetch(id, source.load()).await);
    }
    assert_eq!(source.loads(), 100);
    stage.seconds_pass(75);
    for id in 0..100 {
        text(profiles.fetch(id, source.load()).await);
    }
    let again = source.loads() - 100;
    assert!((10..=90).contains(&again), "{again} of 100 have ended after three quarters");
    // and none lives longer than it may
    stage.seconds_pass(26);
    let before = source.loads();
    for id in 0..100 {
        text(profiles.fetch(id, source.load()).await);
    }
    assert!(source.loads() - before >= 100 - again);
}

/// A clock that is set back does not keep old values alive.
pub async fn a_clock_set_back_makes_no_entry_live_longer(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("old");
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    source.say("new");
    stage.clock.set_back(Duration::from_hours(1));
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
}

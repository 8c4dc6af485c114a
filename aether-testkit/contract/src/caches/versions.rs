//! Nothing older ever takes the place of something newer.

use aether_realtime::cache::{Invalidation, Sourced, Stored};
use aether_testkit::eventually;

use super::source::Source;
use super::{Stage, text};

fn row(text: &str, version: u64) -> Sourced<String> {
    Sourced::found(text.to_owned()).at(version)
}

/// A filler reads, an event comes, its invalidation and a newer fill pass by, and only then the filler
/// writes.
pub async fn a_slow_filler_never_overwrites_newer(stage: Stage) {
    let (here, there) = (stage.process().await, stage.process().await);
    let (slow, quick) = (stage.profiles(&here).build(), stage.profiles(&there).build());
    let source = Source::with(row("old", 5));
    let gate = source.hold();
    let filler = {
        let (slow, load) = (slow.clone(), source.load());
        tokio::spawn(async move { slow.fetch(42, load).await })
    };
    eventually("it has read", async || (source.loads() == 1).then_some(())).await;
    source.set(row("new", 6));
    source.pass();
    there.invalidate(&[Invalidation::entity("player", 42).at(6)]).await.unwrap();
    assert_eq!(text(quick.fetch(42, source.load()).await).as_deref(), Some("new"));
    gate.open();
    // it began before the event, and may say so
    assert_eq!(text(filler.await.unwrap()).as_deref(), Some("old"));
    assert_eq!(slow.stats().outdated_fills, 1);
    for profiles in [&slow, &quick] {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
    }
}

/// The same where nobody knows a version.
pub async fn a_slow_filler_without_versions_never_overwrites_newer(stage: Stage) {
    let (here, there) = (stage.process().await, stage.process().await);
    let (slow, quick) = (stage.profiles(&here).build(), stage.profiles(&there).build());
    let source = Source::of("old");
    let gate = source.hold();
    let filler = {
        let (slow, load) = (slow.clone(), source.load());
        tokio::spawn(async move { slow.fetch(42, load).await })
    };
    eventually("it has read", async || (source.loads() == 1).then_some(())).await;
    source.say("new");
    source.pass();
    quick.forget(42).await.unwrap();
    assert_eq!(text(quick.fetch(42, source.load()).await).as_deref(), Some("new"));
    gate.open();
    assert_eq!(text(filler.await.unwrap()).as_deref(), Some("old"));
    assert_eq!(slow.stats().outdated_fills, 1);
    for profiles in [&slow, &quick] {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
    }
}

/// The same where nobody has filled in between: the key stays empty.
pub async fn a_slow_filler_fills_nothing_after_an_invalidation(stage: Stage) {
    for version in [None, Some(6)] {
        let id = version.unwrap_or(1);
        let (here, there) = (stage.process().await, stage.process().await);
        let profiles = stage.profiles(&here).build();
        let source = Source::with(row("old", 7));
        let gate = source.hold();
        let filler = {
            let (profiles, load) = (profiles.clone(), source.load());
            tokio::spawn(async move { profiles.fetch(id, load).await })
        };
        eventually("it has read", async || (source.loads() == 1).then_some(())).await;
        let target = Invalidation::entity("player", id);
        let target = version.map_or(target.clone(), |version| target.at(version));
        there.invalidate(&[target]).await.unwrap();
        source.say("new");
        source.pass();
        gate.open();
        text(filler.await.unwrap());
        assert_eq!(profiles.stats().outdated_fills, 1);
        assert_eq!(text(profiles.fetch(id, source.load()).await).as_deref(), Some("new"));
    }
}

/// A replica, or a read model, that has not seen the event yet.
pub async fn what_a_lagging_source_says_is_not_kept(stage: Stage) {
    let cache = stage.process().await;
    let profiles = stage.profiles(&cache).build();
    let source = Source::with(row("old", 5));
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    cache.invalidate(&[Invalidation::entity("player", 42).at(6)]).await.unwrap();
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    assert_eq!(profiles.stats().outdated_fills, 1);
    source.set(row("new", 6));
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("new"));
    assert_eq!(source.loads(), 3);
}

/// Versions are compared as numbers, however long they are.
pub async fn an_older_value_never_replaces_a_newer_one(stage: Stage) {
    let profiles = stage.profiles(&stage.process().await).build();
    let source = Source::of("not asked");
    for (text_of, version, outcome) in [
        ("a", 9, Stored::Kept),
        ("b", 10, Stored::Kept),
        ("c", 9, Stored::Outdated),
        ("d", u64::MAX - 1, Stored::Kept),
        ("e", u64::MAX - 2, Stored::Outdated),
        ("f", u64::MAX - 1, Stored::Kept),
    ] {
        assert_eq!(profiles.put(42, row(text_of, version)).await.unwrap(), outcome, "{text_of}");
    }
    assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("f"));
    assert_eq!(source.loads(), 0);
}

/// Those who write every change need not invalidate.
pub async fn a_put_is_seen_by_everybody(stage: Stage) {
    let (here, there) = (stage.process().await, stage.process().await);
    let (writer, reader) = (stage.profiles(&here).build(), stage.profiles(&there).build());
    let source = Source::of("not asked");
    assert_eq!(writer.put(42, row("old", 5)).await.unwrap(), Stored::Kept);
    for profiles in [&writer, &reader] {
        assert_eq!(text(profiles.fetch(42, source.load()).await).as_deref(), Some("old"));
    }
    assert_eq!(writer.put(42, row("new", 6)).await.unwrap(), Stored::Kept);
    assert_eq!(text(writer.fetch(42, source.load()).await).as_deref(), Some("new"));
    if stage.is_immediate() {
        assert_eq!(text(reader.fetch(42, source.load()).await).as_deref(), Some("new"));
    }
    eventually("the reader sees it", async || {
        (text(reader.fetch(42, source.load()).await)? == "new").then_some(())
    })
    .await;
    assert_eq!(source.loads(), 0);
}

//! Feeds over the bus: every message once, in order.

use std::sync::Arc;
use std::time::Duration;

use aether_core::log::Anchor;
use aether_core::memory::MemoryReadModels;
use aether_core::uuid::Uuid;
use aether_core::{Error, Json, Position};
use aether_realtime::bus::{Announcer, Bus, MemoryBus, Notice};
use aether_testkit::eventually;
use futures::FutureExt as _;

use super::Place;
use super::probe::{next_notice, publish};
use super::world::{World, channel_of, combat, come_back, positions, update};

/// A feed begins with what is stored and continues with what happens, without a seam.
pub async fn what_is_stored_comes_first_and_then_what_happens(backend: Arc<Place>) {
    let world = World::new();
    let models = MemoryReadModels::default();
    world.append(1, 40).await;
    world.append(2, 5).await;
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    let mut news =
        feeds.follow(&world.world_events(), Position::START).await.expect("it can be followed");
    assert_eq!(positions(&mut feed, 40).await, world.truth(Some(1)).await);
    for _ in 0..10 {
        world.append(1, 1).await;
        world.append(2, 3).await;
        let last = update(&mut feed).await;
        assert_eq!(
            last.position.get(),
            *world.truth(Some(1)).await.last().expect("there are events")
        );
    }
    let told = world.truth(None).await;
    assert_eq!(positions(&mut news, told.len()).await, told);
    assert!(feed.next().now_or_never().is_none(), "nothing more, nothing twice");
    node.stop().await.expect("it stops");
}

/// A live feed shows nothing of what was before.
pub async fn a_live_feed_begins_now(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    world.append(1, 9).await;
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let mut feed = feeds.follow_live(&world.channel(1)).await.expect("it can be followed");
    world.append(1, 2).await;
    assert_eq!(positions(&mut feed, 2).await, world.truth(Some(1)).await[9..]);
    node.stop().await.expect("it stops");
}

/// A client that says what it saw last gets what comes after it; one that has seen what is not there is told.
pub async fn a_feed_goes_on_where_its_client_was(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let channel = world.channel(1);
    let mut seen = Vec::new();
    let mut last = None;
    for _ in 0..5 {
        world.append(1, 7).await;
        let mut feed = come_back(&feeds, &channel, last).await;
        // it goes away in the middle
        seen.extend(positions(&mut feed, 4).await);
        let update = update(&mut feed).await;
        seen.push(update.position.get());
        last = Some(update.anchor());
    }
    let mut feed = come_back(&feeds, &channel, last).await;
    seen.extend(positions(&mut feed, 10).await);
    assert_eq!(seen, world.truth(Some(1)).await);
    let ahead = feeds.follow(&channel, Position::new(1_000_000)).await;
    assert!(matches!(ahead, Err(Error::PositionAhead { .. })));
    let strange = Anchor { event_id: Uuid::from_u128(1).into(), ..last.expect("a message") };
    let lost = feeds.resume(&channel, strange).await;
    assert!(matches!(lost, Err(Error::EventsLost { .. })), "{lost:?}");
    node.stop().await.expect("it stops");
}

/// However many feeds there are of a channel, there is one subscription, which ends with the last.
pub async fn feeds_of_a_channel_share_one_subscription(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let (channel, name) = (world.channel(1), format!("combat:{}:updates", combat(1)));
    let mut all = Vec::new();
    for _ in 0..20 {
        all.push(feeds.follow(&channel, Position::START).await.expect("it can be followed"));
    }
    assert_eq!(feeds.channels(), 1);
    world.append(1, 50).await;
    for feed in &mut all {
        assert_eq!(positions(feed, 50).await, world.truth(Some(1)).await);
    }
    let subscribed = async |yes| (backend.is_subscribed(&name).await == yes).then_some(());
    eventually("subscribed", async || subscribed(true).await).await;
    drop(all);
    assert_eq!(feeds.channels(), 0);
    eventually("not subscribed any more", async || subscribed(false).await).await;
    node.stop().await.expect("it stops");
}

/// What is published while the connection is cut comes all the same.
pub async fn a_cut_loses_and_doubles_nothing(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    let mut seen = Vec::new();
    for round in 0..5 {
        world.append(1, 4).await;
        if round % 2 == 0 {
            seen.extend(positions(&mut feed, 4).await);
        }
        backend.cut().await;
        world.append(1, 3).await;
        if round == 4 {
            // also while it is away
            seen.extend(positions(&mut feed, 3).await);
        }
        backend.mend().await;
        world.append(1, 1).await;
    }
    let told = world.truth(Some(1)).await;
    seen.extend(positions(&mut feed, told.len() - seen.len()).await);
    assert_eq!(seen, told);
    assert!(feed.next().now_or_never().is_none(), "nothing more, nothing twice");
    node.stop().await.expect("it stops");
}

/// A feed that is not read holds little, and makes up for it later; its neighbours notice nothing.
pub async fn a_slow_feed_misses_nothing_and_holds_up_nobody(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let mut slow =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    let mut quick =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    world.append(1, 1).await;
    let mut first = positions(&mut slow, 1).await;
    positions(&mut quick, 1).await;
    for _ in 0..100 {
        world.append(1, 3).await;
        positions(&mut quick, 3).await;
    }
    first.extend(positions(&mut slow, 300).await);
    assert_eq!(first, world.truth(Some(1)).await);
    node.stop().await.expect("it stops");
}

/// A publisher whose checkpoint was lost publishes everything again: nobody sees it twice.
pub async fn a_publisher_that_starts_over_does_no_harm(backend: Arc<Place>) {
    let world = World::new();
    let feeds = world.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    let mut seen = Vec::new();
    for _ in 0..3 {
        // a publisher that knows nothing of those before
        let models = MemoryReadModels::default();
        let node = world.announce(backend.connect().await, &models);
        world.append(1, 10).await;
        world.append(2, 10).await;
        seen.extend(positions(&mut feed, 10).await);
        node.wait_for_all(world.append(2, 1).await).await.expect("it gets there");
        node.stop().await.expect("it stops");
    }
    assert_eq!(seen, world.truth(Some(1)).await);
    assert!(feed.next().now_or_never().is_none(), "nothing more, nothing twice");
}

/// Old notices that arrive late, among newer ones or before those they follow, are seen through.
pub async fn a_publisher_that_wakes_up_late_does_no_harm(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let bus = backend.connect().await;
    let node = world.announce(bus.clone(), &models);
    let feeds = world.feeds(backend.connect().await);
    let channel = world.channel(1);
    let mut feed = feeds.follow(&channel, Position::START).await.expect("it can be followed");
    let mut listener = bus.listen(channel.name());
    world.append(1, 20).await;
    let mut seen = positions(&mut feed, 20).await;
    // what was really sent, in a disorder that only several publishers can make
    let mut sent: Vec<Notice> = Vec::new();
    while let Some(Some(signal)) = listener.next().now_or_never() {
        if let aether_realtime::bus::Signal::Notice(notice) = signal {
            sent.push(notice);
        }
    }
    let backwards: Vec<Notice> = sent.iter().rev().cloned().collect();
    publish(&*bus, &backwards).await;
    world.append(1, 5).await;
    publish(&*bus, &sent).await;
    seen.extend(positions(&mut feed, 5).await);
    // one who has not seen them hears the last one first
    let late = feeds.follow(&channel, Position::START).await;
    assert_eq!(
        positions(&mut late.expect("it can be followed"), 25).await,
        world.truth(Some(1)).await
    );
    world.append(1, 1).await;
    seen.extend(positions(&mut feed, 1).await);
    assert_eq!(seen, world.truth(Some(1)).await);
    assert!(feed.next().now_or_never().is_none(), "nothing more, nothing twice");
    node.stop().await.expect("it stops");
}

/// Two publishers at the same time, each at its own pace: everything is sent twice, and seen once.
pub async fn two_publishers_at_once_do_no_harm(backend: Arc<Place>) {
    let world = World::new();
    let models = [MemoryReadModels::default(), MemoryReadModels::default()];
    let mut nodes = Vec::new();
    for (models, name) in models.iter().zip(["un", "deux"]) {
        let bus = backend.connect().await;
        let announcer = Announcer::new(name, bus).channels(&world.updates);
        nodes.push(world.run(announcer, models));
    }
    let feeds = world.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    let mut seen = Vec::new();
    for round in 0..50 {
        world.append(1, 1 + round % 4).await;
        world.append(2, 1).await;
        seen.extend(positions(&mut feed, 1 + round % 4).await);
    }
    assert_eq!(seen, world.truth(Some(1)).await);
    for node in nodes {
        node.stop().await.expect("it stops");
    }
    assert!(feed.next().now_or_never().is_none(), "nothing more, nothing twice");
}

/// An event whose message cannot be made is an error, once, between its neighbours.
pub async fn what_cannot_be_told_is_an_error_in_its_place(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    world.append(1, 2).await;
    assert_eq!(positions(&mut feed, 2).await, [1, 2]);
    let unreadable = Json::encode("illisible").expect("it is JSON");
    world.append_with(1, vec![unreadable]).await;
    world.append(1, 2).await;
    let next = tokio::time::timeout(aether_testkit::DEADLINE, feed.next())
        .await
        .expect("something in time");
    let error = next.expect_err("an error in its place");
    assert!(error.to_string().contains("illisible on purpose"), "{error}");
    assert_eq!(positions(&mut feed, 2).await, [4, 5]);
    node.stop().await.expect("it stops");
}

/// A message that is too large for the bus is only mentioned there, and fetched.
pub async fn large_messages_are_fetched(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let bus = backend.connect().await;
    let announcer = Announcer::new("annonces", bus).channels(&world.updates).body_limit(100);
    let node = world.run(announcer, &models);
    let feeds = world.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    for size in [10, 5_000, 20, 60_000] {
        let payload = Json::encode(&"x".repeat(size)).expect("it is JSON");
        world.append_with(1, vec![payload]).await;
        let told = update(&mut feed).await;
        assert_eq!(told.message.1.as_str().expect("a text").len(), size);
    }
    node.stop().await.expect("it stops");
}

/// While two versions of a definition run, each follows its own.
pub async fn old_and_new_code_leave_each_others_messages_alone(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let node = world.announce(backend.connect().await, &models);
    let feeds = world.feeds(backend.connect().await);
    // tells of every second event only, and says so
    let newer = aether_realtime::bus::Channels::new(
        "combat-updates",
        aether_core::Filter::all().aggregate_types(["Combat"]),
        |event| {
            let channel = format!("combat:{}:updates", event.aggregate_id);
            let told = event.version.get() % 2 == 0;
            let tale = (event.version.get() * 100, serde_json::Value::Null);
            Ok(told.then_some((channel, tale)))
        },
    )
    .revision(2);
    let mut old =
        feeds.follow(&world.channel(1), Position::START).await.expect("it can be followed");
    let mut new =
        feeds.follow(&channel_of(&newer, 1), Position::START).await.expect("it can be followed");
    for version in 1..=10 {
        // one by one, so that they come over the bus
        world.append(1, 1).await;
        assert_eq!(update(&mut old).await.message.0, version);
        if version % 2 == 0 {
            let told = update(&mut new).await;
            assert_eq!((told.position.get(), told.message.0), (version.into(), version * 100));
        }
    }
    node.stop().await.expect("it stops");
}

/// Notices of events that do not exist, and others that are not for feeds, change nothing.
pub async fn strange_notices_do_no_harm(backend: Arc<Place>) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let bus = backend.connect().await;
    let node = world.announce(bus.clone(), &models);
    let feeds = world.feeds(backend.connect().await);
    let channel = world.channel(1);
    let mut feed = feeds.follow(&channel, Position::START).await.expect("it can be followed");
    world.append(1, 3).await;
    let mut seen = positions(&mut feed, 3).await;
    publish(&*bus, &[Notice::passing(channel.name(), Json::empty())]).await;
    world.append(1, 1).await;
    seen.extend(positions(&mut feed, 1).await);
    // of another world: it is waited for, for a while, and then forgotten
    let (position, after) = (Position::new(500), Position::new(400));
    let name = Arc::from(channel.name());
    let blank = || Notice { body: None, ..Notice::passing("", Json::empty()) };
    let lost = Notice { channel: name, position, after, definition: 9, ..blank() };
    publish(&*bus, &[lost]).await;
    world.append(1, 2).await;
    seen.extend(positions(&mut feed, 2).await);
    assert_eq!(seen, world.truth(Some(1)).await);
    let patience = Duration::from_secs(10);
    assert!(tokio::time::timeout(patience / 100, feed.next()).await.is_err(), "nothing more");
    node.stop().await.expect("it stops");
}

/// A notice of the release before names no event: its message is taken from the log, by which a reader is recognized
/// later.
pub async fn a_notice_that_names_no_event_is_looked_up(backend: Arc<Place>) {
    let release_before = |notice| Notice { event_id: None, ..notice };
    only_a_hint(&*backend, release_before).await;
}

/// A publisher that was paused tells of events that a log had in another incarnation, and may have lost: its messages
/// are taken from the log.
pub async fn a_notice_of_another_incarnation_is_looked_up(backend: Arc<Place>) {
    let paused = |notice| {
        let incarnation = Some(Uuid::from_u128(7).into());
        Notice { incarnation, ..notice }
    };
    only_a_hint(&*backend, paused).await;
}

/// Nothing of a notice is believed that was changed like this, but that there may be something in the log.
async fn only_a_hint(backend: &Place, changed: impl Fn(Notice) -> Notice) {
    let (world, models) = (World::new(), MemoryReadModels::default());
    let channel = world.channel(1);
    let overheard = MemoryBus::new();
    let mut listener = overheard.listen(channel.name());
    let node = world.announce(Arc::new(overheard), &models);
    let bus = backend.connect().await;
    let feeds = world.feeds(backend.connect().await);
    let mut feed = feeds.follow_live(&channel).await.expect("it can be followed");
    for number in 1..=5 {
        world.append(1, 1).await;
        let notice = next_notice(&mut listener).await;
        let lie = Json::encode(&(100, serde_json::Value::Null)).ok();
        publish(&*bus, &[changed(Notice { body: lie, ..notice })]).await;
        assert_eq!(update(&mut feed).await.message.0, number);
    }
    node.stop().await.expect("it stops");
}

/// Two stores announce on the same channels: a feed shows what is in its own, and nothing of the other.
pub async fn stores_that_share_a_bus_show_only_their_own_events(backend: Arc<Place>) {
    let ours = World::new();
    let theirs = World::new();
    let models = MemoryReadModels::default();
    let other_models = MemoryReadModels::default();
    let node = ours.announce(backend.connect().await, &models);
    let other = theirs.announce(backend.connect().await, &other_models);
    let feeds = ours.feeds(backend.connect().await);
    let mut feed =
        feeds.follow(&ours.channel(1), Position::START).await.expect("it can be followed");
    // what is theirs has other payloads, and is ahead of what is ours, at it, and after it
    let their = || Json::encode("theirs").expect("it is JSON");
    let mut seen = Vec::new();
    for round in 0..5 {
        let last = theirs.append_with(1, vec![their(); 3]).await;
        other.wait_for_all(last).await.expect("it gets there");
        ours.append(1, 1 + round % 3).await;
        for _ in 0..=round % 3 {
            let told = update(&mut feed).await;
            assert_ne!(told.message.1, "theirs", "at {}", told.position);
            seen.push(told.position.get());
        }
    }
    assert_eq!(seen, ours.truth(Some(1)).await);
    assert!(feed.next().now_or_never().is_none(), "nothing more, nothing twice");
    for node in [node, other] {
        node.stop().await.expect("it stops");
    }
}

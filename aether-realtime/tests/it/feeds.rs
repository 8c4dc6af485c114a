//! Feeds whose log was restarted, or restored from a backup and has gone on differently.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore as _;
use aether_core::chrono::{DateTime, Utc};
use aether_core::log::{Append, ExpectedVersion, NewEvent, StreamId};
use aether_core::memory::MemoryReadModels;
use aether_core::{AggregateId, Engine, Error, EventId, Filter, Json, Node, Position};
use aether_realtime::bus::{
    Announcer, Bus as _, Channel, Channels, Feed, FeedSettings, FeedUpdate, Feeds, MemoryBus,
    Notice, Signal,
};
use futures::StreamExt as _;
use uuid::Uuid;

use crate::mortal::MortalStore;

const OURS: u128 = 1;
const OTHERS: u128 = 2;
const HOUR: Duration = Duration::from_secs(3600);

struct World {
    store: MortalStore,
    bus: MemoryBus,
    channels: Channels<u64>,
    channel: Channel<u64>,
}

impl World {
    fn new() -> Self {
        let purses = Filter::all().aggregate_types(["Purse"]);
        let channels = Channels::new("purses", purses, |event| {
            let id = event.event_id.as_uuid().as_u128() as u64;
            Ok([(event.aggregate_id.to_string(), id)])
        });
        let ours = AggregateId::new(Uuid::from_u128(OURS));
        let channel = channels.channel(ours.to_string(), Filter::all().aggregates([ours]));
        Self { store: MortalStore::new(), bus: MemoryBus::new(), channels, channel }
    }

    /// Stores events with these ids.
    async fn earn(&self, purse: u128, ids: impl IntoIterator<Item = u64>) {
        for id in ids {
            let id = EventId::new(Uuid::from_u128(id.into()));
            let time = DateTime::<Utc>::UNIX_EPOCH;
            let event = NewEvent::from_json("GoldEarned", Json::empty(), id, time);
            let stream = StreamId::new("Purse", Uuid::from_u128(purse));
            let append = Append::to(stream, ExpectedVersion::Any, vec![event]);
            self.store.append(append).await.unwrap();
        }
    }

    /// Feeds that look into the store all the time.
    fn feeds(&self) -> Feeds {
        self.feeds_with(Duration::from_millis(5), 8)
    }

    /// Feeds that look into the store as often as this, and when they are told, and keep some messages.
    fn feeds_with(&self, verify: Duration, kept: usize) -> Feeds {
        let settings = FeedSettings::new().poll(verify).verify(verify).kept(kept).page(5);
        Feeds::new(Arc::new(self.store.clone()), self.bus.clone()).with(settings)
    }

    fn announce(&self) -> Node {
        let announcer = Announcer::new("announcer", self.bus.clone()).channels(&self.channels);
        let engine = Engine::new(self.store.clone());
        let models = MemoryReadModels::<()>::default();
        let checkpoints = announcer.checkpoints(models, engine.store().clone());
        Node::builder(&engine).projection(checkpoints, announcer).start().unwrap()
    }

    async fn follow_all(&self, feeds: &Feeds) -> Feed<u64> {
        feeds.follow(&self.channel, Position::START).await.unwrap()
    }
}

async fn update(feed: &mut Feed<u64>) -> Result<FeedUpdate<u64>, Error> {
    tokio::time::timeout(Duration::from_secs(20), feed.next()).await.expect("something in time")
}

/// The next messages.
async fn see(feed: &mut Feed<u64>, count: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.len() < count {
        seen.push(update(feed).await.unwrap().message);
    }
    seen
}

async fn assert_lost(feed: &mut Feed<u64>) {
    for _ in 0..2 {
        let told = update(feed).await.unwrap_err();
        assert!(matches!(told, Error::EventsLost { .. }) && told.is_log_rewritten(), "{told}");
    }
}

#[tokio::test]
async fn a_live_feed_says_that_events_were_lost() {
    let world = World::new();
    let feeds = world.feeds();
    let mut feed = world.follow_all(&feeds).await;
    let mut stream = std::pin::pin!(world.follow_all(&feeds).await.into_stream());
    world.earn(OURS, 1..=5).await;
    assert_eq!(see(&mut feed, 5).await, [1, 2, 3, 4, 5]);
    for id in 1..=5 {
        assert_eq!(stream.next().await.unwrap().unwrap().message, id);
    }
    world.store.restore(3).await;
    // the log is soon longer than it was
    world.earn(OURS, 14..=16).await;
    assert_lost(&mut feed).await;
    assert!(matches!(stream.next().await, Some(Err(Error::EventsLost { .. }))));
    assert!(stream.next().await.is_none(), "it is the last thing that a stream tells");
    // the client loads anew, and follows
    let mut feed = world.follow_all(&feeds).await;
    assert_eq!(see(&mut feed, 6).await, [1, 2, 3, 14, 15, 16]);
}

#[tokio::test]
async fn a_log_that_is_shorter_than_what_a_feed_has_shown_has_lost_events() {
    let world = World::new();
    let mut feed = world.follow_all(&world.feeds()).await;
    world.earn(OURS, 1..=5).await;
    assert_eq!(see(&mut feed, 5).await, [1, 2, 3, 4, 5]);
    world.store.restore(3).await;
    assert_lost(&mut feed).await;
}

/// It looks into the store on its own once an hour.
#[tokio::test]
async fn a_notice_of_another_incarnation_makes_a_feed_look_at_once() {
    let world = World::new();
    let node = world.announce();
    let mut feed = world.follow_all(&world.feeds_with(HOUR, 8)).await;
    world.earn(OURS, 1..=5).await;
    assert_eq!(see(&mut feed, 5).await, [1, 2, 3, 4, 5]);
    node.stop().await.unwrap();
    world.store.restore(3).await;
    let _node = world.announce();
    world.earn(OURS, 14..=14).await;
    assert_lost(&mut feed).await;
}

#[tokio::test]
async fn a_feed_that_has_shown_nothing_that_was_lost_reads_on() {
    let world = World::new();
    let feeds = world.feeds();
    let mut behind = world.follow_all(&feeds).await;
    let mut ahead = world.follow_all(&feeds).await;
    world.earn(OURS, 1..=3).await;
    assert_eq!(see(&mut behind, 3).await, [1, 2, 3]);
    world.earn(OURS, 4..=5).await;
    assert_eq!(see(&mut ahead, 5).await, [1, 2, 3, 4, 5]);
    world.store.restore(3).await;
    world.earn(OURS, 14..=16).await;
    assert_lost(&mut ahead).await;
    assert_eq!(see(&mut behind, 3).await, [14, 15, 16]);
}

#[tokio::test]
async fn a_feed_that_began_after_lost_events_and_has_shown_nothing_says_so() {
    let world = World::new();
    world.earn(OURS, 1..=5).await;
    let feeds = world.feeds();
    let mut loaded = feeds.follow(&world.channel, Position::new(5)).await.unwrap();
    let mut live = feeds.follow_live(&world.channel).await.unwrap();
    let mut kept = feeds.follow(&world.channel, Position::new(3)).await.unwrap();
    world.store.restore(3).await;
    world.earn(OURS, 14..=16).await;
    assert_lost(&mut loaded).await;
    assert_lost(&mut live).await;
    assert_eq!(see(&mut kept, 3).await, [14, 15, 16]);
}

/// Events of others were lost, up to where the channel was known to be empty.
#[tokio::test]
async fn positions_that_were_those_of_others_are_looked_at_again() {
    let world = World::new();
    let feeds = world.feeds();
    let mut early = world.follow_all(&feeds).await;
    world.earn(OURS, 1..=2).await;
    assert_eq!(see(&mut early, 2).await, [1, 2]);
    world.earn(OTHERS, 3..=9).await;
    let other_feeds = world.feeds();
    let mut late = other_feeds.follow(&world.channel, Position::new(2)).await.unwrap();
    for feed in [&mut early, &mut late] {
        let idle = tokio::time::timeout(Duration::from_millis(50), feed.next()).await;
        assert!(idle.is_err(), "there is nothing more");
    }
    world.store.restore(2).await;
    world.earn(OURS, 13..=14).await;
    assert_eq!(see(&mut early, 2).await, [13, 14]);
    assert_eq!(see(&mut late, 2).await, [13, 14]);
}

#[tokio::test]
async fn a_client_that_comes_back_to_a_restored_log_is_told() {
    let world = World::new();
    let feeds = world.feeds();
    let mut feed = world.follow_all(&feeds).await;
    world.earn(OURS, 1..=5).await;
    let mut anchors = Vec::new();
    for _ in 0..5 {
        anchors.push(update(&mut feed).await.unwrap().anchor());
    }
    drop(feed);
    world.store.restore(3).await;
    for more in [0, 1, 2] {
        // shorter than it was, and longer
        for lost in &anchors[3..] {
            let told = feeds.resume(&world.channel, *lost).await.unwrap_err();
            assert!(matches!(told, Error::EventsLost { .. }), "{told}");
        }
        let next = 14 + more * 10;
        world.earn(OURS, next..next + 10).await;
    }
    let mut feed = feeds.resume(&world.channel, anchors[2]).await.unwrap();
    assert_eq!(see(&mut feed, 3).await, [14, 15, 16]);
    // what it has come back with is its proof from then on
    let mut idle = feeds.resume(&world.channel, anchors[2]).await.unwrap();
    world.store.restore(2).await;
    assert_lost(&mut idle).await;
}

#[tokio::test]
async fn a_plain_restart_costs_no_feed_anything() {
    let world = World::new();
    let feeds = world.feeds_with(HOUR, 64);
    world.earn(OURS, 100..=100).await;
    // from now on they share what comes
    let mut first = world.follow_all(&feeds).await;
    assert_eq!(see(&mut first, 1).await, [100]);
    let mut live = vec![first];
    for _ in 0..50 {
        live.push(feeds.follow_live(&world.channel).await.unwrap());
    }
    let mut slow = world.follow_all(&world.feeds()).await;
    let mut expected = vec![100];
    for round in 0..3 {
        world.store.restart();
        let ids = round * 20 + 1..round * 20 + 21;
        world.earn(OURS, ids.clone()).await;
        expected.extend(ids);
        let before = world.store.pages();
        // it is looked at now
        world.bus.cut();
        world.bus.mend();
        for feed in &mut live {
            assert_eq!(see(feed, 20).await, expected[expected.len() - 20..]);
        }
        let pages = world.store.pages() - before;
        assert!(pages < 20, "{pages} pages were read for {} feeds", live.len());
    }
    // it has read on its own, in the first incarnation and in the last
    assert_eq!(see(&mut slow, 61).await, expected);
    world.store.restart();
    world.earn(OURS, 61..=61).await;
    assert_eq!(see(&mut slow, 1).await, [61]);
}

/// Its publisher was paused before it sent it.
#[tokio::test]
async fn a_late_notice_of_a_lost_event_is_not_shown() {
    let world = World::new();
    let node = world.announce();
    let mut listener = world.bus.listen(world.channel.name());
    world.earn(OURS, 1..=4).await;
    let late: Notice = loop {
        match listener.next().await {
            Some(Signal::Notice(notice)) if notice.position == Position::new(4) => break notice,
            Some(_) => {}
            None => panic!("the bus was closed"),
        }
    };
    node.stop().await.unwrap();
    world.store.restore(3).await;
    let feeds = world.feeds_with(HOUR, 8);
    let mut feed = world.follow_all(&feeds).await;
    assert_eq!(see(&mut feed, 3).await, [1, 2, 3]);
    world.bus.publish(&[late]).await.unwrap();
    world.earn(OURS, 14..=14).await;
    assert_eq!(see(&mut feed, 1).await, [14]);
}

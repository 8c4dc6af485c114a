//! A standby that was behind takes over while readers and nodes live: what it lacked is lost, and said to be.

use std::time::Duration;

use aether_core::backend::{Checkpoints as _, EventStore as _, LogIdentity as _};
use aether_core::log::Batch;
use aether_core::{Engine, Error, Filter, Node, Position, Subscription};
use aether_postgres::PgStore;
use aether_realtime::bus::{Announcer, Channel, Channels, Feed, FeedUpdate, Feeds, MemoryBus};
use aether_servers::{Database, Postgres};
use aether_testkit::eventually;
use std::sync::Arc;

use crate::backend::{connect, database_on};
use crate::census::{number, run};
use crate::incarnation::{add, lazy_server, roll_back};
use crate::proxy::Proxy;
use crate::read_models::{NAME, Rows, assert_once, prepare, start};
use crate::samples::{any, positions, stream};

/// A primary with a standby that has everything so far and gets nothing more.
pub(crate) struct Pair {
    pub(crate) primary: Postgres,
    standby: Postgres,
    pub(crate) database: Database,
    pub(crate) store: PgStore,
}

impl Pair {
    pub(crate) async fn start() -> Self {
        let primary = lazy_server().await;
        let database = database_on(&primary).await;
        let store = connect(&database).await;
        let standby = primary.standby().await.unwrap();
        Self { primary, standby, database, store }
    }

    /// A store of another process.
    pub(crate) async fn another(&self) -> PgStore {
        connect(&self.database).await
    }

    /// The database as the standby has it.
    pub(crate) fn standby_url(&self) -> String {
        format!("{}/{}", self.standby.url().trim_end_matches("/postgres"), self.database.name())
    }

    /// From now on the standby gets nothing.
    pub(crate) async fn part(&self) {
        let count = "SELECT count(*) FROM evenements";
        let url = self.standby_url();
        let there = number(self.database.url(), count).await;
        eventually("the standby has everything", async || {
            (number(&url, count).await == there).then_some(())
        })
        .await;
        self.standby.stop_following().await.unwrap();
    }

    pub(crate) async fn fail_over(&mut self) {
        self.primary.kill9().await.unwrap();
        self.standby.take_over(&self.primary).await.unwrap();
    }
}

/// The next batch with events in it.
async fn next(subscription: &mut Subscription) -> Result<Batch, Error> {
    loop {
        let batch = tokio::time::timeout(Duration::from_secs(60), subscription.next_batch());
        let batch = batch.await.expect("something is told")?;
        if !batch.events.is_empty() {
            return Ok(batch);
        }
    }
}

/// Reads until this many events were seen.
async fn see(subscription: &mut Subscription, events: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.len() < events {
        seen.extend(positions(&next(subscription).await.unwrap().events));
    }
    seen
}

fn subscribe(store: &PgStore) -> Subscription {
    Subscription::builder(Arc::new(store.clone())).start()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_subscription_misses_nothing_when_a_crash_gives_numbers_out_again() {
    let server = lazy_server().await;
    let database = database_on(&server).await;
    prepare(&database).await;
    let store = connect(&database).await;
    store.end().await.unwrap();
    let node = start(&store, store.read_models(), &Rows::default());
    let mut subscription = subscribe(&store);
    let before = add(&store, 3).await;
    assert_eq!(see(&mut subscription, 3).await, before);
    node.wait_for(NAME, Position::new(before[2])).await.unwrap();
    // both go past the rollback, as far as they may
    roll_back(&database).await;
    let idle = tokio::time::timeout(Duration::from_millis(50), next(&mut subscription)).await;
    assert!(idle.is_err(), "nothing was stored");
    server.kill9().await.unwrap();
    server.restart().await.unwrap();
    let stored = add(&store, 40).await;
    assert_eq!(see(&mut subscription, 40).await, stored);
    node.wait_for(NAME, Position::new(stored[39])).await.unwrap();
    assert_once(database.url(), 43).await;
    node.stop().await.unwrap();
    store.close().await;
}

/// The name of a server may lead to its standby for a while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_to_a_standby_is_left_when_something_is_to_be_written() {
    let pair = Pair::start().await;
    let proxy = Proxy::start(&pair.standby_url()).await;
    let store = PgStore::builder().without_listening().announce_every(None);
    let store = store.connect(&proxy.url(pair.database.url())).await.unwrap();
    let refused = store.append(any(&stream(), 1)).await.unwrap_err();
    assert!(refused.is_transient(), "{refused:?}");
    proxy.lead_to(pair.database.url());
    eventually("appends reach the primary", async || store.append(any(&stream(), 1)).await.ok())
        .await;
    store.close().await;
    pair.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_says_that_it_has_seen_events_which_a_failover_has_lost() {
    let mut pair = Pair::start().await;
    let store = pair.store.clone();
    let (mut behind, mut ahead) = (subscribe(&store), subscribe(&store));
    let kept = add(&store, 5).await;
    assert_eq!((see(&mut behind, 5).await, see(&mut ahead, 5).await), (kept.clone(), kept));
    pair.part().await;
    let lost = add(&store, 5).await;
    let batch = next(&mut ahead).await.unwrap();
    let mut seen = positions(&batch.events);
    while seen.len() < 5 {
        seen.extend(positions(&next(&mut ahead).await.unwrap().events));
    }
    assert_eq!(seen, lost);
    let anchor = batch.anchor.unwrap();
    pair.fail_over().await;
    // the log is soon longer than it was
    let stored = add(&store, 20).await;

    assert_eq!(see(&mut behind, 20).await, stored, "it has seen nothing that was lost");
    for _ in 0..2 {
        let told = next(&mut ahead).await.unwrap_err();
        assert!(matches!(told, Error::EventsLost { .. }) && told.is_log_rewritten(), "{told}");
    }
    // nor is the position taken up again under the event that was there
    let resumed =
        Subscription::builder(Arc::new(store.clone())).resume(anchor).start().next_batch().await;
    assert!(matches!(resumed, Err(Error::EventsLost { .. })), "{resumed:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_lives_through_a_failover_projects_what_the_standby_had_and_nothing_else() {
    let mut pair = Pair::start().await;
    prepare(&pair.database).await;
    let store = pair.store.clone();
    let node = start(&store, store.read_models(), &Rows::default());
    let kept = add(&store, 5).await;
    node.wait_for(NAME, Position::new(kept[4])).await.unwrap();
    // written with nothing, so that the standby has it
    run(pair.database.url(), "SELECT pg_switch_wal()").await;
    pair.part().await;
    let lost = add(&store, 5).await;
    node.wait_for(NAME, Position::new(lost[4])).await.unwrap();
    pair.fail_over().await;
    let stored = add(&store, 20).await;
    node.wait_for(NAME, Position::new(stored[19])).await.unwrap();
    eventually("all are projected", async || {
        let rows = number(pair.database.url(), "SELECT count(*) FROM recensement").await;
        (rows == 25).then_some(())
    })
    .await;
    assert_once(pair.database.url(), 25).await;
    let strangers = "SELECT count(*) FROM recensement AS r
                     WHERE NOT EXISTS (SELECT FROM evenements AS e WHERE e.event_id = r.event_id)";
    assert_eq!(number(pair.database.url(), strangers).await, 0);
    node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_was_read_before_a_failover_is_not_taken_after_it() {
    use aether_core::backend::{ReadModels as _, Step};
    use aether_core::projection::Shard;

    let mut pair = Pair::start().await;
    let store = pair.store.clone();
    let shard = Shard::whole(NAME);
    add(&store, 1).await;
    store.end().await.unwrap();
    let models = store.read_models();
    let from = models.claim(&shard, 1).await.unwrap().checkpoint;
    pair.part().await;
    let incarnation = store.incarnation();
    let step = Step { incarnation, ..Step::new(from, Position::new(1)) };
    pair.fail_over().await;
    let begun = async || models.begin().await.ok();
    let tx = eventually("the standby takes transactions", begun).await;
    let refused = models.commit(tx, &shard, step).await.unwrap_err();
    assert!(matches!(refused, Error::ShardTaken { .. }), "{refused}");
    // as it is now
    store.append(any(&stream(), 1)).await.unwrap();
    store.end().await.unwrap();
    let step = Step { incarnation: store.incarnation(), ..step };
    models.commit(models.begin().await.unwrap(), &shard, step).await.unwrap();
    store.close().await;
}

/// Every event, told over a bus as soon as it is stored.
struct Told {
    node: Node,
    feeds: Feeds,
    channel: Channel<u64>,
}

impl Told {
    fn start(store: &PgStore) -> Self {
        let all = Channels::new("all", Filter::all(), |event| Ok([("all", event.position.get())]));
        let bus = MemoryBus::new();
        let announcer = Announcer::new("announcer", bus.clone()).channels(&all);
        let engine = Engine::new(store.clone());
        let checkpoints = announcer.checkpoints(store.read_models(), engine.store().clone());
        let node = Node::builder(&engine).projection(checkpoints, announcer).start().unwrap();
        let feeds = Feeds::new(Arc::new(store.clone()), bus);
        Self { node, feeds, channel: all.channel("all", Filter::all()) }
    }

    async fn follow(&self) -> Feed<u64> {
        self.feeds.follow(&self.channel, Position::START).await.unwrap()
    }
}

async fn update(feed: &mut Feed<u64>) -> Result<FeedUpdate<u64>, Error> {
    tokio::time::timeout(Duration::from_secs(60), feed.next()).await.expect("something is told")
}

/// The next messages, each of the event at its position.
async fn hear(feed: &mut Feed<u64>, count: usize) -> Vec<u64> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let update = update(feed).await.unwrap();
        assert_eq!(update.position.get(), update.message);
        heard.push(update.message);
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_feed_misses_nothing_when_a_crash_gives_numbers_out_again() {
    let server = lazy_server().await;
    let database = database_on(&server).await;
    let store = connect(&database).await;
    let told = Told::start(&store);
    let mut feed = told.follow().await;
    let before = add(&store, 3).await;
    assert_eq!(hear(&mut feed, 3).await, before);
    roll_back(&database).await;
    let end = store.end().await.unwrap();
    assert!(end.get() > before[2] + 50, "the channel is known up to {end}");
    let mut live = told.feeds.follow_live(&told.channel).await.unwrap();
    let mut loaded = told.feeds.follow(&told.channel, end).await.unwrap();
    server.kill9().await.unwrap();
    server.restart().await.unwrap();
    let stored = add(&store, 40).await;
    for feed in [&mut feed, &mut live, &mut loaded] {
        assert_eq!(hear(feed, 40).await, stored);
    }
    told.node.stop().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_says_that_a_failover_has_lost_what_it_has_shown() {
    let mut pair = Pair::start().await;
    let store = pair.store.clone();
    let told = Told::start(&store);
    let (mut behind, mut ahead) = (told.follow().await, told.follow().await);
    let kept = add(&store, 5).await;
    assert_eq!(hear(&mut behind, 5).await, kept);
    assert_eq!(hear(&mut ahead, 4).await, kept[..4]);
    let known = update(&mut ahead).await.unwrap().anchor();
    run(pair.database.url(), "SELECT pg_switch_wal()").await;
    pair.part().await;
    let lost = add(&store, 5).await;
    assert_eq!(hear(&mut ahead, 4).await, lost[..4]);
    let gone = update(&mut ahead).await.unwrap().anchor();
    let mut loaded = told.feeds.follow(&told.channel, gone.position).await.unwrap();
    pair.fail_over().await;
    // the log is soon longer than it was
    let stored = add(&store, 20).await;

    for feed in [&mut ahead, &mut loaded] {
        for _ in 0..2 {
            let told = update(feed).await.unwrap_err();
            assert!(matches!(told, Error::EventsLost { .. }), "{told}");
        }
    }
    assert_eq!(hear(&mut behind, 20).await, stored, "it has shown nothing that was lost");
    // nor does a client come back to it under the event that was there
    let told_so = told.feeds.resume(&told.channel, gone).await.unwrap_err();
    assert!(matches!(told_so, Error::EventsLost { .. }), "{told_so}");
    let mut back = told.feeds.resume(&told.channel, known).await.unwrap();
    assert_eq!(hear(&mut back, 20).await, stored);
    told.node.stop().await.unwrap();
    store.close().await;
}

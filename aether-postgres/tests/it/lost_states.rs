//! Nothing is decided on a state whose events a failover has lost, and no snapshot of it is kept.

use aether_core::backend::{EventStore as _, Snapshot, Snapshots as _};
use aether_core::log::{Append, ExpectedVersion, Load, StreamId};
use aether_core::shape::fingerprint_of;
use aether_core::{
    Aggregate, AggregateId, Context, Engine, Error, Event, ExecuteError, Facts, Json, Shape,
    Version,
};
use aether_testkit::eventually;
use serde::{Deserialize, Serialize};

use crate::backend::{connect, database};
use crate::census::{number, run};
use crate::failover::Pair;
use crate::samples::{any, event, stream};

/// Gold that is never spent twice.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Purse {
    gold: u32,
}

enum Order {
    Earn(u32),
    Pay(u32),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum PurseEvent {
    GoldEarned { amount: u32 },
    GoldPaid { amount: u32 },
}

#[derive(Debug, thiserror::Error)]
#[error("there is not enough gold")]
struct TooPoor;

impl Aggregate for Purse {
    const TYPE: &'static str = "Purse";
    type Command = Order;
    type Event = PurseEvent;
    type Error = TooPoor;

    fn decide(&self, order: &Order, _: &Facts) -> Result<Vec<PurseEvent>, TooPoor> {
        match *order {
            Order::Earn(amount) => Ok(vec![PurseEvent::GoldEarned { amount }]),
            Order::Pay(amount) if amount <= self.gold => Ok(vec![PurseEvent::GoldPaid { amount }]),
            Order::Pay(_) => Err(TooPoor),
        }
    }

    fn apply(&mut self, event: &PurseEvent) {
        match event {
            PurseEvent::GoldEarned { amount } => self.gold += amount,
            PurseEvent::GoldPaid { amount } => self.gold -= amount,
        }
    }
}

async fn earn(engine: &Engine, id: AggregateId, amount: u32) {
    let earned = async || engine.execute::<Purse>(id, Order::Earn(amount)).await.ok();
    eventually("the purse takes gold", earned).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cached_state_that_a_failover_has_lost_decides_nothing() {
    let mut pair = Pair::start().await;
    // a process that reads no log, and one that writes past it afterwards
    let rich = Engine::new(pair.store.clone());
    let poor = Engine::new(pair.another().await);
    let ids: Vec<AggregateId> = (0..3).map(|_| stream().aggregate_id).collect();
    for id in &ids {
        earn(&rich, *id, 10).await;
    }
    pair.part().await;
    for id in &ids {
        earn(&rich, *id, 1000).await;
    }
    pair.fail_over().await;
    // under the version that the lost event had there is another one now
    for id in &ids {
        earn(&poor, *id, 1).await;
    }
    let paid = rich.execute::<Purse>(ids[0], Order::Pay(500)).await;
    assert!(matches!(paid, Err(ExecuteError::Rejected(TooPoor))), "{paid:?}");
    let pays = rich.atomic(Context::new()).command::<Purse>(ids[1], Order::Pay(500)).commit().await;
    assert!(matches!(pays, Err(ExecuteError::Rejected(_))), "{pays:?}");
    // nor is a refusal believed that rests on what was lost
    let refused = rich.execute::<Purse>(ids[2], Order::Pay(11)).await.unwrap();
    assert_eq!((refused.state().gold, refused.version().get()), (0, 3));
    futures::join!(rich.close(), poor.close());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_names_the_last_event_is_refused_where_another_has_taken_its_place() {
    let pair = Pair::start().await;
    let store = pair.store.clone();
    for lone in [true, false] {
        let (stream, first, other) = (stream(), event(), event());
        let id = first.event_id();
        store
            .append(Append::to(stream.clone(), ExpectedVersion::NoStream, vec![first]))
            .await
            .unwrap();
        let known = ExpectedVersion::Head(Version::new(1), id);
        let lost = ExpectedVersion::Head(Version::new(1), other.event_id());
        let append = |expected| {
            let append = Append::to(stream.clone(), expected, vec![event()]);
            // a condition goes another way through the database
            if lone {
                append
            } else {
                append.provided(crate::samples::stream(), ExpectedVersion::NoStream)
            }
        };
        let refused = store.append(append(lost)).await.unwrap_err();
        assert!(refused.is_conflict(), "{refused}");
        // together with others, too
        let (refused, stored) =
            futures::join!(store.append(append(lost)), store.append(append(known)));
        assert!(refused.unwrap_err().is_conflict());
        assert_eq!(stored.unwrap().writes[0].version, Version::new(2));
        // those who know only a version may say only that
        store.append(append(ExpectedVersion::Exact(Version::new(2)))).await.unwrap();
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_snapshot_of_a_state_that_was_lost_is_kept() {
    let pair = Pair::start().await;
    let store = pair.store.clone();
    let engine = Engine::new(store.clone());
    let id = stream().aggregate_id;
    earn(&engine, id, 7).await;
    let stream = StreamId::new(Purse::TYPE, id);
    let history = store.load(Load::stream(stream.clone())).await.unwrap();
    let fingerprint = fingerprint_of::<Purse>();
    let snapshot = |last_event, gold| Snapshot {
        stream: stream.clone(),
        version: Version::new(1),
        last_event: Some(last_event),
        fingerprint,
        state: Json::encode(&Purse { gold }).unwrap(),
        created_at: aether_core::chrono::Utc::now(),
    };
    store.save_snapshot(snapshot(event().event_id(), 1000), 3).await.unwrap();
    assert_eq!(number(pair.database.url(), "SELECT count(*) FROM snapshots").await, 0);
    let last = history.events[0].event_id;
    store.save_snapshot(snapshot(last, 7), 3).await.unwrap();
    let load = Load::stream(stream.clone()).with_snapshot(fingerprint);
    let kept = store.load(load).await.unwrap().snapshot.unwrap();
    assert_eq!((kept.version.get(), kept.last_event), (1, Some(last)));
    // also when the aggregate has gone on since
    earn(&engine, id, 1).await;
    store.save_snapshot(snapshot(last, 7), 3).await.unwrap();
    let unknown: Result<_, Error> = store.load(Load::stream(stream).after(Version::new(1))).await;
    assert_eq!(unknown.unwrap().events.len(), 1);
    engine.close().await;
}

#[tokio::test]
async fn heads_of_before_get_the_id_of_their_last_event_and_an_older_release_makes_it_void() {
    let database = database().await;
    let store = connect(&database).await;
    let streams: Vec<_> = (0..1200).map(|_| stream()).collect();
    let appends = streams.iter().map(|stream| store.append(any(stream, 2)));
    futures::future::try_join_all(appends).await.unwrap();
    let wrong = "SELECT count(*) FROM aether_streams AS s WHERE last_event_of IS DISTINCT FROM version OR NOT EXISTS (
                     SELECT FROM evenements AS e WHERE e.event_id = s.last_event_id
                     AND e.aggregate_id = s.aggregate_id AND e.aggregate_version = s.version)";
    assert_eq!(number(database.url(), wrong).await, 0, "appends give it");
    let before = "UPDATE aether_streams SET last_event_id = NULL, last_event_of = NULL;
                  INSERT INTO aether_heads_without_id DEFAULT VALUES";
    run(database.url(), before).await;
    store.migrate().await.unwrap();
    assert_eq!(number(database.url(), wrong).await, 0, "a migration fills it in");
    assert_eq!(number(database.url(), "SELECT count(*) FROM aether_heads_without_id").await, 0);

    // an older release raises a head: what it does not know means nothing, and nobody is refused for it
    let id = streams[0].aggregate_id.as_uuid();
    run(
        database.url(),
        &format!("UPDATE aether_streams SET version = 3 WHERE aggregate_id = '{id}'"),
    )
    .await;
    for lone in [true, false] {
        let version = if lone { 3 } else { 4 };
        let expected = ExpectedVersion::Head(Version::new(version), event().event_id());
        let append = Append::to(streams[0].clone(), expected, vec![event()]);
        let other = if lone { any(&stream(), 0) } else { any(&streams[1], 1) };
        let (stored, _) = futures::join!(store.append(append), store.append(other));
        if lone {
            stored.unwrap();
        } else {
            assert!(stored.unwrap_err().is_conflict(), "the append before gave it one");
        }
    }
    store.close().await;
}

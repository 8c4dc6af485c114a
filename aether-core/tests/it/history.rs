//! Nothing is decided on a history that is not whole.

use aether_core::backend::{Reason, Snapshot};
use aether_core::log::{History, Load, Until};
use aether_core::memory::MemoryStore;
use aether_core::{
    Aggregate as _, AggregateId, Engine, EngineSettings, Error, ExecuteError, Json, Version,
};

use crate::counting::{CountingStore, Tears};
use crate::purse::{Purse, PurseCommand, purse};

/// An engine without a cache on a store whose histories can be torn, and the purse `id` with 50 gold earned, 39 paid
/// and 0 earned: version 3, 11 gold.
async fn eleven_gold(snapshot_every: u32) -> (Engine, Tears, AggregateId) {
    let store = CountingStore::of(MemoryStore::new());
    let tears = store.tears.clone();
    let id = purse();
    let settings = EngineSettings::default().cache_bytes(0).snapshot_every(snapshot_every);
    let engine = Engine::builder(store).settings(settings).build();
    for order in [PurseCommand::Earn(50), PurseCommand::Pay(39), PurseCommand::Earn(0)] {
        engine.execute::<Purse>(id, order).await.unwrap();
    }
    (engine, tears, id)
}

fn lose(version: usize) -> fn(&mut History) {
    match version {
        1 => |history| drop(history.events.remove(0)),
        2 => |history| drop(history.events.remove(1)),
        _ => |history| drop(history.events.pop()),
    }
}

#[tokio::test]
async fn a_history_with_a_hole_is_asked_for_again() {
    for missing in 1..=3 {
        let (engine, tears, id) = eleven_gold(0).await;
        tears.lock().unwrap().extend([lose(missing), lose(missing)]);
        let refused = engine.execute::<Purse>(id, PurseCommand::Pay(50)).await.unwrap_err();
        assert!(refused.rejection().is_some_and(|r| r.has == 11), "without {missing}: {refused:?}");
        assert!(tears.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_history_that_keeps_its_hole_is_an_error_in_words() {
    let (engine, tears, id) = eleven_gold(0).await;
    tears.lock().unwrap().extend([lose(2); 3]);
    let error = engine.execute::<Purse>(id, PurseCommand::Pay(50)).await.unwrap_err();
    let ExecuteError::Store(Error::IncompleteHistory { end, expected, found, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!((end.get(), expected.get(), found.map(Version::get)), (3, 2, Some(3)));
    assert!(
        Reason(&error).to_string().contains("has version 3 where version 2 belongs"),
        "{error:?}"
    );
    assert_eq!(engine.load::<Purse>(id).await.unwrap().state.gold, 11);
}

#[tokio::test]
async fn a_history_out_of_order_is_not_folded() {
    let (engine, tears, id) = eleven_gold(0).await;
    tears.lock().unwrap().push_back(|history| history.events.swap(1, 2));
    assert_eq!(engine.load::<Purse>(id).await.unwrap().state.gold, 11);
}

#[tokio::test]
async fn a_snapshot_past_the_head_is_not_used() {
    let (engine, tears, id) = eleven_gold(0).await;
    let ahead = Snapshot {
        stream: Purse::stream(id),
        version: Version::new(3),
        fingerprint: aether_core::shape::fingerprint_of::<Purse>(),
        state: Json::encode(&Purse { gold: 1_000 }).unwrap(),
        last_event: None,
        created_at: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    engine.store().save_snapshot(ahead, 3).await.unwrap();
    // a backend that gives a snapshot which its log has not reached any more
    tears.lock().unwrap().push_back(|history| {
        assert_eq!(history.snapshot.as_ref().map(|snapshot| snapshot.version.get()), Some(3));
        history.head = Version::new(2);
        history.end = Version::new(2);
    });
    assert_eq!(engine.load::<Purse>(id).await.unwrap().state.gold, 11);
}

#[tokio::test]
async fn a_cached_state_past_the_head_is_not_used() {
    let store = CountingStore::of(MemoryStore::new());
    let tears = store.tears.clone();
    let id = purse();
    let engine = Engine::new(store);
    engine.execute::<Purse>(id, PurseCommand::Earn(50)).await.unwrap();
    // the log has lost what the cache knows: a refusal rests on nothing
    let lost: fn(&mut History) = |history| *history = History::default();
    tears.lock().unwrap().extend([lost, lost]);
    let refused = engine.execute::<Purse>(id, PurseCommand::Pay(60)).await.unwrap_err();
    assert!(refused.rejection().is_some_and(|r| r.has == 50), "{refused:?}");
    assert!(tears.lock().unwrap().is_empty(), "it has looked and loaded again");
}

#[tokio::test]
async fn a_history_up_to_a_version_reaches_that_version() {
    let (engine, tears, id) = eleven_gold(0).await;
    let until = Until::Version(Version::new(2));
    tears.lock().unwrap().push_back(|history| {
        history.events.pop();
        history.end = Version::new(1);
    });
    assert_eq!(engine.load_until::<Purse>(id, until).await.unwrap().state.gold, 11);
    let load = Load::stream(Purse::stream(id)).until(until);
    let history = engine.store().load(load).await.unwrap();
    assert_eq!((history.head.get(), history.end.get()), (3, 2));
}

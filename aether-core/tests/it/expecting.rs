//! Versions that a caller has seen: a command is carried out on that version, or not at all.

use aether_core::memory::MemoryStore;
use aether_core::uuid::Uuid;
use aether_core::{AggregateId, Context, Engine, Error, ExecuteError, Version};

use crate::purse::{Purse, PurseCommand, purse};

fn seen(version: u32) -> Context {
    Context::new().expecting(Version::new(version))
}

/// The same store in two processes, and a purse at version 1 that both know.
async fn two() -> (Engine, Engine, AggregateId) {
    let store = MemoryStore::new();
    let id = purse();
    let here = Engine::new(store.clone());
    let there = Engine::new(store);
    here.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap();
    there.load::<Purse>(id).await.unwrap();
    (here, there, id)
}

async fn gold(engine: &Engine, id: AggregateId) -> (u32, u32) {
    let loaded = engine.load::<Purse>(id).await.unwrap();
    (loaded.state.gold, loaded.version.get())
}

/// The version that a conflict has found.
fn found<T, E: std::fmt::Debug>(refused: Result<T, ExecuteError<E>>) -> u32 {
    match refused.err() {
        Some(ExecuteError::Store(Error::Conflict { actual, .. })) => actual.get(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_version_that_is_too_old_or_too_new_is_a_conflict_and_not_retried() {
    let (here, there, id) = two().await;
    for version in [0, 2, 9] {
        let context = seen(version);
        let refused = here.execute::<Purse>(id, PurseCommand::Earn(1)).with(&context).await;
        assert_eq!(found(refused), 1);
    }
    // another process was faster: what is in the cache is what was seen, and not what is stored
    there.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    let context = seen(1);
    for order in [PurseCommand::Earn(1), PurseCommand::Pay(100), PurseCommand::Empty] {
        let refused = here.execute::<Purse>(id, order).with(&context).await;
        assert_eq!(found(refused), 2);
    }
    assert_eq!(gold(&here, id).await, (6, 2));
}

#[tokio::test]
async fn a_version_that_is_right_is_carried_out_also_past_an_old_cache() {
    let (here, there, id) = two().await;
    there.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    let context = seen(2);
    here.execute::<Purse>(id, PurseCommand::Pay(6)).with(&context).await.unwrap();
    assert_eq!(gold(&there, id).await, (0, 3));
    // a refusal is one, not a conflict
    let context = seen(3);
    let refused =
        there.execute::<Purse>(id, PurseCommand::Pay(1)).with(&context).await.unwrap_err();
    assert!(refused.rejection().is_some(), "{refused:?}");
}

#[tokio::test]
async fn a_new_aggregate_is_expected_at_version_zero() {
    let engine = Engine::new(MemoryStore::new());
    let id = purse();
    let none = seen(0);
    let one = seen(1);
    assert_eq!(found(engine.execute::<Purse>(id, PurseCommand::Earn(1)).with(&one).await), 0);
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).with(&none).await.unwrap();
    assert_eq!(found(engine.execute::<Purse>(id, PurseCommand::Earn(1)).with(&none).await), 1);
}

#[tokio::test]
async fn a_command_id_that_is_used_again_gets_the_first_result_whatever_was_seen() {
    let (here, there, id) = two().await;
    let context = seen(1).command_id(Uuid::now_v7());
    let first = here.execute::<Purse>(id, PurseCommand::Earn(2)).with(&context).await.unwrap();
    for engine in [&here, &there] {
        let again =
            engine.execute::<Purse>(id, PurseCommand::Earn(2)).with(&context).await.unwrap();
        assert_eq!((again.is_duplicate(), again.version()), (true, first.version()));
    }
    // so does a unit
    let context = Context::new().command_id(Uuid::now_v7());
    let unit = |engine: &Engine| {
        let unit = engine.atomic(context.clone()).expecting::<Purse>(id, Version::new(2));
        unit.command::<Purse>(id, PurseCommand::Earn(1)).commit()
    };
    assert!(!unit(&here).await.unwrap().is_duplicate());
    assert!(
        unit(&here).await.unwrap().is_duplicate() && unit(&there).await.unwrap().is_duplicate()
    );
    assert_eq!(gold(&here, id).await, (8, 3));
}

#[tokio::test]
async fn each_aggregate_of_a_unit_has_an_expected_version_of_its_own() {
    let (here, there, payer) = two().await;
    let paid = purse();
    there.execute::<Purse>(paid, PurseCommand::Earn(1)).await.unwrap();
    here.load::<Purse>(paid).await.unwrap();
    let pay = |engine: &Engine, seen: u32| {
        engine
            .atomic(Context::new())
            .command::<Purse>(paid, PurseCommand::Earn(1))
            .command::<Purse>(payer, PurseCommand::Pay(1))
            .expecting::<Purse>(payer, Version::new(seen))
            .commit()
    };
    // another process has changed the one nobody asked about: decided again
    there.execute::<Purse>(paid, PurseCommand::Earn(1)).await.unwrap();
    pay(&here, 1).await.unwrap();
    // and now the one that was seen: final
    there.execute::<Purse>(payer, PurseCommand::Earn(1)).await.unwrap();
    assert_eq!(found(pay(&here, 2).await), 3);
    assert_eq!(found(pay(&here, 9).await), 3);
    assert_eq!(found(pay(&there, 1).await), 3);
    // what is only old in the cache is none
    there.execute::<Purse>(payer, PurseCommand::Earn(1)).await.unwrap();
    pay(&here, 4).await.unwrap();
    assert_eq!(gold(&here, payer).await, (5, 5));
    assert_eq!(gold(&here, paid).await, (4, 4));
}

#[tokio::test]
async fn a_version_of_no_aggregate_in_particular_is_refused_in_a_unit() {
    let (here, _, id) = two().await;
    let refused = here.atomic(seen(1)).command::<Purse>(id, PurseCommand::Earn(1)).commit().await;
    assert_eq!(refused.unwrap_err().code(), "invalid_append");
    assert_eq!(gold(&here, id).await, (5, 1));
}

#[tokio::test]
async fn what_a_context_was_told_can_be_asked_and_is_in_the_events() {
    let address = "192.0.2.7".parse().unwrap();
    let context = Context::new().ip_address(address).extra("build", 12).user("ada").session("s-1");
    assert_eq!((context.ip(), context.user_id()), (Some(address), Some("ada")));
    assert_eq!((context.session_id(), context.id()), (Some("s-1"), None));
    assert_eq!(context.extra_value("build").and_then(|build| build.as_u64()), Some(12));
    assert_eq!(context.clone().expecting(Version::new(3)).expected(), Some(Version::new(3)));
    let engine = Engine::new(MemoryStore::new());
    let id = purse();
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).with(&context).await.unwrap();
    let stored = engine.store().read(aether_core::log::Read::all()).await.unwrap().events;
    let metadata = stored[0].metadata();
    assert_eq!((metadata.ip_address, metadata.user_id.as_deref()), (Some(address), Some("ada")));
    assert_eq!(metadata.extra["build"], 12);
    assert!(context.correlation().is_none() && metadata.correlation_id.is_some());
}

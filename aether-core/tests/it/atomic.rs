//! Units of work over several aggregates: everything happens or nothing.

use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::command::Atomic;
use aether_core::log::Load;
use aether_core::memory::MemoryStore;
use aether_core::{
    Aggregate as _, AggregateId, BoxError, CommandId, Context, Engine, EngineSettings,
    ExecuteError, Rejection, Version,
};
use aether_testkit::chaos::{ChaosStore, Fault, Faults};
use futures::future::join_all;
use uuid::Uuid;

use crate::purse::{NotEnough, Purse, PurseCommand, purse};

async fn version(store: &dyn EventStore, id: AggregateId) -> usize {
    store.load(Load::stream(Purse::stream(id))).await.unwrap().events.len()
}

async fn gold(engine: &Engine, id: AggregateId) -> u32 {
    engine.find::<Purse>(id).await.unwrap().map_or(0, |purse| purse.state.gold)
}

/// An engine, and two purses of which the first has 100.
async fn two_purses(store: impl EventStore) -> (Engine, AggregateId, AggregateId) {
    let (engine, a, b) = (Engine::new(store), purse(), purse());
    engine.execute::<Purse>(a, PurseCommand::Earn(100)).await.unwrap();
    (engine, a, b)
}

#[tokio::test]
async fn several_aggregates_change_together_and_the_answer_tells_of_each() {
    let (engine, a, b) = two_purses(MemoryStore::new()).await;
    let executed = engine
        .atomic(Context::new().user("u-7"))
        .command::<Purse>(a, PurseCommand::Pay(30))
        .command::<Purse>(b, PurseCommand::Earn(30))
        .commit()
        .await
        .unwrap();
    assert_eq!(executed.loaded::<Purse>(a).unwrap().state.gold, 70);
    assert_eq!(executed.loaded::<Purse>(b).unwrap().state.gold, 30);
    assert_eq!(
        (executed.version(a), executed.version(b)),
        (Some(Version::new(2)), Some(Version::new(1)))
    );
    assert_eq!(executed.version(purse()), None);
    assert!(!executed.is_duplicate());
    let stored = engine.store().load(Load::stream(Purse::stream(b))).await.unwrap().events;
    assert_eq!(executed.position(), Some(stored[0].position));
    // one request, one correlation
    let paid = engine.store().load(Load::stream(Purse::stream(a))).await.unwrap().events;
    assert_eq!(paid[1].metadata().correlation_id, stored[0].metadata().correlation_id);
    assert_eq!(stored[0].metadata().user_id.as_deref(), Some("u-7"));
}

#[tokio::test]
async fn commands_on_one_aggregate_see_each_other() {
    let (engine, a, b) = two_purses(MemoryStore::new()).await;
    let executed = engine
        .atomic(Context::new())
        .command::<Purse>(b, PurseCommand::Earn(10))
        .command::<Purse>(a, PurseCommand::Pay(10))
        .command::<Purse>(b, PurseCommand::Pay(4))
        .command::<Purse>(b, PurseCommand::Empty)
        .commit()
        .await
        .unwrap();
    let left = executed.loaded::<Purse>(b).unwrap();
    assert_eq!((left.state.gold, left.version), (0, Version::new(3)));
    assert_eq!((gold(&engine, a).await, gold(&engine, b).await), (90, 0));
}

#[tokio::test]
async fn one_refusal_stores_nothing_at_all() {
    let (engine, a, b) = two_purses(MemoryStore::new()).await;
    let unit = engine
        .atomic(Context::new())
        .command::<Purse>(b, PurseCommand::Earn(500))
        .command::<Purse>(a, PurseCommand::Pay(500));
    let refused = unit.commit().await.unwrap_err();
    let ExecuteError::Rejected(reason) = &refused else { panic!("{refused:?}") };
    assert_eq!(reason.downcast_ref(), Some(&NotEnough { has: 100, needs: 500 }));
    assert_eq!((gold(&engine, a).await, gold(&engine, b).await), (100, 0));
    assert_eq!(version(engine.store().as_ref(), b).await, 0);
}

#[tokio::test]
async fn a_condition_holds_when_the_unit_is_stored() {
    let store = MemoryStore::new();
    let chaos = ChaosStore::wrap(Arc::new(store.clone()), Faults::none());
    let (engine, a, b) = two_purses(chaos.clone()).await;
    let rich = |at_least| {
        move |purse: &Purse| match purse.gold >= at_least {
            true => Ok(()),
            false => Err(NotEnough { has: purse.gold, needs: at_least }),
        }
    };
    let unit = |at_least| {
        engine
            .atomic(Context::new())
            .provided::<Purse>(a, rich(at_least))
            .command::<Purse>(b, PurseCommand::Earn(1))
    };
    let executed = unit(100).commit().await.unwrap();
    assert_eq!(executed.version(a), Some(Version::new(1)), "it is read, not written");
    unit(101).commit().await.unwrap_err();

    // between the decision and the append, the condition is broken
    let gate = chaos.hold_next_append();
    let waiting = tokio::spawn(unit(100).commit());
    gate.reached().await;
    let other = Engine::new(store.clone());
    other.execute::<Purse>(a, PurseCommand::Pay(1)).await.unwrap();
    gate.open();
    let refused = waiting.await.unwrap().unwrap_err();
    assert!(matches!(refused, ExecuteError::Rejected(_)), "decided again: {refused:?}");
    assert_eq!(version(&store, b).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_decides_the_whole_unit_again() {
    let chaos = ChaosStore::wrap(Arc::new(MemoryStore::new()), Faults::none());
    let (engine, a, b) = two_purses(chaos.clone()).await;
    chaos.next_append(Fault::Conflict);
    chaos.next_append(Fault::Conflict);
    let unit = engine.atomic(Context::new()).command::<Purse>(a, PurseCommand::Empty);
    let executed = unit.command::<Purse>(b, PurseCommand::Earn(100)).commit().await.unwrap();
    assert_eq!((chaos.unplayed(), executed.version(a)), (0, Some(Version::new(2))));

    (0..10).for_each(|_| chaos.next_append(Fault::Conflict));
    let unit = engine.atomic(Context::new()).command::<Purse>(b, PurseCommand::Empty);
    assert!(unit.commit().await.unwrap_err().is_conflict());
    assert_eq!((chaos.unplayed(), gold(&engine, b).await), (0, 100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_units_lose_and_make_no_gold() {
    let store = MemoryStore::new();
    let purses: Vec<_> = (0..4).map(|_| purse()).collect();
    let settings = EngineSettings::default().attempts(1000);
    let engine = Engine::builder(store.clone()).settings(settings.clone()).build();
    for id in &purses {
        engine.execute::<Purse>(*id, PurseCommand::Earn(50)).await.unwrap();
    }
    let tasks = (0..4).map(|n| {
        let engine = Engine::builder(store.clone()).settings(settings.clone()).build();
        let (from, to) = (purses[n], purses[(n + 1) % 4]);
        tokio::spawn(async move {
            for _ in 0..20 {
                let unit =
                    engine.atomic(Context::new()).command::<Purse>(from, PurseCommand::Pay(1));
                unit.command::<Purse>(to, PurseCommand::Earn(1)).commit().await.unwrap();
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
    for id in purses {
        assert_eq!((gold(&engine, id).await, version(&store, id).await), (50, 41));
    }
}

#[tokio::test]
async fn a_repeated_command_id_has_its_effect_once() {
    let chaos = ChaosStore::wrap(Arc::new(MemoryStore::new()), Faults::none());
    let (engine, a, b) = two_purses(chaos.clone()).await;
    let id = CommandId::new(Uuid::now_v7());
    let unit = |amount| {
        engine
            .atomic(Context::new().command_id(id))
            .command::<Purse>(a, PurseCommand::Pay(amount))
            .command::<Purse>(b, PurseCommand::Earn(amount))
    };
    chaos.next_append(Fault::LoseReply);
    let lost = unit(80).commit().await.unwrap_err();
    assert!(lost.store_error().unwrap().is_outcome_unknown(), "{lost:?}");
    // now there is too little: it is the first result that counts
    for _ in 0..2 {
        let again = unit(80).commit().await.unwrap();
        assert!(again.is_duplicate());
        assert_eq!(
            (again.version(a), again.version(b)),
            (Some(Version::new(2)), Some(Version::new(1)))
        );
    }
    assert_eq!((gold(&engine, a).await, gold(&engine, b).await), (20, 80));
}

#[tokio::test]
async fn a_refusal_counts_however_many_cached_states_were_old() {
    let store = MemoryStore::new();
    let (one, other) = (Engine::new(store.clone()), Engine::new(store));
    let purses: Vec<_> = (0..20).map(|_| purse()).collect();
    for id in &purses {
        one.execute::<Purse>(*id, PurseCommand::Earn(5)).await.unwrap();
        other.execute::<Purse>(*id, PurseCommand::Pay(2)).await.unwrap();
    }
    let unit = purses.iter().fold(one.atomic(Context::new()), |unit, id| {
        unit.command::<Purse>(*id, PurseCommand::Pay(1))
    });
    let refused =
        unit.command::<Purse>(purses[0], PurseCommand::Pay(5)).commit().await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Rejected(_)), "{refused:?}");
}

#[tokio::test]
async fn a_unit_that_had_nothing_to_do_has_nothing_to_do_when_it_is_repeated() {
    let (engine, poor, rich) = two_purses(MemoryStore::new()).await;
    for id in [poor, rich] {
        engine.execute::<Purse>(id, PurseCommand::Empty).await.unwrap();
    }
    let context = Context::new().command_id(CommandId::new(Uuid::now_v7()));
    let unit = async || {
        let unit = engine.atomic(context.clone());
        unit.command::<Purse>(poor, PurseCommand::Empty)
            .command::<Purse>(rich, PurseCommand::Empty)
            .commit()
            .await
    };
    let first = unit().await.unwrap();
    assert!(first.position().is_none() && !first.is_duplicate());
    engine.execute::<Purse>(rich, PurseCommand::Earn(9)).await.unwrap();
    let again = unit().await.unwrap();
    assert!(again.position().is_none() && again.is_duplicate());
    assert_eq!(again.version(rich), first.version(rich));
    assert_eq!(gold(&engine, rich).await, 9);
}

#[tokio::test]
async fn a_unit_with_nothing_to_do_stores_nothing() {
    let (engine, _, b) = two_purses(MemoryStore::new()).await;
    let unit = engine.atomic(Context::new()).command::<Purse>(b, PurseCommand::Empty);
    let executed = unit.commit().await.unwrap();
    assert_eq!((executed.position(), executed.is_duplicate()), (None, false));
    assert_eq!(version(engine.store().as_ref(), b).await, 0);
    assert!(engine.atomic(Context::new()).commit().await.unwrap().position().is_none());
}

#[tokio::test]
async fn a_unit_is_committed_with_a_question_mark() {
    async fn plain(unit: Atomic) -> Result<(), Box<dyn std::error::Error>> {
        unit.commit().await?;
        Ok(())
    }
    async fn boxed(unit: Atomic) -> Result<(), BoxError> {
        unit.commit().await?;
        Ok(())
    }
    async fn anyhow(unit: Atomic) -> anyhow::Result<()> {
        unit.commit().await?;
        Ok(())
    }
    let (engine, a, b) = two_purses(MemoryStore::new()).await;
    let unit = || {
        let unit = engine.atomic(Context::new()).command::<Purse>(b, PurseCommand::Earn(500));
        unit.command::<Purse>(a, PurseCommand::Pay(500))
    };
    let told = "there are 100 gold pieces, 500 are asked for; earn more";
    assert_eq!(plain(unit()).await.unwrap_err().to_string(), told);
    assert_eq!(boxed(unit()).await.unwrap_err().to_string(), told);
    let refused = anyhow(unit()).await.unwrap_err();
    assert_eq!(format!("{refused:#}"), told, "each sentence once");
    let refused = refused.downcast_ref::<ExecuteError<Rejection>>().unwrap();
    let reason = refused.rejection().unwrap();
    assert_eq!(reason.stream(), &Purse::stream(a), "it tells who refused");
    assert!(reason.is::<NotEnough>() && !reason.is::<std::fmt::Error>());
    assert_eq!(reason.downcast_ref(), Some(&NotEnough { has: 100, needs: 500 }));
}

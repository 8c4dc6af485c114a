//! Faults do what they say, in the order of the script, and are counted.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{CommandIds as _, EventStore};
use aether_core::log::{Append, ExpectedVersion, Load, NewEvent, Read, StreamId};
use aether_core::memory::MemoryStore;
use aether_core::{CommandId, Error, EventId, Json, Position, Version};
use uuid::Uuid;

use super::{ChaosStore, Fault, Faults, Operation};

fn chaos(faults: Faults) -> (ChaosStore, MemoryStore) {
    let inner = MemoryStore::new();
    (ChaosStore::wrap(Arc::new(inner.clone()), faults), inner)
}

fn stream(n: u128) -> StreamId {
    StreamId::new("Chest", Uuid::from_u128(n))
}

fn append(n: u128, expected: ExpectedVersion) -> Append {
    let id = EventId::new(Uuid::new_v4());
    let time = "2026-01-01T00:00:00Z".parse().unwrap();
    Append::to(stream(n), expected, vec![NewEvent::from_json("Opened", Json::empty(), id, time)])
}

async fn version(store: &dyn EventStore, n: u128) -> usize {
    store.load(Load::stream(stream(n))).await.unwrap().events.len()
}

#[tokio::test]
async fn an_unavailable_store_has_stored_nothing() {
    let (chaos, inner) = chaos(Faults::none());
    for fault in [Fault::Unavailable, Fault::Timeout] {
        chaos.next_append(fault);
        let error = chaos.append(append(1, ExpectedVersion::Any)).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
    }
    assert_eq!(version(&inner, 1).await, 0);
    chaos.append(append(1, ExpectedVersion::Any)).await.unwrap();
    assert_eq!(version(&inner, 1).await, 1);
    let injected = chaos.injected();
    assert_eq!((injected.unavailable, injected.timeouts, injected.calls), (1, 1, 3));
}

#[tokio::test]
async fn a_lost_reply_was_stored() {
    let (chaos, inner) = chaos(Faults::none());
    let append = append(1, ExpectedVersion::NoStream).with_command_id(CommandId::new(Uuid::nil()));
    chaos.next_append(Fault::LoseReply);
    let error = chaos.append(append.clone()).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(version(&inner, 1).await, 1);
    assert!(chaos.append(append).await.unwrap().duplicate);
    assert_eq!(chaos.injected().lost_replies, 1);
}

#[tokio::test]
async fn a_reply_is_only_lost_where_something_was_stored() {
    let (chaos, _) = chaos(Faults::none());
    chaos.next_append(Fault::LoseReply);
    let error = chaos.append(append(1, ExpectedVersion::StreamExists)).await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(chaos.injected().lost_replies, 0);
}

#[tokio::test]
async fn a_conflict_names_what_was_expected() {
    let (chaos, inner) = chaos(Faults::none());
    chaos.next_append(Fault::Conflict);
    let expected = ExpectedVersion::Exact(Version::new(4));
    match chaos.append(append(1, expected)).await.unwrap_err() {
        Error::Conflict { stream: told, expected: e, actual } => {
            assert_eq!((told, e, actual), (stream(1), expected, Version::new(5)));
        }
        other => panic!("{other}"),
    }
    // an append that expects nothing cannot conflict
    chaos.next_append(Fault::Conflict);
    chaos.append(append(1, ExpectedVersion::Any)).await.unwrap();
    assert_eq!(version(&inner, 1).await, 1);
    assert_eq!(chaos.injected().conflicts, 1);
}

#[tokio::test]
#[should_panic(expected = "only an append can conflict")]
async fn a_load_cannot_conflict() {
    chaos(Faults::none()).0.next_load(Fault::Conflict);
}

#[tokio::test]
async fn the_script_is_played_in_order_and_by_operation() {
    let (chaos, _) = chaos(Faults::none());
    chaos.next_append(Fault::Unavailable);
    chaos.next_append(Fault::LoseReply);
    chaos.next_load(Fault::Timeout);
    chaos.next_read(Fault::Unavailable);
    for operation in
        [Operation::Wait, Operation::SaveSnapshot, Operation::FindCommand, Operation::VoidCommand]
    {
        chaos.next(operation, Fault::Unavailable);
    }
    assert_eq!(chaos.unplayed(), 8);
    assert!(chaos.load(Load::stream(stream(1))).await.is_err());
    assert!(chaos.load(Load::stream(stream(1))).await.is_ok());
    assert!(chaos.read(Read::all()).await.is_err());
    assert!(chaos.wait(Position::START).await.is_err());
    assert!(chaos.find_command(CommandId::new(Uuid::nil()), None).await.is_err());
    assert!(chaos.void_command(CommandId::new(Uuid::nil()), None).await.is_err());
    let first = chaos.append(append(1, ExpectedVersion::Any)).await.unwrap_err();
    let second = chaos.append(append(1, ExpectedVersion::Any)).await.unwrap_err();
    assert!(first.is_transient() && second.is_outcome_unknown());
    assert_eq!(chaos.unplayed(), 1, "{chaos:?}");
}

#[tokio::test]
async fn a_held_append_waits_for_its_gate() {
    let (chaos, inner) = chaos(Faults::none());
    let before = chaos.hold_next_append();
    let task = tokio::spawn({
        let chaos = chaos.clone();
        async move { chaos.append(append(1, ExpectedVersion::Any)).await }
    });
    before.reached().await;
    assert_eq!(version(&inner, 1).await, 0);
    before.open();
    task.await.unwrap().unwrap();
    assert_eq!(version(&inner, 1).await, 1);

    let after = super::Gate::new();
    chaos.next_append(Fault::HoldReply(after.clone()));
    let task = tokio::spawn({
        let chaos = chaos.clone();
        async move { chaos.append(append(1, ExpectedVersion::Any)).await }
    });
    after.reached().await;
    assert_eq!(version(&inner, 1).await, 2);
    assert!(!task.is_finished());
    after.open();
    task.await.unwrap().unwrap();
    assert_eq!(chaos.injected().held, 2);
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let faults = Faults::seeded(seed)
            .unavailable(0.2)
            .lose_reply(0.1)
            .conflict(0.1)
            .latency(0.1, Duration::from_micros(10));
        let (chaos, inner) = chaos(faults);
        let mut answers = String::new();
        for _ in 0..300 {
            answers.push(match chaos.append(append(1, ExpectedVersion::Any)).await {
                Ok(_) => '.',
                Err(error) if error.is_outcome_unknown() => '?',
                Err(_) => 'x',
            });
        }
        let injected = chaos.injected();
        assert!(injected.unavailable > 30 && injected.lost_replies > 10 && injected.delayed > 10);
        assert_eq!(injected.calls, 300);
        // what was said to be lost is stored, what was said to have failed is not
        let stored = answers.chars().filter(|answer| *answer != 'x').count();
        assert_eq!(version(&inner, 1).await, stored);
        runs.push(answers);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

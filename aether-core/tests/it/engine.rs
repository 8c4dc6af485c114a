//! What the engine promises of a single command: retries, caches, command ids, snapshots, time.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::{EventStore, Reason, Snapshot, Snapshots as _};
use aether_core::chrono::{DateTime, TimeDelta, Utc};
use aether_core::log::{Append, ExpectedVersion, Load, NewEvent, Read, Until};
use aether_core::memory::MemoryStore;
use aether_core::shape::fingerprint_of;
use aether_core::time::SeededRandom;
use aether_core::{
    Aggregate, AggregateId, CommandId, Context, Engine, EngineSettings, Error, ExecuteError, Facts,
    Json, Position, RecordedEvent, Version,
};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate, Operation};
use aether_testkit::clock::ManualClock;
use tokio::time::Instant;
use uuid::Uuid;

use crate::purse::{NotEnough, Purse, PurseCommand, PurseEvent, purse};

fn command() -> CommandId {
    CommandId::new(Uuid::now_v7())
}

fn chaos() -> (ChaosStore, MemoryStore) {
    let store = MemoryStore::new();
    (ChaosStore::wrap(Arc::new(store.clone()), Faults::none()), store)
}

async fn events(store: &dyn EventStore, id: AggregateId) -> Vec<RecordedEvent> {
    store.load(Load::stream(Purse::stream(id))).await.unwrap().events
}

#[tokio::test]
async fn a_command_answers_with_state_version_events_and_positions() {
    let (engine, id) = (Engine::new(MemoryStore::new()), purse());
    engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).await.unwrap();
    let first = engine.execute::<Purse>(id, PurseCommand::Earn(10)).await.unwrap();
    let executed = engine.execute::<Purse>(id, PurseCommand::Pay(4)).await.unwrap();
    assert_eq!((executed.state().gold, executed.version()), (6, Version::new(2)));
    assert_eq!(executed.events, [PurseEvent::GoldPaid { amount: 4 }]);
    assert_eq!(executed.positions, [Position::new(3)]);
    assert_eq!(
        (first.position(), executed.position()),
        (Some(Position::new(2)), Some(Position::new(3)))
    );
    assert!(!executed.is_duplicate());

    let nothing = engine.execute::<Purse>(purse(), PurseCommand::Empty).await.unwrap();
    assert_eq!(
        (nothing.events.len(), nothing.position(), nothing.version()),
        (0, None, Version::ZERO)
    );
    let refused = engine.execute::<Purse>(id, PurseCommand::Pay(7)).await.unwrap_err();
    assert_eq!(refused.rejection(), Some(&NotEnough { has: 6, needs: 7 }));
    assert_eq!(engine.load::<Purse>(id).await.unwrap().version, Version::new(2));
}

#[tokio::test(start_paused = true)]
async fn conflicts_are_tried_again_after_growing_jittered_pauses() {
    let mut spans = Vec::new();
    for seed in 0..8 {
        let (chaos, store) = chaos();
        let engine = Engine::builder(chaos.clone()).random(SeededRandom::new(seed)).build();
        for _ in 0..4 {
            chaos.next_append(Fault::Conflict);
        }
        let (started, id) = (Instant::now(), purse());
        let executed = engine.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap();
        assert_eq!((chaos.unplayed(), executed.version()), (0, Version::new(1)));
        assert_eq!(events(&store, id).await.len(), 1);
        // 2 + 4 + 8 + 16 ms, jittered by half; the timer counts whole milliseconds
        let span = started.elapsed();
        assert!(span >= Duration::from_millis(15) && span <= Duration::from_millis(34), "{span:?}");
        spans.push(span);
    }
    spans.dedup();
    assert!(spans.len() > 1, "no jitter: {spans:?}");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_that_does_not_end_is_told_after_the_last_attempt() {
    let (chaos, store) = chaos();
    let settings = EngineSettings::default().attempts(12);
    let engine = Engine::builder(chaos.clone()).settings(settings).build();
    for _ in 0..13 {
        chaos.next_append(Fault::Conflict);
    }
    let (started, id) = (Instant::now(), purse());
    let told = engine.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap_err();
    assert!(told.is_conflict(), "{told:?}");
    assert_eq!((chaos.injected().conflicts, chaos.unplayed()), (12, 1));
    assert_eq!(events(&store, id).await.len(), 0);
    // no single pause is longer than 200 ms: 2 + 4 + … + 128, then four times 200
    assert!(
        started.elapsed() <= Duration::from_millis(254 + 4 * 200 + 11),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn an_old_cached_state_neither_refuses_nor_accepts_wrongly() {
    let (store, id) = (MemoryStore::new(), purse());
    let (one, other) = (Engine::new(store.clone()), Engine::new(store.clone()));
    one.execute::<Purse>(id, PurseCommand::Earn(10)).await.unwrap();
    other.execute::<Purse>(id, PurseCommand::Earn(90)).await.unwrap();
    // refused by what `one` remembers, allowed by what is true
    let paid = one.execute::<Purse>(id, PurseCommand::Pay(50)).await.unwrap();
    assert_eq!((paid.state().gold, paid.version()), (50, Version::new(3)));
    // allowed by what `other` remembers (100), refused by what is true
    let refused = other.execute::<Purse>(id, PurseCommand::Pay(60)).await.unwrap_err();
    assert_eq!(refused.rejection(), Some(&NotEnough { has: 50, needs: 60 }));
    // nothing to do by what `one` remembers
    one.execute::<Purse>(id, PurseCommand::Empty).await.unwrap();
    other.execute::<Purse>(id, PurseCommand::Earn(3)).await.unwrap();
    let emptied = one.execute::<Purse>(id, PurseCommand::Empty).await.unwrap();
    assert_eq!(emptied.events, [PurseEvent::GoldPaid { amount: 3 }]);
    assert_eq!(events(&store, id).await.len(), 6);
}

#[tokio::test]
async fn a_repeated_command_id_returns_the_first_result_whatever_happened_since() {
    let (store, id) = (MemoryStore::new(), purse());
    let engine = Engine::new(store.clone());
    engine.execute::<Purse>(id, PurseCommand::Earn(10)).await.unwrap();
    let context = Context::new().command_id(command());
    let first = engine.execute::<Purse>(id, PurseCommand::Pay(8)).with(&context).await.unwrap();
    // it has moved on, and would refuse now
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    for engine in [engine.clone(), Engine::new(store.clone())] {
        for wanted in [PurseCommand::Pay(8), PurseCommand::Pay(1), PurseCommand::Earn(3)] {
            let again = engine.execute::<Purse>(id, wanted).with(&context).await.unwrap();
            assert!(again.is_duplicate() && !first.is_duplicate());
            assert_eq!((again.state(), again.version()), (&Purse { gold: 2 }, Version::new(2)));
            assert_eq!((&again.events, &again.positions), (&first.events, &first.positions));
        }
        assert_eq!(engine.load::<Purse>(id).await.unwrap().state.gold, 3);
    }
    assert_eq!(events(&store, id).await.len(), 3);

    let elsewhere = engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).with(&context).await;
    let told = elsewhere.unwrap_err();
    assert!(told.is_command_mismatch(), "{told:?}");
}

#[tokio::test]
async fn a_command_that_had_nothing_to_do_has_nothing_to_do_when_it_is_repeated() {
    let store = MemoryStore::new();
    let id = purse();
    let engine = Engine::new(store.clone());
    for before in [0, 7] {
        let context = Context::new().command_id(command());
        let first = engine.execute::<Purse>(id, PurseCommand::Empty).with(&context).await.unwrap();
        assert_eq!(
            (first.events.len(), first.is_duplicate(), first.version().get()),
            (0, false, before)
        );
        // now there would be
        engine.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap();
        for engine in [engine.clone(), Engine::new(store.clone())] {
            for wanted in [PurseCommand::Empty, PurseCommand::Pay(1), PurseCommand::Pay(99)] {
                let again = engine.execute::<Purse>(id, wanted).with(&context).await.unwrap();
                assert_eq!((again.events.len(), again.position()), (0, None));
                assert_eq!((again.is_duplicate(), again.version()), (true, first.version()));
                assert_eq!(again.state(), first.state());
            }
            assert_eq!(engine.load::<Purse>(id).await.unwrap().state.gold, 5);
        }
        engine.execute::<Purse>(id, PurseCommand::Empty).await.unwrap();
        for _ in 0..4 {
            engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
        }
        engine.execute::<Purse>(id, PurseCommand::Empty).await.unwrap();
    }
    // without an id nothing is kept
    let nothing = engine.execute::<Purse>(id, PurseCommand::Empty).await.unwrap();
    assert!(!nothing.is_duplicate() && nothing.events.is_empty());
}

#[tokio::test]
async fn a_refused_command_leaves_its_id_free() {
    let (engine, id) = (Engine::new(MemoryStore::new()), purse());
    let context = Context::new().command_id(command());
    engine.execute::<Purse>(id, PurseCommand::Pay(5)).with(&context).await.unwrap_err();
    engine.execute::<Purse>(id, PurseCommand::Earn(5)).await.unwrap();
    let paid = engine.execute::<Purse>(id, PurseCommand::Pay(5)).with(&context).await.unwrap();
    assert!(!paid.is_duplicate());
}

#[tokio::test]
async fn a_lost_reply_is_found_again_with_a_command_id_and_told_without() {
    let (chaos, store) = chaos();
    let (engine, id) = (Engine::new(chaos.clone()), purse());
    let context = Context::new().command_id(command());
    chaos.next_append(Fault::LoseReply);
    let lost = engine.execute::<Purse>(id, PurseCommand::Earn(5)).with(&context).await.unwrap_err();
    assert!(lost.store_error().unwrap().is_outcome_unknown(), "{lost:?}");
    let again = engine.execute::<Purse>(id, PurseCommand::Earn(5)).with(&context).await.unwrap();
    assert_eq!((again.is_duplicate(), again.state().gold), (true, 5));

    chaos.next_append(Fault::LoseReply);
    let lost = engine.execute::<Purse>(id, PurseCommand::Earn(2)).await.unwrap_err();
    assert!(lost.store_error().unwrap().is_outcome_unknown() && !lost.is_transient());
    assert!(Reason(&lost).to_string().contains("may or may not be stored"), "{lost:?}");
    // the engine does not believe its cache any more
    let paid = engine.execute::<Purse>(id, PurseCommand::Pay(7)).await.unwrap();
    assert_eq!((paid.version(), chaos.injected().conflicts), (Version::new(3), 0));
    assert_eq!(events(&store, id).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_chance_faults_every_command_with_an_id_has_its_effect_once() {
    let store = MemoryStore::new();
    let faults = Faults::seeded(11).unavailable(0.1).lose_reply(0.1).conflict(0.1);
    let chaos = ChaosStore::wrap(Arc::new(store.clone()), faults);
    let (engine, id) = (Engine::new(chaos.clone()), purse());
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    let context = Context::new().command_id(command());
                    while let Err(error) =
                        engine.execute::<Purse>(id, PurseCommand::Earn(1)).with(&context).await
                    {
                        assert!(matches!(error, ExecuteError::Store(_)));
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(chaos.injected().lost_replies > 5 && chaos.injected().unavailable > 5);
    assert_eq!(events(&store, id).await.len(), 150);
}

#[tokio::test]
async fn metadata_is_carried_from_command_to_event_to_command() {
    let (store, id) = (MemoryStore::new(), purse());
    let now = "2026-03-01T10:00:00Z".parse().unwrap();
    let engine = Engine::builder(store.clone()).clock(ManualClock::at(now)).build();
    engine.execute::<Purse>(id, PurseCommand::Earn(9)).await.unwrap();
    engine
        .execute::<Purse>(id, PurseCommand::Earn(1))
        .with(&Context::new().user("u-1").session("s-1"))
        .await
        .unwrap();
    let stored = events(&store, id).await;
    let metadata: Vec<_> = stored.iter().map(RecordedEvent::metadata).collect();
    assert!(metadata[0].correlation_id.is_some(), "every command gets a correlation");
    assert_ne!(metadata[0].correlation_id, metadata[1].correlation_id);
    assert_eq!((metadata[0].causation_id, stored[0].timestamp), (None, now));

    let late = now - TimeDelta::days(2);
    let context = Context::caused_by(&stored[1]).timestamp(late);
    engine.execute::<Purse>(id, PurseCommand::Pay(1)).with(&context).await.unwrap();
    let caused = events(&store, id).await.remove(2);
    assert_eq!(caused.timestamp, late);
    let caused = caused.metadata();
    assert_eq!(caused.correlation_id, metadata[1].correlation_id);
    assert_eq!(caused.causation_id, Some(stored[1].event_id));
    assert_eq!(
        (caused.user_id.as_deref(), caused.session_id.as_deref()),
        (Some("u-1"), Some("s-1"))
    );
}

async fn snapshot(store: &MemoryStore, id: AggregateId) -> Option<Snapshot> {
    let load = Load::stream(Purse::stream(id)).with_snapshot(fingerprint_of::<Purse>());
    store.load(load).await.unwrap().snapshot
}

#[tokio::test]
async fn a_snapshot_is_taken_each_time_fifty_events_are_passed() {
    let (store, id) = (MemoryStore::new(), purse());
    let engine = Engine::new(store.clone());
    for n in 1..=120 {
        engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
        if n == 49 {
            assert!(snapshot(&store, id).await.is_none());
        }
    }
    engine.close().await;
    let taken = snapshot(&store, id).await.unwrap();
    assert_eq!(taken.version, Version::new(100));
    assert_eq!(taken.state.decode::<Purse>().unwrap(), Purse { gold: 100 });
    let loaded = Engine::new(store).load::<Purse>(id).await.unwrap();
    assert_eq!((loaded.state.gold, loaded.version), (120, Version::new(120)));
}

#[tokio::test]
async fn snapshots_that_are_slow_to_be_saved_do_not_pile_up() {
    let (chaos, _) = chaos();
    let settings = EngineSettings::default().snapshot_every(1).snapshots_at_once(2);
    let engine = Engine::builder(chaos.clone()).settings(settings).build();
    let gate = Gate::new();
    for _ in 0..5 {
        chaos.next(Operation::SaveSnapshot, Fault::Hold(gate.clone()));
    }
    for _ in 0..5 {
        engine.execute::<Purse>(purse(), PurseCommand::Earn(1)).await.unwrap();
    }
    gate.reached_by(2).await;
    assert_eq!(chaos.unplayed(), 3, "two are being saved, the others are left out");
    gate.open();
    engine.close().await;
}

#[tokio::test]
async fn a_snapshot_that_does_not_fit_is_passed_over() {
    let (store, id) = (MemoryStore::new(), purse());
    let engine = Engine::new(store.clone());
    for _ in 0..3 {
        engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    }
    let garbage = |fingerprint| Snapshot {
        last_event: None,
        stream: Purse::stream(id),
        version: Version::new(2),
        fingerprint,
        state: Json::parse(r#""not a purse""#).unwrap(),
        created_at: Utc::now(),
    };
    // of another shape: never looked at; of this shape, but not decodable: folded from the events
    for fingerprint in [fingerprint_of::<Vec<u8>>(), fingerprint_of::<Purse>()] {
        store.save_snapshot(garbage(fingerprint), 3).await.unwrap();
        let loaded = Engine::new(store.clone()).load::<Purse>(id).await.unwrap();
        assert_eq!((loaded.state.gold, loaded.version), (3, Version::new(3)));
    }
    assert!(snapshot(&store, id).await.is_some(), "the second one was really offered");
}

/// The purse whose rules have changed: of what it earns, half is lost. Its state has the same shape.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct LeakyPurse(Purse);

impl aether_core::Shape for LeakyPurse {
    fn describe(shape: &mut aether_core::shape::ShapeWriter) {
        Purse::describe(shape);
    }
}

impl Aggregate for LeakyPurse {
    const TYPE: &'static str = Purse::TYPE;
    const RULES_VERSION: u32 = 2;
    type Command = PurseCommand;
    type Event = PurseEvent;
    type Error = NotEnough;

    fn decide(&self, order: &PurseCommand, facts: &Facts) -> Result<Vec<PurseEvent>, NotEnough> {
        self.0.decide(order, facts)
    }

    fn apply(&mut self, event: &PurseEvent) {
        match event {
            PurseEvent::GoldEarned { amount } => self.0.gold += amount / 2,
            PurseEvent::GoldPaid { .. } => self.0.apply(event),
        }
    }
}

#[tokio::test]
async fn a_snapshot_of_other_rules_is_passed_over_though_the_shape_is_the_same() {
    let store = MemoryStore::new();
    let id = purse();
    let settings = EngineSettings::default().snapshot_every(2);
    let engine = Engine::builder(store.clone()).settings(settings).build();
    for _ in 0..3 {
        engine.execute::<Purse>(id, PurseCommand::Earn(10)).await.unwrap();
    }
    engine.close().await;
    assert_eq!(snapshot(&store, id).await.unwrap().version, Version::new(2));
    assert_eq!(fingerprint_of::<Purse>(), fingerprint_of::<LeakyPurse>());
    let loaded = Engine::new(store.clone()).load::<LeakyPurse>(id).await.unwrap();
    assert_eq!((loaded.state.0.gold, loaded.version), (15, Version::new(3)));
    let first = fingerprint_of::<Purse>();
    assert_eq!(first.under_rules(1), first);
    assert_ne!(first.under_rules(2), first.under_rules(3));
}

#[tokio::test]
async fn the_state_of_a_version_or_of_a_moment_can_be_loaded() {
    let (store, id) = (MemoryStore::new(), purse());
    let begin: DateTime<Utc> = "2026-03-01T10:00:00Z".parse().unwrap();
    let settings = EngineSettings::default().snapshot_every(2);
    let engine = Engine::builder(store).settings(settings).build();
    for day in 0..6 {
        let context = Context::new().timestamp(begin + TimeDelta::days(day));
        engine.execute::<Purse>(id, PurseCommand::Earn(1)).with(&context).await.unwrap();
    }
    for version in 0..=6 {
        let loaded = engine.load_until::<Purse>(id, Until::Version(Version::new(version))).await;
        assert_eq!(loaded.unwrap().state.gold, version);
        let time = begin + TimeDelta::days(i64::from(version)) - TimeDelta::microseconds(1);
        let loaded = engine.load_until::<Purse>(id, Until::Time(time)).await.unwrap();
        assert_eq!((loaded.state.gold, loaded.version), (version, Version::new(version)));
    }
    let ahead = engine.load_until::<Purse>(id, Until::Version(Version::new(7))).await;
    assert!(matches!(ahead.unwrap_err(), Error::VersionAhead { .. }));
}

#[tokio::test]
async fn a_closed_engine_refuses_and_still_reads() {
    let (engine, id) = (Engine::new(MemoryStore::new()), purse());
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    engine.close().await;
    let refused = engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap_err();
    assert!(matches!(refused.store_error(), Some(Error::Closed)));
    assert_eq!(engine.store().read(Read::all()).await.unwrap().events.len(), 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_named_with_what_to_do() {
    let (store, id) = (MemoryStore::new(), purse());
    let engine = Engine::new(store.clone());
    engine.execute::<Purse>(id, PurseCommand::Earn(1)).await.unwrap();
    for (stored, payload, advice) in [
        ("OrTrouve", "{}", "add it to the event enum"),
        ("GoldEarned", r#"{"amount":"beaucoup"}"#, "add an upcaster"),
    ] {
        let other = purse();
        let payload = Json::parse(payload).unwrap();
        let event = NewEvent::from_json(stored, payload, Uuid::now_v7().into(), Utc::now());
        let append = Append::to(Purse::stream(other), ExpectedVersion::NoStream, vec![event]);
        store.append(append).await.unwrap();
        let told = engine.execute::<Purse>(other, PurseCommand::Earn(1)).await.unwrap_err();
        let told = told.store_error().unwrap();
        assert!(matches!(told, Error::Undecodable { .. }), "{told:?}");
        assert!(!told.is_transient(), "trying again does not help");
        let text = told.to_string();
        for part in [stored, &Purse::stream(other).to_string(), advice] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        assert_eq!(events(&store, other).await.len(), 1, "nothing is stored after it");
    }
    // nobody else is affected
    engine.execute::<Purse>(id, PurseCommand::Pay(1)).await.unwrap();
}

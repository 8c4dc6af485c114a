//! Stored events that mean nothing any more.

use aether_core::backend::EventStore as _;
use aether_core::event::{DecodeError, InvalidEvent};
use aether_core::log::Read;
use aether_core::memory::MemoryStore;
use aether_core::{
    Aggregate, AggregateId, Engine, Error, Event, EventSet as _, ExecuteError, Facts, Filter, Json,
    Recorded, Shape, Upcasters, Version, uuid,
};
use serde::{Deserialize, Serialize};

/// What was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum OldEvent {
    Deposited { gold: u32 },
    Dusted { by: String },
    Polished,
}

/// What is left of it. `Dusted` was called `Polished` once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(upcasters = history)]
enum ChestEvent {
    Deposited { gold: u32 },
}

fn history() -> Upcasters {
    Upcasters::new().rename("Polished", "Dusted").obsolete("Dusted")
}

/// The variant is still there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(upcasters = history)]
enum HalfwayEvent {
    Deposited { gold: u32 },
    Dusted,
}

macro_rules! chest {
    ($name:ident, $event:ident $(, $other:pat)?) => {
        #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
        struct $name {
            gold: u32,
        }

        impl Aggregate for $name {
            const TYPE: &'static str = "Chest";
            type Command = Vec<$event>;
            type Event = $event;
            type Error = std::convert::Infallible;

            fn decide(&self, events: &Vec<$event>, _: &Facts) -> Result<Vec<$event>, Self::Error> {
                Ok(events.clone())
            }

            fn apply(&mut self, event: &$event) {
                match event {
                    $event::Deposited { gold } => self.gold += gold,
                    $($other => {})?
                }
            }
        }
    };
}

chest!(OldChest, OldEvent, OldEvent::Dusted { .. } | OldEvent::Polished);
chest!(Chest, ChestEvent);
chest!(HalfwayChest, HalfwayEvent, HalfwayEvent::Dusted);

async fn stored() -> (MemoryStore, AggregateId) {
    let store = MemoryStore::new();
    let id = AggregateId::new(uuid::Uuid::from_u128(7));
    let events = vec![
        OldEvent::Deposited { gold: 3 },
        OldEvent::Polished,
        OldEvent::Dusted { by: "the innkeeper".into() },
        OldEvent::Deposited { gold: 4 },
        OldEvent::Dusted { by: "nobody".into() },
    ];
    Engine::new(store.clone()).execute::<OldChest>(id, events).await.unwrap();
    (store, id)
}

#[tokio::test]
async fn loads_pass_over_events_that_are_obsolete_and_count_their_versions() {
    let (store, id) = stored().await;
    let engine = Engine::new(store);
    let loaded = engine.load::<Chest>(id).await.unwrap();
    assert_eq!((loaded.state.gold, loaded.version), (7, Version::new(5)));
    let done = engine.execute::<Chest>(id, vec![ChestEvent::Deposited { gold: 1 }]).await.unwrap();
    assert_eq!((done.loaded.state.gold, done.loaded.version), (8, Version::new(6)));
}

#[tokio::test]
async fn readers_pass_over_events_that_are_obsolete() {
    let (store, _) = stored().await;
    assert_eq!(Filter::events::<ChestEvent>().event_types, ["Deposited"]);
    assert_eq!(Filter::events::<HalfwayEvent>().event_types, ["Deposited"]);
    let page = store.read(Read::all()).await.unwrap();
    let mut gold = Vec::new();
    for event in page.events {
        assert_eq!(HalfwayEvent::read(&event).unwrap().is_some(), event.version.get() % 3 == 1);
        if let Some(Recorded { event: ChestEvent::Deposited { gold: it }, .. }) =
            Recorded::read(event).unwrap()
        {
            gold.push(it);
        }
    }
    assert_eq!(gold, [3, 4]);
}

#[tokio::test]
async fn an_obsolete_event_is_neither_stored_nor_decoded() {
    let (store, id) = stored().await;
    let engine = Engine::new(store.clone());
    let dusted = engine.execute::<HalfwayChest>(id, vec![HalfwayEvent::Dusted]);
    let told = dusted.await.unwrap_err();
    assert!(
        matches!(
            &told,
            ExecuteError::Store(Error::InvalidEvent {
                reason: InvalidEvent::NameObsolete { name },
                ..
            }) if *name == *"Dusted"
        ),
        "{told:?}"
    );
    assert_eq!(store.read(Read::all()).await.unwrap().events.len(), 5);
    for name in ["Dusted", "Polished"] {
        let told = HalfwayEvent::decode(name, 1, &Json::empty()).unwrap_err();
        assert!(matches!(told, DecodeError::Obsolete), "{told}");
    }
    let names: Vec<_> = ChestEvent::type_names().collect();
    assert_eq!(names, ["Deposited"]);
}

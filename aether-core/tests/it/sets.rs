//! What readers listen to has a type: old names, decoding and refusals follow from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::{Checkpoints as _, EventStore as _};
use aether_core::chrono::{DateTime, Utc};
use aether_core::log::{Append, ExpectedVersion, NewEvent, Read, StreamId};
use aether_core::memory::{MemoryReadModels, MemoryStore, MemoryTx};
use aether_core::projection::{Delivery, LetterState, ProjectionSettings, Shard, Undecodable};
use aether_core::{
    Aggregate, AggregateId, BoxError, Engine, Error, Event, EventId, EventSet, Facts, Filter, Json,
    Node, Projection, Recorded, Shape, Upcasters,
};
use aether_testkit::eventually;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Serialize, Deserialize, Event)]
#[event(upcasters = history)]
enum ChestEvent {
    #[event(version = 2)]
    Deposited {
        gold: u64,
        by: String,
    },
    Emptied,
}

/// Version 1 knew no names; it was called `Added`, and before that `Put`.
fn history() -> Upcasters {
    Upcasters::new().rename("Put", "Added").rename("Added", "Deposited").upcast(
        "Deposited",
        1,
        |payload| payload["by"] = "somebody".into(),
    )
}

/// Of chests, deposits alone, and of those the gold.
#[derive(Debug, Deserialize, EventSet)]
#[event(part_of = ChestEvent)]
enum Deposits {
    #[event(name = "Deposited")]
    Gold { gold: u64 },
}

/// Another aggregate with an event type of a name that chests have, too.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Room;

#[derive(Debug, Serialize, Deserialize, Event)]
enum RoomEvent {
    Emptied { people: u64 },
    Entered { people: u64 },
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Chest;

macro_rules! silent_aggregate {
    ($aggregate:ty, $event:ty) => {
        impl Aggregate for $aggregate {
            const TYPE: &'static str = stringify!($aggregate);
            type Command = ();
            type Event = $event;
            type Error = std::convert::Infallible;

            fn decide(&self, (): &(), _: &Facts) -> Result<Vec<$event>, Self::Error> {
                Ok(Vec::new())
            }

            fn apply(&mut self, _: &$event) {}
        }
    };
}

silent_aggregate!(Chest, ChestEvent);
silent_aggregate!(Room, RoomEvent);

#[derive(Debug, EventSet)]
#[allow(dead_code, reason = "told by Debug")]
enum House {
    #[event(of = Chest)]
    Chest(ChestEvent),
    #[event(of = Room)]
    Room(RoomEvent),
}

/// Writes down what it is shown, and counts the calls.
struct Listed<S> {
    calls: Arc<AtomicUsize>,
    narrowed: Filter,
    set: std::marker::PhantomData<fn() -> S>,
}

impl<S> Listed<S> {
    fn new() -> Self {
        Self::narrowed(Filter::all())
    }

    fn narrowed(narrowed: Filter) -> Self {
        Self { calls: Arc::default(), narrowed, set: std::marker::PhantomData }
    }
}

const NAME: &str = "listed";

type Lines = MemoryReadModels<Vec<String>>;

impl<S: EventSet + std::fmt::Debug> Projection<MemoryTx<Vec<String>>> for Listed<S> {
    type Events = S;

    fn name(&self) -> &'static str {
        NAME
    }

    fn filter(&self) -> Filter {
        self.narrowed.clone()
    }

    async fn project(
        &self,
        events: &[Recorded<S>],
        tx: &mut MemoryTx<Vec<String>>,
    ) -> Result<(), BoxError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        tx.extend(events.iter().map(|it| format!("{} {:?}", it.position, it.event)));
        Ok(())
    }
}

/// Stores an event as code of some release has.
async fn stored(store: &MemoryStore, of: (&'static str, u128), event: (&'static str, u16, &str)) {
    let ((aggregate, id), (name, version, payload)) = (of, event);
    let payload = Json::parse(payload).unwrap();
    let event_id = EventId::new(Uuid::now_v7());
    let event = NewEvent::from_json(name, payload, event_id, DateTime::<Utc>::UNIX_EPOCH)
        .with_schema_version(version);
    let stream = StreamId::new(aggregate, AggregateId::new(Uuid::from_u128(id)));
    store.append(Append::to(stream, ExpectedVersion::Any, vec![event])).await.unwrap();
}

/// Everything there is, shown to a projection by a node from the first event on.
async fn rebuilt<S: EventSet + std::fmt::Debug>(
    store: &MemoryStore,
    projection: Listed<S>,
) -> Vec<String> {
    let (models, end) = (Lines::new(), store.end().await.unwrap());
    let node = Node::builder(&Engine::new(store.clone()))
        .projection(models.clone(), projection)
        .start()
        .unwrap();
    node.wait_for(NAME, end).await.unwrap();
    node.stop().await.unwrap();
    models.model().to_vec()
}

const OLD: [(&str, u16, &str); 4] = [
    ("Put", 1, r#"{"gold":1}"#),
    ("Added", 1, r#"{"gold":2}"#),
    ("Deposited", 1, r#"{"gold":3}"#),
    ("Deposited", 2, r#"{"gold":4,"by":"Bo"}"#),
];

#[tokio::test]
async fn a_rebuild_finds_what_was_stored_under_old_names() {
    let store = MemoryStore::new();
    for event in OLD {
        stored(&store, ("Chest", 1), event).await;
    }
    stored(&store, ("Chest", 1), ("Emptied", 1, "{}")).await;
    let told = rebuilt(&store, Listed::<ChestEvent>::new()).await;
    let all = [
        r#"1 Deposited { gold: 1, by: "somebody" }"#,
        r#"2 Deposited { gold: 2, by: "somebody" }"#,
        r#"3 Deposited { gold: 3, by: "somebody" }"#,
        r#"4 Deposited { gold: 4, by: "Bo" }"#,
        "5 Emptied",
    ];
    assert_eq!(told, all);
    let told = rebuilt(&store, Listed::<Deposits>::new()).await;
    let part =
        ["1 Gold { gold: 1 }", "2 Gold { gold: 2 }", "3 Gold { gold: 3 }", "4 Gold { gold: 4 }"];
    assert_eq!(told, part, "a part has the names, versions and upcasters of its whole");
    assert_eq!(Filter::events::<Deposits>().event_types, ["Deposited", "Put", "Added"]);
}

#[tokio::test]
async fn a_name_of_two_aggregates_is_told_apart_by_their_types() {
    let store = MemoryStore::new();
    stored(&store, ("Chest", 1), ("Emptied", 1, "{}")).await;
    stored(&store, ("Room", 2), ("Emptied", 1, r#"{"people":3}"#)).await;
    // neither of the set, though its name is
    stored(&store, ("Bottle", 3), ("Emptied", 1, r#"{"people":9}"#)).await;
    let told = rebuilt(&store, Listed::<House>::new()).await;
    assert_eq!(told, ["1 Chest(Emptied)", "2 Room(Emptied { people: 3 })"]);
    let filter = Filter::events::<House>();
    assert_eq!(filter.aggregate_types, ["Chest", "Room"]);
}

#[tokio::test]
async fn a_filter_narrows_a_set_down() {
    let store = MemoryStore::new();
    for id in 1..=3 {
        stored(&store, ("Chest", id), ("Added", 1, r#"{"gold":1}"#)).await;
    }
    let second = AggregateId::new(Uuid::from_u128(2));
    let listed = Listed::<Deposits>::narrowed(Filter::all().aggregates([second]));
    assert_eq!(rebuilt(&store, listed).await, ["2 Gold { gold: 1 }"]);
}

#[tokio::test]
async fn an_event_that_cannot_be_decoded_is_found_at_once() {
    for policy in [Undecodable::Park, Undecodable::Skip] {
        let store = MemoryStore::new();
        for place in 1..=64 {
            let gold = if place == 23 { r#"{"gold":"much","by":"Bo"}"# } else { OLD[3].2 };
            stored(&store, ("Chest", place), ("Deposited", 2, gold)).await;
        }
        let (models, listed) = (Lines::new(), Listed::<ChestEvent>::new());
        let (calls, settings) =
            (listed.calls.clone(), ProjectionSettings::default().undecodable(policy));
        let mut delivery = Delivery::new(models.clone(), listed.with(settings), Shard::whole(NAME));
        delivery.claim(1).await.unwrap();
        let page = store.read(Read::all()).await.unwrap();
        delivery.apply(&page.events, page.position).await.unwrap();
        assert_eq!(models.model().len(), 63, "all others");
        assert_eq!(calls.load(Ordering::SeqCst), 2, "what is before it, and what is after it");
        let letters = models.letters(NAME, None).await.unwrap();
        let parked = letters.iter().map(|letter| (letter.position.get(), letter.state));
        let expected =
            if policy == Undecodable::Park { vec![(23, LetterState::Failed)] } else { vec![] };
        assert_eq!(parked.collect::<Vec<_>>(), expected);
        assert_eq!(delivery.checkpoint().position, page.position);
    }
}

/// Says of an old name what another type of the set is called.
#[derive(Debug, Serialize, Deserialize, Event)]
#[event(upcasters = taken)]
enum TakenEvent {
    Taken,
}

fn taken() -> Upcasters {
    Upcasters::new().rename("Emptied", "Taken")
}

#[derive(Debug, EventSet)]
#[allow(dead_code, reason = "told by Debug")]
enum Unclear {
    Chest(ChestEvent),
    Taken(TakenEvent),
}

#[tokio::test]
async fn an_old_name_that_stands_for_two_types_is_refused_before_anything_starts() {
    let engine = Engine::new(MemoryStore::new());
    let builder = Node::builder(&engine).projection(Lines::new(), Listed::<Unclear>::new());
    let told = builder.start().err().unwrap();
    assert!(
        matches!(&told, Error::InvalidEvents { projection, .. } if projection == NAME),
        "{told}"
    );
    assert!(told.to_string().contains("stored as Emptied are Emptied as well as Taken"), "{told}");
    let shard = Shard::whole(NAME);
    let mut delivery = Delivery::new(Lines::new(), Listed::<Unclear>::new(), shard);
    let told = delivery.claim(1).await.unwrap_err();
    assert!(matches!(told, Error::InvalidEvents { .. }), "{told}");
}

#[tokio::test]
async fn a_filter_that_names_event_types_beside_a_set_is_refused() {
    let engine = Engine::new(MemoryStore::new());
    let listed = Listed::<Deposits>::narrowed(Filter::all().event_types(["Deposited"]));
    let told = Node::builder(&engine).projection(Lines::new(), listed).start().err().unwrap();
    assert!(told.to_string().contains("names the event type Deposited"), "{told}");
    let any = Listed::<aether_core::AnyEvent>::narrowed(Filter::all().event_types(["Deposited"]));
    let node = Node::builder(&engine).projection(Lines::new(), any).start().unwrap();
    node.stop().await.unwrap();
}

/// Shows what it is shown to somebody else.
struct Shown(Arc<std::sync::Mutex<Vec<u64>>>);

impl Projection<()> for Shown {
    type Events = Deposits;

    fn name(&self) -> &'static str {
        "shown"
    }

    async fn project(&self, events: &[Recorded<Deposits>], (): &mut ()) -> Result<(), BoxError> {
        let gold = events.iter().map(|it| match it.event {
            Deposits::Gold { gold } => gold,
        });
        self.0.lock().unwrap().extend(gold);
        Ok(())
    }
}

#[tokio::test]
async fn a_live_handler_is_shown_what_can_be_decoded() {
    let store = MemoryStore::new();
    let shown = Arc::<std::sync::Mutex<Vec<u64>>>::default();
    let engine = Engine::new(store.clone());
    let node = Node::builder(&engine).live(Shown(shown.clone())).start().unwrap();
    let sees = async |gold: u64| {
        let found = shown.lock().unwrap().contains(&gold);
        if !found {
            stored(&store, ("Chest", 1), ("Added", 1, &format!(r#"{{"gold":{gold}}}"#))).await;
        }
        found.then_some(())
    };
    eventually("it follows the log", async || sees(1).await).await;
    let deposited = |gold: &str| {
        let payload = Json::parse(&format!(r#"{{"gold":{gold},"by":"Bo"}}"#)).unwrap();
        let id = EventId::new(Uuid::now_v7());
        NewEvent::from_json("Deposited", payload, id, DateTime::<Utc>::UNIX_EPOCH)
            .with_schema_version(2)
    };
    let events = vec![deposited("7"), deposited("\"much\""), deposited("8")];
    let stream = StreamId::new("Chest", AggregateId::new(Uuid::from_u128(2)));
    store.append(Append::to(stream, ExpectedVersion::Any, events)).await.unwrap();
    eventually("it has seen the last one", async || {
        shown.lock().unwrap().contains(&8).then_some(())
    })
    .await;
    assert!(shown.lock().unwrap().contains(&7));
    node.stop().await.unwrap();
}

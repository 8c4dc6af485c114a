//! Stored events of older code.

use std::sync::atomic::{AtomicU32, Ordering};

use aether_core::backend::EventStore as _;
use aether_core::event::{DecodeError, InvalidEvent};
use aether_core::log::Read;
use aether_core::memory::MemoryStore;
use aether_core::{
    Aggregate, AggregateId, Engine, Error, Event, ExecuteError, Facts, Json, Shape, Upcasters, uuid,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(upcasters = LeagueEvent::history)]
#[serde(rename_all_fields = "camelCase")]
enum LeagueEvent {
    /// Version 1: `{name}`; version 2: `{name, rank}`; version 3: the name is called `nickname`.
    #[event(version = 3)]
    MemberAdmitted { nickname: String, rank: u8 },
    /// Version 2 only says that the payload changed its meaning: no step is needed.
    #[event(version = 2)]
    Dissolved,
}

static BUILT: AtomicU32 = AtomicU32::new(0);

impl LeagueEvent {
    fn history() -> Upcasters {
        BUILT.fetch_add(1, Ordering::SeqCst);
        Upcasters::new()
            .rename("Added", "MemberAdded")
            .rename("MemberAdded", "MemberAdmitted")
            // the steps are applied by version, not in this order
            .upcast("MemberAdmitted", 2, |payload| {
                payload["nickname"] = payload["name"].take();
            })
            .upcast("MemberAdmitted", 1, |payload| payload["rank"] = 1.into())
    }
}

fn decode(name: &str, version: u16, json: &str) -> Result<LeagueEvent, DecodeError> {
    LeagueEvent::decode(name, version, &Json::parse(json).expect("JSON"))
}

fn brune(rank: u8) -> LeagueEvent {
    LeagueEvent::MemberAdmitted { nickname: "Brune".into(), rank }
}

#[test]
fn an_old_payload_takes_every_step_to_the_current_shape() {
    assert_eq!(decode("MemberAdmitted", 1, r#"{"name":"Brune"}"#).expect("decodes"), brune(1));
}

#[test]
fn a_payload_of_the_middle_takes_only_the_steps_it_lacks() {
    let json = r#"{"name":"Brune","rank":7}"#;
    assert_eq!(decode("MemberAdmitted", 2, json).expect("decodes"), brune(7));
}

#[test]
fn a_current_payload_takes_none() {
    let json = r#"{"name":"other","nickname":"Brune","rank":7}"#;
    assert_eq!(decode("MemberAdmitted", 3, json).expect("decodes"), brune(7));
}

#[test]
fn an_old_name_leads_to_the_current_one_over_several_renames() {
    let json = r#"{"name":"Brune"}"#;
    assert_eq!(decode("Added", 1, json).expect("decodes"), brune(1));
    assert_eq!(decode("MemberAdded", 1, json).expect("decodes"), brune(1));
}

#[test]
fn a_version_without_a_step_passes_unchanged() {
    assert_eq!(decode("Dissolved", 1, "{}").expect("decodes"), LeagueEvent::Dissolved);
}

#[test]
fn a_name_no_rename_knows_is_refused() {
    assert!(matches!(decode("Parti", 1, "{}"), Err(DecodeError::UnknownType)));
}

#[test]
fn old_names_are_listed_among_those_understood() {
    let names: Vec<_> = LeagueEvent::type_names().collect();
    assert_eq!(names, ["MemberAdmitted", "Dissolved", "Added", "MemberAdded"]);
}

#[test]
fn the_history_is_built_once() {
    let first: *const Upcasters = LeagueEvent::upcasters();
    assert!(std::ptr::eq(first, LeagueEvent::upcasters()));
    assert_eq!(BUILT.load(Ordering::SeqCst), 1);
}

/// `Opened` was renamed, and then became the name of something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(upcasters = ReusedEvent::history)]
enum ReusedEvent {
    Unlocked,
    #[event(version = 2)]
    Opened {
        gold: u32,
    },
}

impl ReusedEvent {
    fn history() -> Upcasters {
        Upcasters::new().rename("Opened", "Unsealed").rename("Unsealed", "Unlocked")
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Chest {}

impl Aggregate for Chest {
    const TYPE: &'static str = "Chest";
    type Command = ReusedEvent;
    type Event = ReusedEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, event: &ReusedEvent, _: &Facts) -> Result<Vec<ReusedEvent>, Self::Error> {
        Ok(vec![event.clone()])
    }

    fn apply(&mut self, _: &ReusedEvent) {}
}

#[tokio::test]
async fn a_name_that_is_given_again_after_a_rename_is_refused_and_nothing_is_stored() {
    // an event of either kind, of any version
    for (version, json) in [(1, "{}"), (1, r#"{"gold":1}"#), (2, r#"{"gold":1}"#), (3, "{}")] {
        let json = Json::parse(json).expect("JSON");
        let told = ReusedEvent::decode("Opened", version, &json).expect_err("it is of two kinds");
        assert!(matches!(&told, DecodeError::NameReused { renamed } if *renamed == *"Unlocked"));
        assert!(told.to_string().contains("another name"), "{told}");
    }
    let sealed = ReusedEvent::decode("Unsealed", 1, &Json::empty()).expect("decodes");
    assert_eq!(sealed, ReusedEvent::Unlocked);
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone());
    let id = AggregateId::new(uuid::Uuid::from_u128(7));
    let refused = engine.execute::<Chest>(id, ReusedEvent::Opened { gold: 1 }).await;
    let refused = refused.expect_err("it could not be told from the renamed one");
    let reason = match &refused {
        ExecuteError::Store(Error::InvalidEvent { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert!(matches!(reason, InvalidEvent::NameReused { name, .. } if *name == *"Opened"));
    assert!(reason.to_string().contains("another name"), "{reason}");
    assert!(store.read(Read::all()).await.expect("it can read").events.is_empty());
    engine.execute::<Chest>(id, ReusedEvent::Unlocked).await.expect("its name is its own");
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(upcasters = ChestEvent::history)]
enum ChestEvent {
    #[event(version = 2)]
    Filled { gold: u128, silver: u128, weight: Json, rate: f64 },
}

impl ChestEvent {
    fn history() -> Upcasters {
        Upcasters::new().upcast("Filled", 1, |payload| {
            assert!(payload["rate"].is_number(), "the payload has no rate");
            // moved, not calculated with
            payload["gold"] = payload["coins"].take();
        })
    }
}

#[test]
fn an_upcaster_changes_no_number_that_it_leaves_alone() {
    let json = Json::parse(
        r#"{"coins":340282366920938463463374607431768211455,"silver":18446744073709551617,
            "weight":[12345678901234567.25,1.10],"rate":0.1}"#,
    );
    let event = ChestEvent::decode("Filled", 1, &json.expect("JSON")).expect("decodes");
    let weight = Json::parse("[12345678901234567.25,1.10]").expect("JSON");
    let silver = u128::from(u64::MAX) + 2;
    assert_eq!(event, ChestEvent::Filled { gold: u128::MAX, silver, weight, rate: 0.1 });
}

#[test]
fn an_upcaster_that_panics_makes_an_event_undecodable_and_nothing_else() {
    let json = Json::parse(r#"{"coins":1,"silver":2,"weight":3}"#).expect("JSON");
    let error = ChestEvent::decode("Filled", 1, &json).expect_err("it panics");
    assert!(matches!(&error, DecodeError::Panicked(what) if what == "the payload has no rate"));
    assert!(error.to_string().contains("mend the upcaster"), "{error}");
}

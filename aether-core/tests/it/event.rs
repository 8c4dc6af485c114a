//! Events to JSON and back.

use aether_core::event::{DecodeError, EventType, JsonError};
use aether_core::{Event, Json, Shape};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
enum FightEvent {
    FightStarted {
        arena_id: Uuid,
        #[serde(default)]
        max_rounds: u8,
        #[serde(skip)]
        seen_by: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown_title: Option<String>,
    },
    #[event(version = 3)]
    BlowDealt(Blow),
    #[event(name = "fight.over")]
    Ended,
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    Pause {
        since_turn: u32,
    },
    Bare {},
    r#Abandon {
        r#type: u8,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
struct Blow {
    target: String,
    damage: f64,
}

/// Encodes, compares with `json`, decodes and compares again.
#[track_caller]
fn assert_stored_as<E: Event + PartialEq + std::fmt::Debug>(event: &E, json: &str) {
    let payload = event.encode().expect("encodes");
    assert_eq!(payload.as_str(), json);
    let EventType { name, version } = *event.event_type();
    assert_eq!(E::decode(name, version, &payload).expect("decodes"), *event);
}

fn started() -> FightEvent {
    FightEvent::FightStarted { arena_id: Uuid::nil(), max_rounds: 3, seen_by: 0, shown_title: None }
}

fn decode(name: &str, version: u16, json: &str) -> Result<FightEvent, DecodeError> {
    FightEvent::decode(name, version, &Json::parse(json).expect("JSON"))
}

#[test]
fn a_payload_is_the_bare_content_of_the_variant() {
    assert_stored_as(
        &started(),
        r#"{"arenaId":"00000000-0000-0000-0000-000000000000","maxRounds":3}"#,
    );
    assert_stored_as(
        &FightEvent::BlowDealt(Blow { target: "Brune".into(), damage: 1.5 }),
        r#"{"target":"Brune","damage":1.5}"#,
    );
    assert_stored_as(&FightEvent::Ended, "{}");
    assert_stored_as(&FightEvent::Bare {}, "{}");
    assert_stored_as(&FightEvent::Pause { since_turn: 4 }, r#"{"SINCE_TURN":4}"#);
    assert_stored_as(&FightEvent::Abandon { r#type: 1 }, r#"{"type":1}"#);
}

#[test]
fn the_types_are_listed_in_the_order_of_the_variants() {
    let types: Vec<_> = FightEvent::TYPES.iter().map(|it| (it.name, it.version)).collect();
    assert_eq!(
        types,
        [
            ("FightStarted", 1),
            ("BlowDealt", 3),
            ("fight.over", 1),
            ("Pause", 1),
            ("Bare", 1),
            ("Abandon", 1),
        ]
    );
    assert_eq!(FightEvent::type_names().count(), types.len());
    assert_eq!(FightEvent::Ended.event_type(), &FightEvent::TYPES[2]);
}

#[test]
fn serde_attributes_on_fields_are_honoured_when_reading() {
    let json = r#"{"arenaId":"00000000-0000-0000-0000-000000000000","seenBy":9,"other":true}"#;
    let FightEvent::FightStarted { max_rounds, seen_by, shown_title, .. } =
        decode("FightStarted", 1, json).expect("decodes")
    else {
        panic!("another variant");
    };
    assert_eq!((max_rounds, seen_by, shown_title), (0, 0, None));
}

#[test]
fn skipped_fields_are_not_stored() {
    let event = FightEvent::FightStarted {
        arena_id: Uuid::nil(),
        max_rounds: 1,
        seen_by: 77,
        shown_title: Some("Finale".into()),
    };
    let payload = event.encode().expect("encodes");
    assert!(!payload.as_str().contains("77"), "{payload}");
    assert!(payload.as_str().contains(r#""shownTitle":"Finale""#), "{payload}");
}

#[test]
fn an_unknown_type_is_refused() {
    assert!(matches!(decode("Unknown", 1, "{}"), Err(DecodeError::UnknownType)));
    // the variant's name when another one is stored
    assert!(matches!(decode("Ended", 1, "{}"), Err(DecodeError::UnknownType)));
    assert!(matches!(decode("", 1, "{}"), Err(DecodeError::UnknownType)));
}

#[test]
fn a_payload_of_newer_code_is_refused() {
    assert!(matches!(
        decode("BlowDealt", 4, "{}"),
        Err(DecodeError::NewerVersion { stored: 4, known: 3 })
    ));
}

#[test]
fn a_payload_that_does_not_fit_is_refused() {
    let refused = |name, json| matches!(decode(name, 1, json), Err(DecodeError::Payload(_)));
    assert!(refused("Pause", "{}"), "a field is missing");
    assert!(refused("Pause", r#"{"SINCE_TURN":-1}"#), "a number is out of range");
    assert!(refused("fight.over", "[]"), "a unit variant is an object");
    assert!(refused("Pause", "null"), "a variant with fields is an object");
}

#[test]
fn the_content_of_a_unit_variant_may_have_been_more_once() {
    assert_eq!(decode("fight.over", 1, r#"{"old":1}"#).expect("decodes"), FightEvent::Ended);
}

#[test]
fn what_cannot_be_stored_is_refused() {
    let blow = |target: &str, damage| FightEvent::BlowDealt(Blow { target: target.into(), damage });
    assert!(matches!(blow("Brune", f64::NAN).encode(), Err(JsonError::NotFinite)));
    assert!(matches!(blow("Brune", f64::INFINITY).encode(), Err(JsonError::NotFinite)));
    assert!(matches!(blow("Br\0ne", 1.0).encode(), Err(JsonError::Nul)));
    let nul = FightEvent::FightStarted {
        arena_id: Uuid::nil(),
        max_rounds: 0,
        seen_by: 0,
        shown_title: Some("\0".into()),
    };
    assert!(matches!(nul.encode(), Err(JsonError::Nul)));
}

#[test]
fn the_shapes_follow_the_variants() {
    assert_eq!(
        FightEvent::shapes(),
        [
            r#"#[serde(rename_all_fields = "camelCase")] { arena_id: Uuid, "#.to_owned()
                + r#"#[serde(default)] max_rounds: u8, "#
                + r#"#[serde(default, skip_serializing_if = "Option::is_none")] "#
                + "shown_title: Option<String> }",
            "Blow { target: String, damage: f64 }".into(),
            "{}".into(),
            r#"#[serde(rename_all_fields = "camelCase")] "#.to_owned()
                + r#"#[serde(rename_all = "SCREAMING_SNAKE_CASE")] { since_turn: u32 }"#,
            r#"#[serde(rename_all_fields = "camelCase")] {}"#.into(),
            r#"#[serde(rename_all_fields = "camelCase")] { type: u8 }"#.into(),
        ]
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(name = "score.change", version = 2)]
#[serde(rename_all = "camelCase")]
struct ScoreChange {
    new_score: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
struct Amount(i64);

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
struct Closure;

#[test]
fn a_struct_is_an_event_of_its_own() {
    assert_eq!(ScoreChange::TYPES, [EventType { name: "score.change", version: 2 }]);
    assert_eq!(ScoreChange::shapes(), [r#"#[serde(rename_all = "camelCase")] { new_score: i64 }"#]);
    assert_stored_as(&ScoreChange { new_score: -4 }, r#"{"newScore":-4}"#);
    assert_stored_as(&Amount(12), "12");
    assert_eq!(Amount::shapes(), ["i64"]);
    assert_stored_as(&Closure, "{}");
    assert_eq!(Closure::shapes(), ["{}"]);
}

mod elsewhere {
    pub(crate) mod events {
        pub(crate) use aether_core::*;
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(crate = crate::event::elsewhere::events)]
enum Reexported {
    Done { step: u8 },
}

#[test]
fn the_core_crate_may_be_reexported() {
    assert_stored_as(&Reexported::Done { step: 1 }, r#"{"step":1}"#);
}

/// A type of another crate: it has no `Shape`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Foreign {
    n: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
enum WithForeign {
    Field {
        #[shape(opaque)]
        who: Option<Foreign>,
        #[serde(skip)]
        cache: std::marker::PhantomData<Foreign>,
    },
    Content(#[shape(opaque)] Foreign),
}

#[test]
fn an_opaque_field_needs_no_shape() {
    assert_eq!(WithForeign::shapes(), ["{ who: Option<Foreign> }", "Foreign"]);
    assert_stored_as(&WithForeign::Content(Foreign { n: 1 }), r#"{"n":1}"#);
    let field = WithForeign::Field { who: None, cache: std::marker::PhantomData };
    assert_stored_as(&field, r#"{"who":null}"#);
}

/// As an event type made by a macro: the content's type comes in an invisible group.
macro_rules! event_of {
    ($name:ident, $content:ty) => {
        #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
        enum $name {
            Only($content),
        }
    };
}

event_of!(ByMacro, Vec<u8>);

#[test]
fn an_event_may_come_out_of_a_macro() {
    assert_stored_as(&ByMacro::Only(vec![1, 2]), "[1,2]");
    assert_eq!(ByMacro::shapes(), ["Vec<u8>"]);
}

proptest! {
    #[test]
    fn whatever_is_encoded_decodes_to_the_same(
        arena in any::<u128>(),
        max_rounds in any::<u8>(),
        shown_title in proptest::option::of("[^\0]{0,40}"),
        target in "[^\0]{0,40}",
        damage in -1e12_f64..1e12,
    ) {
        let arena_id = Uuid::from_u128(arena);
        let started =
            FightEvent::FightStarted { arena_id, max_rounds, seen_by: 0, shown_title };
        let blow = FightEvent::BlowDealt(Blow { target, damage: damage.trunc() });
        for event in [started, blow] {
            let EventType { name, version } = *event.event_type();
            let payload = event.encode().expect("encodes");
            prop_assert_eq!(FightEvent::decode(name, version, &payload).expect("decodes"), event);
        }
    }
}

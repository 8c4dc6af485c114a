//! Events to JSON and back.

use aether_core::event::{DecodeError, EventType, JsonError};
use aether_core::{Event, Json, Shape};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
enum CombatEvent {
    CombatCommence {
        arene_id: Uuid,
        #[serde(default)]
        manche_max: u8,
        #[serde(skip)]
        vu_par: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        titre_affiche: Option<String>,
    },
    #[event(version = 3)]
    CoupPorte(Coup),
    #[event(name = "combat.fini")]
    Termine,
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    Pause {
        depuis_tour: u32,
    },
    Vide {},
    r#Abandon {
        r#type: u8,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
struct Coup {
    cible: String,
    degats: f64,
}

/// Encodes, compares with `json`, decodes and compares again.
#[track_caller]
fn assert_stored_as<E: Event + PartialEq + std::fmt::Debug>(event: &E, json: &str) {
    let payload = event.encode().expect("encodes");
    assert_eq!(payload.as_str(), json);
    let EventType { name, version } = *event.event_type();
    assert_eq!(E::decode(name, version, &payload).expect("decodes"), *event);
}

fn commence() -> CombatEvent {
    CombatEvent::CombatCommence {
        arene_id: Uuid::nil(),
        manche_max: 3,
        vu_par: 0,
        titre_affiche: None,
    }
}

fn decode(name: &str, version: u16, json: &str) -> Result<CombatEvent, DecodeError> {
    CombatEvent::decode(name, version, &Json::parse(json).expect("JSON"))
}

#[test]
fn a_payload_is_the_bare_content_of_the_variant() {
    assert_stored_as(
        &commence(),
        r#"{"areneId":"00000000-0000-0000-0000-000000000000","mancheMax":3}"#,
    );
    assert_stored_as(
        &CombatEvent::CoupPorte(Coup { cible: "Brune".into(), degats: 1.5 }),
        r#"{"cible":"Brune","degats":1.5}"#,
    );
    assert_stored_as(&CombatEvent::Termine, "{}");
    assert_stored_as(&CombatEvent::Vide {}, "{}");
    assert_stored_as(&CombatEvent::Pause { depuis_tour: 4 }, r#"{"DEPUIS_TOUR":4}"#);
    assert_stored_as(&CombatEvent::Abandon { r#type: 1 }, r#"{"type":1}"#);
}

#[test]
fn the_types_are_listed_in_the_order_of_the_variants() {
    let types: Vec<_> = CombatEvent::TYPES.iter().map(|it| (it.name, it.version)).collect();
    assert_eq!(
        types,
        [
            ("CombatCommence", 1),
            ("CoupPorte", 3),
            ("combat.fini", 1),
            ("Pause", 1),
            ("Vide", 1),
            ("Abandon", 1),
        ]
    );
    assert_eq!(CombatEvent::type_names().count(), types.len());
    assert_eq!(CombatEvent::Termine.event_type(), &CombatEvent::TYPES[2]);
}

#[test]
fn serde_attributes_on_fields_are_honoured_when_reading() {
    let json = r#"{"areneId":"00000000-0000-0000-0000-000000000000","vuPar":9,"autre":true}"#;
    let CombatEvent::CombatCommence { manche_max, vu_par, titre_affiche, .. } =
        decode("CombatCommence", 1, json).expect("decodes")
    else {
        panic!("another variant");
    };
    assert_eq!((manche_max, vu_par, titre_affiche), (0, 0, None));
}

#[test]
fn skipped_fields_are_not_stored() {
    let event = CombatEvent::CombatCommence {
        arene_id: Uuid::nil(),
        manche_max: 1,
        vu_par: 77,
        titre_affiche: Some("Finale".into()),
    };
    let payload = event.encode().expect("encodes");
    assert!(!payload.as_str().contains("77"), "{payload}");
    assert!(payload.as_str().contains(r#""titreAffiche":"Finale""#), "{payload}");
}

#[test]
fn an_unknown_type_is_refused() {
    assert!(matches!(decode("Inconnu", 1, "{}"), Err(DecodeError::UnknownType)));
    // the variant's name when another one is stored
    assert!(matches!(decode("Termine", 1, "{}"), Err(DecodeError::UnknownType)));
    assert!(matches!(decode("", 1, "{}"), Err(DecodeError::UnknownType)));
}

#[test]
fn a_payload_of_newer_code_is_refused() {
    assert!(matches!(
        decode("CoupPorte", 4, "{}"),
        Err(DecodeError::NewerVersion { stored: 4, known: 3 })
    ));
}

#[test]
fn a_payload_that_does_not_fit_is_refused() {
    let refused = |name, json| matches!(decode(name, 1, json), Err(DecodeError::Payload(_)));
    assert!(refused("Pause", "{}"), "a field is missing");
    assert!(refused("Pause", r#"{"DEPUIS_TOUR":-1}"#), "a number is out of range");
    assert!(refused("combat.fini", "[]"), "a unit variant is an object");
    assert!(refused("Pause", "null"), "a variant with fields is an object");
}

#[test]
fn the_content_of_a_unit_variant_may_have_been_more_once() {
    assert_eq!(decode("combat.fini", 1, r#"{"vieux":1}"#).expect("decodes"), CombatEvent::Termine);
}

#[test]
fn what_cannot_be_stored_is_refused() {
    let coup = |cible: &str, degats| CombatEvent::CoupPorte(Coup { cible: cible.into(), degats });
    assert!(matches!(coup("Brune", f64::NAN).encode(), Err(JsonError::NotFinite)));
    assert!(matches!(coup("Brune", f64::INFINITY).encode(), Err(JsonError::NotFinite)));
    assert!(matches!(coup("Br\0ne", 1.0).encode(), Err(JsonError::Nul)));
    let nul = CombatEvent::CombatCommence {
        arene_id: Uuid::nil(),
        manche_max: 0,
        vu_par: 0,
        titre_affiche: Some("\0".into()),
    };
    assert!(matches!(nul.encode(), Err(JsonError::Nul)));
}

#[test]
fn the_shapes_follow_the_variants() {
    assert_eq!(
        CombatEvent::shapes(),
        [
            r#"#[serde(rename_all_fields = "camelCase")] { arene_id: Uuid, "#.to_owned()
                + r#"#[serde(default)] manche_max: u8, "#
                + r#"#[serde(default, skip_serializing_if = "Option::is_none")] "#
                + "titre_affiche: Option<String> }",
            "Coup { cible: String, degats: f64 }".into(),
            "{}".into(),
            r#"#[serde(rename_all_fields = "camelCase")] "#.to_owned()
                + r#"#[serde(rename_all = "SCREAMING_SNAKE_CASE")] { depuis_tour: u32 }"#,
            r#"#[serde(rename_all_fields = "camelCase")] {}"#.into(),
            r#"#[serde(rename_all_fields = "camelCase")] { type: u8 }"#.into(),
        ]
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(name = "score.change", version = 2)]
#[serde(rename_all = "camelCase")]
struct ScoreChange {
    nouveau_score: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
struct Montant(i64);

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
struct Cloture;

#[test]
fn a_struct_is_an_event_of_its_own() {
    assert_eq!(ScoreChange::TYPES, [EventType { name: "score.change", version: 2 }]);
    assert_eq!(
        ScoreChange::shapes(),
        [r#"#[serde(rename_all = "camelCase")] { nouveau_score: i64 }"#]
    );
    assert_stored_as(&ScoreChange { nouveau_score: -4 }, r#"{"nouveauScore":-4}"#);
    assert_stored_as(&Montant(12), "12");
    assert_eq!(Montant::shapes(), ["i64"]);
    assert_stored_as(&Cloture, "{}");
    assert_eq!(Cloture::shapes(), ["{}"]);
}

mod elsewhere {
    pub(crate) mod events {
        pub(crate) use aether_core::*;
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(crate = crate::event::elsewhere::events)]
enum Reexported {
    Fait { etape: u8 },
}

#[test]
fn the_core_crate_may_be_reexported() {
    assert_stored_as(&Reexported::Fait { etape: 1 }, r#"{"etape":1}"#);
}

/// A type of another crate: it has no `Shape`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Etranger {
    n: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
enum AvecEtranger {
    Champ {
        #[shape(opaque)]
        qui: Option<Etranger>,
        #[serde(skip)]
        cache: std::marker::PhantomData<Etranger>,
    },
    Contenu(#[shape(opaque)] Etranger),
}

#[test]
fn an_opaque_field_needs_no_shape() {
    assert_eq!(AvecEtranger::shapes(), ["{ qui: Option<Etranger> }", "Etranger"]);
    assert_stored_as(&AvecEtranger::Contenu(Etranger { n: 1 }), r#"{"n":1}"#);
    let champ = AvecEtranger::Champ { qui: None, cache: std::marker::PhantomData };
    assert_stored_as(&champ, r#"{"qui":null}"#);
}

/// As an event type made by a macro: the content's type comes in an invisible group.
macro_rules! event_of {
    ($name:ident, $content:ty) => {
        #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
        enum $name {
            Seul($content),
        }
    };
}

event_of!(ParMacro, Vec<u8>);

#[test]
fn an_event_may_come_out_of_a_macro() {
    assert_stored_as(&ParMacro::Seul(vec![1, 2]), "[1,2]");
    assert_eq!(ParMacro::shapes(), ["Vec<u8>"]);
}

proptest! {
    #[test]
    fn whatever_is_encoded_decodes_to_the_same(
        arene in any::<u128>(),
        manche_max in any::<u8>(),
        titre_affiche in proptest::option::of("[^\0]{0,40}"),
        cible in "[^\0]{0,40}",
        degats in -1e12_f64..1e12,
    ) {
        let arene_id = Uuid::from_u128(arene);
        let commence =
            CombatEvent::CombatCommence { arene_id, manche_max, vu_par: 0, titre_affiche };
        let coup = CombatEvent::CoupPorte(Coup { cible, degats: degats.trunc() });
        for event in [commence, coup] {
            let EventType { name, version } = *event.event_type();
            let payload = event.encode().expect("encodes");
            prop_assert_eq!(CombatEvent::decode(name, version, &payload).expect("decodes"), event);
        }
    }
}

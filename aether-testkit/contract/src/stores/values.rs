//! Promises about values: what is accepted comes back equal, to the bit, and what cannot is refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::event::{InvalidEvent, JsonError};
use aether_core::log::{Load, NewEvent, StreamId};
use aether_core::{
    Aggregate, AggregateId, Engine, EngineSettings, Error, Event, ExecuteError, Facts, Json, Shape,
    Upcasters,
};
use aether_testkit::chaos::{ChaosStore, Faults};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Stage;
use super::source::{Source, moment};
use super::subject::{Subject, any};

mod parcels;

use parcels::{Dice, Parcel, ParcelEvent};

/// Whatever an event holds comes back equal: numbers of any size, text, maps, content that serde buffers. An
/// upcaster that leaves a value alone does not change it either.
pub async fn every_value_comes_back_to_the_bit(stage: &Stage) {
    let t = Subject::of(stage);
    let dice = Dice(&t.source);
    for _ in 0..4 {
        let stream = t.source.stream();
        let sent: Vec<Parcel> = (0..100).map(|_| dice.parcel()).collect();
        let event = |parcel: &Parcel| {
            let id = t.source.uuid().into();
            NewEvent::encode(&ParcelEvent::Sent(parcel.clone()), id, moment(1)).expect("storable")
        };
        t.append(any(&stream, sent.iter().map(event).collect())).await;
        let old = |parcel| event(parcel).with_schema_version(1);
        t.append(any(&stream, sent.iter().map(old).collect())).await;
        for store in t.handles().await {
            let history = store.load(Load::stream(stream.clone())).await;
            let found = history.expect("it can load").events;
            assert_eq!(found.len(), 2 * sent.len());
            for (found, sent) in found.iter().zip(sent.iter().chain(&sent)) {
                let ParcelEvent::Sent(found) = found.decode().expect("it can be decoded");
                assert_eq!(found, *sent);
            }
        }
    }
}

/// JSON of any form is kept as one and the same text by every store, with all digits.
pub async fn json_is_kept_as_the_same_text(stage: &Stage) {
    let t = Subject::of(stage);
    let dice = Dice(&t.source);
    for _ in 0..8 {
        let stream = t.source.stream();
        let sent: Vec<Json> = (0..100)
            .map(|_| {
                let text = dice.json_text(3);
                Json::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
            })
            .collect();
        let events = sent.iter().map(|json| {
            let event = t.source.event();
            NewEvent::from_json("Text", json.clone(), event.event_id(), event.timestamp())
        });
        t.append(any(&stream, events.collect())).await;
        for (found, sent) in t.events(&stream).await.iter().zip(&sent) {
            assert_eq!(found.payload.as_str(), sent.as_str());
        }
    }
    // a value that is encoded here is written in another form, and kept in this one
    let stream = t.source.stream();
    let sent: Vec<NewEvent> = (0..100)
        .map(|_| {
            let event = ParcelEvent::Sent(dice.parcel());
            NewEvent::encode(&event, t.source.uuid().into(), moment(1)).expect("storable")
        })
        .collect();
    t.append(any(&stream, sent.clone())).await;
    for (found, sent) in t.events(&stream).await.iter().zip(&sent) {
        let kept = Json::parse(sent.payload().as_str()).expect("JSON");
        assert_eq!(found.payload.as_str(), kept.as_str());
    }
}

/// The state that a command leads to is the one that others load, also from a snapshot and after −0.0, which
/// comes back as 0.0.
pub async fn a_state_is_the_same_decided_or_loaded(stage: &Stage) {
    let t = Subject::of(stage);
    let dice = Dice(&t.source);
    let settings = EngineSettings::default().snapshot_every(3);
    let engine = Engine::builder(engine_on(&t.store)).settings(settings).build();
    let another = Engine::new(engine_on(&t.stage.another().await));
    let mut known = Vec::new();
    for _ in 0..20 {
        let id = AggregateId::new(t.source.uuid());
        for n in 1..=7 {
            let pans = vec![dice.float(), -0.0, dice.float()];
            let decided = engine.execute::<Scale>(id, pans).await.expect("it can be weighed");
            let loaded = another.load::<Scale>(id).await.expect("it can load");
            assert_eq!(bits(&decided.state().pans), bits(&loaded.state.pans));
            assert_eq!(decided.version().get(), n);
            known.retain(|(other, _)| *other != id);
            known.push((id, bits(&loaded.state.pans)));
        }
    }
    // all snapshots are taken
    engine.close().await;
    for (id, pans) in known {
        let loaded = another.load::<Scale>(id).await.expect("it can load");
        assert_eq!(bits(&loaded.state.pans), pans);
    }
}

/// A store as the engine takes it.
fn engine_on(store: &Arc<dyn EventStore>) -> ChaosStore {
    ChaosStore::wrap(store.clone(), Faults::none())
}

/// An event that would come back as another one is refused with the reason, and nothing of it is stored.
pub async fn what_cannot_come_back_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = Engine::new(engine_on(&t.store));
    let mixed = |key: &str, value: Value| Odd::Mixed {
        gold: 1,
        more: HashMap::from([(key.into(), value)]),
    };
    for (event, reason) in [
        (mixed("gold", json!(7)), "\"gold\" is written twice"),
        (Odd::Nested { none: Some(None) }, "reads as another value"),
        (Odd::Wide { wide: BTreeMap::from([("a".into(), u128::MAX)]) }, "cannot be read"),
        (Odd::Float { float: f64::NAN }, "not finite"),
        (Odd::Text { text: "a\0b".into() }, "NUL"),
        (Odd::Raw { raw: raw(RAW[0]) }, "NUL"),
        (Odd::Raw { raw: raw(RAW[1]) }, "\"a\" is written twice"),
        (Odd::Raw { raw: raw(RAW[2]) }, "more than 131072 digits"),
        (
            Odd::Tagged { tagged: Tagged::Item(Item { kind: "sword".into() }) },
            "\"kind\" is written twice",
        ),
    ] {
        let id = AggregateId::new(t.source.uuid());
        let refused = engine.execute::<Oddity>(id, event.clone()).await.expect_err(reason);
        match &refused {
            ExecuteError::Store(Error::InvalidEvent {
                reason: InvalidEvent::Json(told), ..
            }) => {
                assert!(told.to_string().contains(reason), "{told}");
            }
            other => panic!("{event:?} cannot come back: {other:?}"),
        }
        t.assert_no_trace(&StreamId::new(Oddity::TYPE, id)).await;
    }
    let id = AggregateId::new(t.source.uuid());
    engine.execute::<Oddity>(id, mixed("silver", json!(7))).await.expect("nothing meets");
    engine.execute::<Oddity>(id, Odd::Nested { none: None }).await.expect("no `Some` is lost");
    let text = RAW.map(|text| (text, Json::parse(text)));
    for (text, parsed) in text {
        assert!(parsed.is_err(), "{text} cannot be kept: {parsed:?}");
    }
    assert!(matches!(Json::parse(RAW[0]), Err(JsonError::Nul)));
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).expect("JSON")
}

/// Text that JSONB refuses or changes.
const RAW: [&str; 5] =
    [r#"{"a":"\u0000"}"#, r#"{"a":1,"a":2}"#, "1e131072", r#""\ud800""#, r#"{"a":}"#];

fn bits(pans: &[f64]) -> Vec<u64> {
    pans.iter().map(|weight| weight.to_bits()).collect()
}

/// Remembers everything that was weighed, and its sum.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Scale {
    pans: Vec<f64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
enum Weighed {
    Weighed { pans: Vec<f64> },
}

impl Aggregate for Scale {
    const TYPE: &'static str = "Scale";
    type Command = Vec<f64>;
    type Event = Weighed;
    type Error = std::convert::Infallible;

    fn decide(&self, pans: &Vec<f64>, _: &Facts) -> Result<Vec<Weighed>, Self::Error> {
        Ok(vec![Weighed::Weighed { pans: pans.clone() }])
    }

    fn apply(&mut self, event: &Weighed) {
        let Weighed::Weighed { pans } = event;
        self.pans.extend(pans);
        // a snapshot would make it 0.0: none is taken then
        if pans[0].to_bits().is_multiple_of(8) {
            self.pans.push(-0.0);
        }
    }
}

/// Stores whatever it is told.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Oddity {}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
enum Odd {
    Mixed {
        gold: u32,
        #[serde(flatten)]
        #[shape(opaque)]
        more: HashMap<String, Value>,
    },
    Nested {
        none: Option<Option<u8>>,
    },
    Wide {
        #[serde(flatten)]
        wide: BTreeMap<String, u128>,
    },
    Float {
        float: f64,
    },
    Text {
        text: String,
    },
    Raw {
        #[shape(opaque)]
        raw: Box<RawValue>,
    },
    Tagged {
        #[shape(opaque)]
        tagged: Tagged,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Item(Item),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Item {
    kind: String,
}

impl Aggregate for Oddity {
    const TYPE: &'static str = "Oddity";
    type Command = Odd;
    type Event = Odd;
    type Error = std::convert::Infallible;

    fn decide(&self, event: &Odd, _: &Facts) -> Result<Vec<Odd>, Self::Error> {
        Ok(vec![event.clone()])
    }

    fn apply(&mut self, _: &Odd) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More of them than a store is asked to keep.
    #[test]
    fn no_parcel_is_refused_by_the_encoder() {
        let source = Source::new();
        for n in 0..2000 {
            let event = ParcelEvent::Sent(Dice(&source).parcel());
            if let Err(error) = NewEvent::encode(&event, source.uuid().into(), moment(1)) {
                panic!("parcel {n}: {error}\n{event:#?}");
            }
        }
    }
}

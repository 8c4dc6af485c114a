//! What operators see: one trace from a door to a reaction, and the same figures for units as for commands.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aether_core::log::Read;
use aether_core::memory::{MemoryProcesses, MemoryStore};
use aether_core::node::ShardState;
use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{
    AggregateId, BoxError, Context, Engine, Error, EventSet, Node, ProcessManager, Recorded,
};
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Recorder, SharedString, Unit};
use serde::{Deserialize, Serialize};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Instrument as _, Subscriber};
use tracing_subscriber::layer::{Context as At, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use uuid::Uuid;

use crate::purse::{Purse, PurseCommand, PurseEvent, purse};

/// A span that was opened.
#[derive(Debug, Clone, Default)]
struct Span {
    name: &'static str,
    parent: Option<usize>,
    fields: BTreeMap<&'static str, String>,
}

impl Span {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// Keeps all spans, in the order in which they were opened.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Span>>>);

/// Where a span is among those kept.
struct Place(usize);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, at: At<'_, S>) {
        let opened = at.span(id).unwrap();
        let parent = opened.parent().map(|it| it.extensions().get::<Place>().unwrap().0);
        let mut span = Span { name: opened.name(), parent, ..Span::default() };
        attributes.record(&mut span);
        let mut spans = self.0.lock().unwrap();
        opened.extensions_mut().insert(Place(spans.len()));
        spans.push(span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, at: At<'_, S>) {
        let place = at.span(id).unwrap().extensions().get::<Place>().unwrap().0;
        values.record(&mut self.0.lock().unwrap()[place]);
    }
}

impl Spans {
    /// Until it is dropped, all spans of this thread are kept.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    fn all(&self) -> Vec<Span> {
        self.0.lock().unwrap().clone()
    }

    /// The spans around a span, from the inside.
    fn around(&self, span: &Span) -> Vec<Span> {
        let all = self.all();
        let above = |span: &Span| span.parent.map(|id| all[id].clone());
        std::iter::successors(above(span), above).collect()
    }

    fn one(&self, name: &str, is: impl Fn(&Span) -> bool) -> Span {
        let mut found: Vec<_> = self.all().into_iter().filter(|it| it.name == name).collect();
        let seen = found.clone();
        found.retain(|it| is(it));
        assert_eq!(found.len(), 1, "{name}: {found:#?} of {seen:#?}");
        found.remove(0)
    }
}

/// Puts what is earned in some purse into another one, too.
struct Mirror(AggregateId);

#[derive(Debug, Deserialize, EventSet)]
#[event(part_of = PurseEvent)]
enum Earnings {
    GoldEarned { amount: u32 },
}

#[derive(Debug, Serialize, Deserialize)]
struct Put {
    gold: u32,
}

impl ProcessManager for Mirror {
    type State = u32;
    type Command = Put;
    type Events = Earnings;

    fn name(&self) -> &'static str {
        "mirror"
    }

    fn route(&self, event: &Recorded<Earnings>) -> Route {
        match event.aggregate_id == self.0 {
            true => Route::none(),
            false => Route::to(event.aggregate_id),
        }
    }

    fn react(
        &self,
        heard: &mut u32,
        input: Input<'_, Earnings, Put>,
        then: &mut Reaction<Put>,
    ) -> Result<(), BoxError> {
        *heard += 1;
        if let Input::Event(event) = input {
            let Earnings::GoldEarned { amount } = event.event;
            then.send(Put { gold: amount });
        }
        Ok(())
    }

    async fn execute(&self, put: &Put, run: Run<'_>) -> Result<Outcome, BoxError> {
        run.command::<Purse>(self.0, PurseCommand::Earn(put.gold)).await
    }
}

#[tokio::test]
async fn one_trace_leads_from_a_door_to_the_reaction() {
    let spans = Spans::default();
    let _listening = spans.listen();
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone());
    let (here, there) = (purse(), purse());
    let node = Node::builder(&engine)
        .process_manager(MemoryProcesses::new(), Mirror(there))
        .start()
        .unwrap();
    let request = Uuid::now_v7();
    let context = Context::new().correlation_id(request);
    let door = tracing::info_span!("door", correlation_id = %request);
    let asked = async { engine.execute::<Purse>(here, PurseCommand::Earn(5)).with(&context).await };
    asked.instrument(door).await.unwrap();
    // somebody else's request
    engine.execute::<Purse>(there, PurseCommand::Earn(1)).await.unwrap();
    engine.settle().await.unwrap();
    node.stop().await.unwrap();
    let log = aether_core::backend::EventStore::read(&store, Read::all()).await.unwrap().events;
    let request = request.to_string();
    let of_it = |span: &Span| span.field("correlation_id") == Some(&request);
    let around = |span: &Span| spans.around(span).iter().map(|it| it.name).collect::<Vec<_>>();

    // door, then command
    let command = spans.one("execute", |it| of_it(it) && around(it).contains(&"door"));
    assert_eq!(command.field("aggregate_id"), Some(&*here.to_string()));
    assert_eq!(command.field("causation_id"), None);
    // command, then event: by its position
    let position = command.field("position").unwrap();
    let event = spans.one("event", |it| of_it(it) && it.field("position") == Some(position));
    let cause = event.field("event_id").unwrap();
    assert!(log.iter().any(|it| it.event_id.to_string() == cause));
    assert_eq!(around(&event), ["project"]);
    // event, then reaction: in the batch of the event, by its id
    let caused = |span: &Span| of_it(span) && span.field("causation_id") == Some(cause);
    let reaction = spans.one("react", |it| caused(it) && it.field("input") == Some("event"));
    assert_eq!(around(&reaction), ["project"]);
    assert_eq!(reaction.field("manager"), Some("mirror"));
    // reaction, then what it asks for, and what that leads to
    let task = spans.one("task", caused);
    assert_eq!(task.field("process"), reaction.field("process"));
    let second = spans.one("execute", |it| caused(it) && around(it) == ["task"]);
    assert_eq!(second.field("aggregate_id"), Some(&*there.to_string()));
    let position = second.field("position").unwrap();
    let last = spans.one("event", |it| caused(it) && it.field("position") == Some(position));
    assert_ne!(last.field("event_id"), Some(cause));
    let done = spans.one("react", |it| caused(it) && it.field("input") == Some("done"));
    assert_eq!(around(&done), ["task"]);
    // the other request is another trace
    let others = spans.all().into_iter().filter(|it| it.name == "execute" && !of_it(it));
    assert_eq!(others.count(), 1);
}

/// What is counted and timed, by name and labels.
#[derive(Clone, Default)]
struct Figures(Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>);

struct Timed(Arc<AtomicU64>);

impl HistogramFn for Timed {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Figures {
    fn cell(&self, key: &Key) -> Arc<AtomicU64> {
        let labels = key.labels().map(|it| format!(" {}={}", it.key(), it.value()));
        let name = key.name().to_owned() + &labels.collect::<String>();
        self.0.lock().unwrap().entry(name).or_default().clone()
    }

    fn of(&self, name: &str) -> u64 {
        self.0.lock().unwrap().get(name).map_or(0, |it| it.load(Ordering::Relaxed))
    }
}

impl Recorder for Figures {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &metrics::Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, _: &Key, _: &metrics::Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &metrics::Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Timed(self.cell(key))))
    }
}

#[tokio::test]
async fn a_unit_is_timed_counted_and_traced_as_a_command_is() {
    let figures = Figures::default();
    let spans = Spans::default();
    let _recording = metrics::set_default_local_recorder(&figures);
    let _listening = spans.listen();
    let store = MemoryStore::new();
    let (engine, other) = (Engine::new(store.clone()), Engine::new(store));
    let (payer, paid) = (purse(), purse());
    let pay = async |gold: u32| {
        let unit = engine.atomic(Context::new()).command::<Purse>(payer, PurseCommand::Pay(gold));
        unit.command::<Purse>(paid, PurseCommand::Earn(gold)).commit().await
    };
    engine.execute::<Purse>(payer, PurseCommand::Earn(9)).await.unwrap();
    pay(2).await.unwrap();
    // another process, so that what this one knows is old
    other.execute::<Purse>(payer, PurseCommand::Earn(1)).await.unwrap();
    let done = pay(3).await.unwrap();
    pay(100).await.unwrap_err();
    let timed = |outcome: &str| {
        figures.of(&format!("aether_command_duration_seconds aggregate=unit outcome={outcome}"))
    };
    assert_eq!((timed("executed"), timed("rejected"), timed("failed")), (2, 1, 0));
    assert_eq!(figures.of("aether_command_conflicts_total aggregate=Purse"), 1);
    let units: Vec<_> = spans.all().into_iter().filter(|it| it.name == "unit").collect();
    assert_eq!(units.len(), 3);
    assert!(units.iter().all(|it| it.field("correlation_id").is_some()));
    let position = done.position().unwrap().to_string();
    assert_eq!(units[1].field("position"), Some(&*position));
}

#[tokio::test]
async fn the_health_of_a_node_is_json() {
    let engine = Engine::new(MemoryStore::new());
    let node = Node::builder(&engine)
        .process_manager(MemoryProcesses::new(), Mirror(purse()))
        .start()
        .unwrap();
    engine.execute::<Purse>(purse(), PurseCommand::Earn(5)).await.unwrap();
    engine.settle().await.unwrap();
    let health = node.health().await.unwrap();
    let json = serde_json::to_value(&health).unwrap();
    let shard = &json["shards"][0];
    let name = serde_json::json!({ "projection": "mirror", "index": 0, "of": 1 });
    assert_eq!((&shard["shard"], &shard["state"]), (&name, &"running".into()));
    assert_eq!((&shard["position"], &shard["lagEvents"]), (&2.into(), &0.into()));
    assert!(shard["lagSeconds"].is_f64());
    let failed = ShardState::Failed(Arc::new(Error::NoRuntime));
    let failed = serde_json::to_value(failed).unwrap();
    assert_eq!(failed["failed"], Error::NoRuntime.to_string());
    node.stop().await.unwrap();
}

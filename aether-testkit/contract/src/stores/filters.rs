//! Promises about readers that want only some of the events.

use aether_core::log::Read;
use aether_core::{Error, Filter, Position, RecordedEvent};
use uuid::Uuid;

use super::Stage;
use super::source::metadata;
use super::subject::{Subject, any, end_of, positions};

/// A log of all combinations of three event types, two aggregate types with two aggregates each, and
/// three correlations (one of them none), some in several appends.
struct Mixture {
    log: Vec<RecordedEvent>,
    correlations: [Uuid; 2],
    end: Position,
}

async fn mixture(t: &Subject<'_>) -> Mixture {
    let correlations = [t.source.uuid(), t.source.uuid()];
    let streams = ["Combat", "Player", "Combat", "Player"].map(|name| t.source.stream_of(name));
    let mut end = Position::START;
    for n in 0..36 {
        let event = t.source.event_of(["Made", "Changed", "Closed"][n % 3]);
        let event = match n / 3 % 3 {
            2 => event,
            which => event.with_metadata(metadata(correlations[which])),
        };
        let stream = &streams[n / 9];
        end = end_of(&t.append(any(stream, vec![event, t.source.event_of("Other")])).await);
    }
    let log = t.log(Filter::all(), end).await;
    assert_eq!(log.len(), 72);
    Mixture { log, correlations, end }
}

/// Asserts that a filtered reader, in small pages and in one, gets exactly the events that `wanted`
/// picks, at least `at_least` of them.
async fn assert_filtered(
    t: &Subject<'_>,
    mixture: &Mixture,
    filter: Filter,
    at_least: usize,
    wanted: impl Fn(&RecordedEvent) -> bool,
) {
    let due: Vec<_> = mixture.log.iter().filter(|event| wanted(event)).cloned().collect();
    assert!(due.len() >= at_least && due.len() < mixture.log.len(), "{} events", due.len());
    let read = t.log(filter.clone(), mixture.end).await;
    assert_eq!(positions(&read), positions(&due), "{filter:?}");
    let page = t.store.read(Read::all().filter(filter)).await.expect("it can read");
    assert_eq!(positions(&page.events), positions(&due));
}

/// Only events of aggregates in the slices that were asked for: parts of the log that together are the
/// whole, with every aggregate in one of them.
pub async fn events_are_filtered_by_slice(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    let mut seen = 0;
    for slices in [0..=99, 100..=511, 512..=1022, 1023..=1023] {
        let filter = Filter::all().slices(slices.clone());
        let read = t.log(filter, m.end).await;
        let due = m.log.iter().filter(|event| slices.contains(&event.aggregate_id.slice()));
        assert_eq!(positions(&read), positions(&due.cloned().collect::<Vec<_>>()), "{slices:?}");
        seen += read.len();
    }
    assert_eq!(seen, m.log.len());
    let one = m.log[0].aggregate_id.slice();
    let filter = Filter::all().event_types(["Made"]).slices(one..=one);
    assert_filtered(&t, &m, filter, 1, |event| {
        event.event_type == "Made" && event.aggregate_id.slice() == one
    })
    .await;
}

/// Only events of the types that were asked for; of a type nobody stored, none.
pub async fn events_are_filtered_by_type(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    let filter = Filter::all().event_types(["Made"]);
    assert_filtered(&t, &m, filter, 12, |event| event.event_type == "Made").await;
    let filter = Filter::all().event_types(["Closed", "Made", "Never"]);
    let wanted = |event: &RecordedEvent| ["Made", "Closed"].contains(&event.event_type.as_str());
    assert_filtered(&t, &m, filter, 24, wanted).await;
    // a name is matched whole, and its case counts
    for none in ["Never", "made", "Mad", "Made%", "M_de"] {
        assert_filtered(&t, &m, Filter::all().event_types([none]), 0, |_| false).await;
    }
}

/// Only events of aggregates of the types that were asked for.
pub async fn events_are_filtered_by_aggregate_type(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    let filter = Filter::all().aggregate_types(["Player"]);
    assert_filtered(&t, &m, filter, 36, |event| event.aggregate_type == "Player").await;
    let filter = Filter::all().aggregate_types(["Guild", "Combat"]);
    assert_filtered(&t, &m, filter, 36, |event| event.aggregate_type == "Combat").await;
}

/// Only events of the aggregates that were asked for.
pub async fn events_are_filtered_by_aggregate(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    let (first, last) = (m.log[0].aggregate_id, m.log[71].aggregate_id);
    let filter = Filter::all().aggregates([first]);
    assert_filtered(&t, &m, filter, 18, |event| event.aggregate_id == first).await;
    let filter = Filter::all().aggregates([last, first, t.source.stream().aggregate_id]);
    let wanted = |event: &RecordedEvent| [first, last].contains(&event.aggregate_id);
    assert_filtered(&t, &m, filter, 36, wanted).await;
}

/// Only events that followed from one request.
pub async fn events_are_filtered_by_correlation(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    for id in m.correlations {
        let wanted = |event: &RecordedEvent| event.metadata().correlation_id == Some(id);
        assert_filtered(&t, &m, Filter::all().correlation(id), 12, wanted).await;
    }
    assert_filtered(&t, &m, Filter::all().correlation(t.source.uuid()), 0, |_| false).await;
}

/// Where several things are asked for, all of them must hold.
pub async fn different_filters_must_all_match(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    let (combat, id) = (m.log[0].aggregate_id, m.correlations[0]);
    let filter = Filter::all().event_types(["Made"]).aggregate_types(["Combat"]);
    let wanted =
        |event: &RecordedEvent| event.event_type == "Made" && event.aggregate_type == "Combat";
    assert_filtered(&t, &m, filter.clone(), 6, wanted).await;

    let wanted = |event: &RecordedEvent| wanted(event) && event.aggregate_id == combat;
    let filter = filter.aggregates([combat]);
    assert_filtered(&t, &m, filter.clone(), 3, wanted).await;

    let wanted =
        |event: &RecordedEvent| wanted(event) && event.metadata().correlation_id == Some(id);
    assert_filtered(&t, &m, filter.correlation(id), 1, wanted).await;

    // each part alone would match
    let filter = Filter::all().aggregate_types(["Player"]).aggregates([combat]);
    assert_filtered(&t, &m, filter, 0, |_| false).await;
}

/// A filter that asks for a name with a NUL character, which no event can have, is refused by that name.
pub async fn a_nul_in_a_filter_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let filters = [
        Filter::all().event_types(["Opened", "Ope\0ned"]),
        Filter::all().aggregate_types(["Ope\0ned"]),
    ];
    for filter in filters {
        let refused = t.store.read(Read::all().filter(filter)).await;
        match refused {
            Err(Error::InvalidFilter { name }) => assert_eq!(name, *"Ope\0ned"),
            other => panic!("no name holds NUL: {other:?}"),
        }
    }
}

/// A reader whose filter lets nothing pass still comes to the end of the log: it never reads the same
/// stretch again, and its checkpoint moves.
pub async fn a_filtered_reader_advances_past_what_it_leaves_out(stage: &Stage) {
    let t = Subject::of(stage);
    let m = mixture(&t).await;
    let never = Read::all().filter(Filter::all().event_types(["Never"])).limit(5);
    let page = t.store.read(never.clone()).await.expect("it can read");
    assert_eq!((page.events.len(), page.caught_up), (0, true));
    assert!(page.position >= m.end, "{} is not the end, {}", page.position, m.end);
    assert!(page.position < Position::END, "not beyond what can have been seen");

    // what comes now lies ahead of it
    let appended = t.append(any(&t.source.stream(), vec![t.source.event_of("Never")])).await;
    assert!(end_of(&appended) > page.position);
    let log = t.log(Filter::all().event_types(["Never"]), end_of(&appended)).await;
    assert_eq!(positions(&log), appended.writes[0].positions);

    // with a bound: not beyond it
    let middle = m.log[36].position;
    let page = t.store.read(never.until(middle)).await.expect("it can read");
    assert_eq!((page.events.len(), page.position), (0, middle));
}

//! Promises about pages of the log: limits, bounds, continuation, and the end told truly.

use aether_core::log::Read;
use aether_core::{Error, Filter, Position, RecordedEvent};
use aether_testkit::eventually;
use serde_json::json;

use super::Stage;
use super::source::{OPENED, metadata, moment};
use super::subject::{Subject, any, end_of, positions};

/// A store without events has an empty log that is read to its end.
pub async fn an_empty_log_is_read_to_its_end(stage: &Stage) {
    let t = Subject::of(stage);
    for store in t.handles().await {
        let page = store.read(Read::all()).await.expect("an empty log can be read");
        assert_eq!(page.events.len(), 0);
        assert_eq!(page.position, Position::START);
        assert!(page.caught_up);
    }
}

/// The log has the same to say of an event as its stream: every field.
pub async fn a_read_tells_the_same_as_a_load(stage: &Stage) {
    let t = Subject::of(stage);
    let streams = [t.source.stream_of("Combat"), t.source.stream_of("Player")];
    let mut loaded = Vec::new();
    for n in 0..6_u16 {
        let event = t.source.event().with_schema_version(n + 1);
        let event = event.with_metadata(metadata(t.source.uuid()));
        t.append(any(&streams[usize::from(n % 2)], vec![event])).await;
    }
    for stream in &streams {
        loaded.extend(t.events(stream).await);
    }
    loaded.sort_by_key(|event| event.position);
    let read = t.log(Filter::all(), loaded[5].position).await;
    let told = |events| serde_json::to_value(events).expect("events are JSON");
    assert_eq!(told(read), told(loaded), "the log (left) and the streams (right)");
}

/// Pages have at most as many events as asked for, and each goes on where the last one ended.
pub async fn pages_hold_to_their_limit_and_continue(stage: &Stage) {
    let t = Subject::of(stage);
    let appended = t.add(&t.source.stream(), 10).await;
    let all = &appended.writes[0].positions;
    let end = end_of(&appended);
    t.log(Filter::all(), end).await;
    for limit in [1, 3, 5, 10, 11] {
        let mut after = Position::START;
        let mut seen = Vec::new();
        let mut pages = 0;
        while seen.len() < 10 {
            let page = read(&t, Read::all().after(after).limit(limit)).await;
            let due = (10 - seen.len()).min(limit as usize);
            assert_eq!(page.events.len(), due, "page {pages} of pages with {limit}");
            seen.extend(positions(&page.events));
            assert!(page.position >= seen[seen.len() - 1]);
            after = page.position;
            pages += 1;
        }
        assert_eq!(seen, *all);
        let page = read(&t, Read::all().after(after).limit(limit)).await;
        assert_eq!(page.events.len(), 0);
    }
}

/// Whatever limit is asked for, a page has room for one event and never more than
/// [`Read::MAX_LIMIT`].
pub async fn a_page_has_at_least_one_and_at_most_ten_thousand_events(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    t.add(&stream, 6_000).await;
    let last = t.add(&stream, 6_000).await;
    let mut reached = Position::START;
    while reached < end_of(&last) {
        reached = t.store.wait(reached).await.expect("it can tell");
    }
    for (limit, due) in [(0, 1), (u32::MAX, Read::MAX_LIMIT as usize)] {
        // past the builder, which holds the limit to its range
        let page = read(&t, Read { limit, ..Read::all() }).await;
        assert_eq!(page.events.len(), due);
        assert!(!page.caught_up);
    }
}

/// A page has no more bytes of events than it may, and one event in any case; what does not go into it is in the
/// next one.
pub async fn a_page_holds_to_its_bytes(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    // sizes that change abruptly, back and forth
    let large = |n: usize| match n % 40 {
        0..20 => 0,
        _ => 2_000,
    };
    let payload = |n: usize| json!({ "text": "x".repeat(large(n)) });
    let event = |n: usize| t.source.event_with(OPENED, &payload(n), moment(n as u32));
    let appended = t.append(any(&stream, (0..100).map(event).collect())).await;
    let all = t.log(Filter::all(), end_of(&appended)).await;
    for bytes in [0, 3_000, 11_000] {
        let mut after = Position::START;
        let mut seen = Vec::new();
        loop {
            let page = read(&t, Read::all().after(after).bytes(bytes)).await;
            let size: usize = page.events.iter().map(RecordedEvent::bytes).sum();
            assert!(size <= bytes || page.events.len() == 1, "{size} bytes, not {bytes}");
            let next = all.get(seen.len() + page.events.len());
            let fits = next.is_some_and(|next| size + next.bytes() <= bytes);
            assert!(page.caught_up || !fits, "the next event goes into the page");
            after = page.position;
            seen.extend(positions(&page.events));
            if page.caught_up {
                break;
            }
        }
        assert_eq!(seen, positions(&all));
    }
}

/// With an upper bound a reader sees what is at or below it, and is told when it has come there.
pub async fn a_page_ends_at_its_upper_bound(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let appended = t.add(&stream, 9).await;
    let all = &appended.writes[0].positions;
    t.log(Filter::all(), end_of(&appended)).await;

    let page = read(&t, Read::all().until(all[5])).await;
    assert_eq!(positions(&page.events), all[..6]);
    assert_eq!(page.position, all[5], "not beyond the bound");
    assert!(page.caught_up, "there is no more up to the bound");

    let page = read(&t, Read::all().after(all[2]).until(all[5]).limit(2)).await;
    assert_eq!(positions(&page.events), all[3..5]);
    assert!(!page.caught_up, "one more is at the bound");
    let page = read(&t, Read::all().after(page.position).until(all[5]).limit(2)).await;
    assert_eq!(positions(&page.events), all[5..6]);
    assert!(page.caught_up);

    // a bound before the reader: nothing to read, and no step back
    let page = read(&t, Read::all().after(all[5]).until(all[2])).await;
    assert_eq!((page.events.len(), page.position), (0, all[5]));
}

/// `caught_up` says whether there was more to read: also when a page is exactly full, and when what
/// follows does not pass the filter.
pub async fn caught_up_is_told_truly(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let events = ["A", "A", "B", "A", "B", "B"].map(|name| t.source.event_of(name)).into();
    let appended = t.append(any(&stream, events)).await;
    t.log(Filter::all(), end_of(&appended)).await;
    for (limit, more) in [(1, true), (5, true), (6, false), (7, false)] {
        let page = read(&t, Read::all().limit(limit)).await;
        assert_eq!(page.caught_up, !more, "a page of {limit} out of 6");
    }
    let only_a = Read::all().filter(Filter::all().event_types(["A"]));
    for (limit, more) in [(2, true), (3, false), (4, false)] {
        let page = read(&t, only_a.clone().limit(limit)).await;
        assert_eq!(page.caught_up, !more, "a page of {limit} out of 3 that pass the filter");
    }
    // and after more was appended
    t.add(&stream, 1).await;
    eventually("an exactly full page is not the end any more", async || {
        (!read(&t, Read::all().limit(6)).await.caught_up).then_some(())
    })
    .await;
}

/// A reader that stands past the end of the log is told so, with both positions, instead of waiting
/// for ever.
pub async fn reading_behind_the_end_is_an_error(stage: &Stage) {
    let t = Subject::of(stage);
    let ahead = Position::new(7_000_000);
    assert_ahead(&t, ahead, Position::START).await;
    let appended = t.add(&t.source.stream(), 3).await;
    assert_ahead(&t, ahead, end_of(&appended)).await;
    // at the end is not past it
    t.log(Filter::all(), end_of(&appended)).await;
    let page = read(&t, Read::all().after(end_of(&appended))).await;
    assert_eq!((page.events.len(), page.caught_up), (0, true));
}

async fn assert_ahead(t: &Subject<'_>, asked: Position, end: Position) {
    for filter in [Filter::all(), Filter::all().event_types(["Never"])] {
        match t.store.read(Read::all().after(asked).filter(filter)).await {
            Err(Error::PositionAhead { requested, last }) => {
                assert_eq!(requested, asked);
                assert!(last >= end && last < asked, "the log ends at {end}, not {last}");
            }
            other => panic!("{asked} is past the end of the log, not {other:?}"),
        }
    }
}

async fn read(t: &Subject<'_>, read: Read) -> aether_core::log::Page {
    t.store.read(read).await.expect("a reader within the log can read")
}

/// The end is never before what was stored, and a reader gets there.
pub async fn the_end_is_where_a_reader_gets_to(stage: &Stage) {
    let t = Subject::of(stage);
    let [one, two] = t.handles().await;
    assert_eq!(one.end().await.expect("it can tell"), Position::START);
    for events in 1..4 {
        let last = end_of(&t.add(&t.source.stream(), events).await);
        for store in [&one, &two] {
            let end = store.end().await.expect("it can tell");
            assert!(end >= last, "{end} is before {last}");
            let page = store.read(Read::all()).await.expect("it can read");
            assert!(page.caught_up && page.position >= end, "{} before {end}", page.position);
        }
    }
}

/// The newest event at or below a position: of whatever type, also between events and in a log without any.
pub async fn the_newest_event_up_to_a_position_is_found(stage: &Stage) {
    let t = Subject::of(stage);
    let [one, two] = t.handles().await;
    assert_eq!(one.newest(Position::START).await.expect("it can tell"), None);
    for _ in 0..3 {
        t.add(&t.source.stream(), 2).await;
    }
    let last = end_of(&t.add(&t.source.stream(), 1).await);
    let end = t.end_behind(last).await;
    let log = t.log(Filter::all(), end).await;
    for store in [&one, &two] {
        let mut known = None;
        let mut events = log.iter().peekable();
        for position in 0..=end.get() {
            if let Some(event) = events.next_if(|event| event.position.get() == position) {
                known = Some(event.anchor());
            }
            let newest = store.newest(Position::new(position)).await.expect("it can tell");
            assert_eq!(newest, known, "up to {position}");
        }
        assert_eq!(known.map(|newest| newest.position), Some(last));
    }
}

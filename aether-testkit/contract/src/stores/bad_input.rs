//! Promises about what no store takes: refused with a type, by name, and without harm to others.

use std::fmt::Debug;

use aether_core::event::InvalidEvent;
use aether_core::log::{Append, ExpectedVersion, Limits, Name, NewEvent, StreamId};
use aether_core::{Error, Json, Result};

use super::Stage;
use super::source::OPENED;
use super::subject::{
    Subject, any, assert_conflict, assert_stored_as_sent, assert_type_mismatch, exact, no_stream,
    race_appends,
};

/// A payload over the limit is refused with its size, the limit, its stream and its event type.
pub async fn an_oversized_payload_is_refused_by_name(stage: &Stage) {
    let t = Subject::of(stage);
    let limit = stage.limits().payload_bytes;
    let stream = t.source.stream();
    let answer = t.store.append(any(&stream, vec![event_of_size(&t, limit + 1)])).await;
    match invalid_event(answer, &stream, OPENED) {
        InvalidEvent::PayloadTooLarge { bytes, limit: told } => {
            assert_eq!((bytes, told), (limit + 1, limit));
        }
        other => panic!("the payload is too large, not {other:?}"),
    }
    t.assert_no_trace(&stream).await;

    let metadata = event_of_size(&t, limit + 1).payload().clone();
    let event = t.source.event().with_metadata(metadata);
    let answer = t.store.append(any(&stream, vec![event])).await;
    let reason = invalid_event(answer, &stream, OPENED);
    assert!(matches!(reason, InvalidEvent::PayloadTooLarge { .. }), "{reason:?}");
}

/// A payload of exactly the limit is stored and comes back.
pub async fn a_payload_at_the_limit_is_stored(stage: &Stage) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let event = event_of_size(&t, stage.limits().payload_bytes);
    t.append(any(&stream, vec![event.clone()])).await;
    let stored = t.events(&stream).await;
    assert_stored_as_sent(&stored[0], &event, &stream, 1);
}

/// An event type's name may have 100 bytes (not characters) and no more.
pub async fn an_event_type_name_has_at_most_100_bytes(stage: &Stage) {
    let t = Subject::of(stage);
    for (fits, too_long) in
        [("x".repeat(100), "x".repeat(101)), ("é".repeat(50), format!("{}e", "é".repeat(50)))]
    {
        let stream = t.source.stream();
        let answer = t.store.append(any(&stream, vec![t.source.event_of(too_long.clone())])).await;
        assert_bad_name(answer, &stream, &too_long, Limits::EVENT_TYPE_BYTES);
        t.append(no_stream(&stream, vec![t.source.event_of(fits.clone())])).await;
        assert_eq!(t.events(&stream).await[0].event_type, *fits);
    }
}

/// An aggregate type's name may have 50 bytes (not characters) and no more.
pub async fn an_aggregate_type_name_has_at_most_50_bytes(stage: &Stage) {
    let t = Subject::of(stage);
    for (fits, too_long) in
        [("x".repeat(50), "x".repeat(51)), ("é".repeat(25), format!("{}e", "é".repeat(25)))]
    {
        let stream = StreamId::new(too_long, t.source.stream().aggregate_id);
        let answer = t.store.append(any(&stream, vec![t.source.event()])).await;
        assert_bad_name(answer, &stream, OPENED, Limits::AGGREGATE_TYPE_BYTES);
        let stream = StreamId::new(fits, stream.aggregate_id);
        t.append(no_stream(&stream, vec![t.source.event()])).await;
        assert_eq!(t.events(&stream).await[0].aggregate_type, stream.aggregate_type);
    }
}

/// Neither an event type nor an aggregate type may have an empty name.
pub async fn empty_names_are_refused(stage: &Stage) {
    refuses_names_like(stage, "").await;
}

/// Neither name may hold the NUL character.
pub async fn a_nul_in_a_name_is_refused(stage: &Stage) {
    refuses_names_like(stage, "Chest\0Opened").await;
}

async fn refuses_names_like(stage: &Stage, name: &'static str) {
    let t = Subject::of(stage);
    let stream = t.source.stream();
    let answer = t.store.append(any(&stream, vec![t.source.event_of(name)])).await;
    assert_bad_name(answer, &stream, name, Limits::EVENT_TYPE_BYTES);
    t.assert_no_trace(&stream).await;

    let nameless = t.source.stream_of(name);
    let answer = t.store.append(any(&nameless, vec![t.source.event()])).await;
    assert_bad_name(answer, &nameless, OPENED, Limits::AGGREGATE_TYPE_BYTES);
    // also where nothing would be written
    let stream = t.source.stream();
    let append = any(&stream, t.source.events(1)).provided(nameless, ExpectedVersion::NoStream);
    let answer = t.store.append(append).await;
    assert!(matches!(answer, Err(Error::InvalidEvent { .. })), "{answer:?}");
    t.assert_no_trace(&stream).await;
}

/// An append with more events than the limit is refused whole, one with as many is stored.
pub async fn too_many_events_in_one_append_are_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let limit = stage.limits().events_per_append;
    let stream = t.source.stream();
    // spread over two streams: what counts is the append
    let append = any(&stream, t.source.events(limit)).and(
        t.source.stream(),
        ExpectedVersion::Any,
        t.source.events(1),
    );
    let answer = t.store.append(append).await;
    assert!(matches!(answer, Err(Error::InvalidAppend { .. })), "{answer:?}");
    let appended = t.append(no_stream(&stream, t.source.events(limit))).await;
    assert_eq!(appended.writes[0].version.get() as usize, limit);
}

/// An append with more bytes than the limit is refused whole, one with as many as fit is stored.
pub async fn too_many_bytes_in_one_append_are_refused(stage: &Stage) {
    let t = Subject::of(stage);
    let limits = stage.limits();
    let stream = t.source.stream();
    let large = event_of_size(&t, limits.payload_bytes);
    let fit = (limits.append_bytes - Limits::EVENT_BYTES) / large.bytes();
    let events = |count: usize| {
        let same = large.payload();
        let ids = t.source.events(count);
        ids.iter()
            .map(|e| NewEvent::from_json(OPENED, same.clone(), e.event_id(), e.timestamp()))
            .collect::<Vec<_>>()
    };
    // spread over two streams: what counts is the append
    let append = any(&stream, events(fit)).and(t.source.stream(), ExpectedVersion::Any, events(1));
    assert!(append.bytes() > limits.append_bytes);
    let answer = t.store.append(append).await;
    assert!(matches!(answer, Err(Error::InvalidAppend { .. })), "{answer:?}");
    t.assert_no_trace(&stream).await;
    let stream = t.source.stream();
    let appended = t.append(no_stream(&stream, events(fit))).await;
    assert_eq!(appended.writes[0].version.get() as usize, fit);
}

/// One event that cannot be stored refuses all others of its append.
pub async fn one_bad_event_refuses_the_whole_append(stage: &Stage) {
    let t = Subject::of(stage);
    let (first, second) = (t.source.stream(), t.source.stream());
    let bad = "x".repeat(101);
    let events = vec![t.source.event(), t.source.event_of(bad.clone()), t.source.event()];
    let append = any(&first, t.source.events(2)).and(second.clone(), ExpectedVersion::Any, events);
    assert_bad_name(t.store.append(append).await, &second, &bad, Limits::EVENT_TYPE_BYTES);
    t.assert_no_trace(&first).await;
    t.assert_no_trace(&second).await;
}

/// Invalid and conflicting appends that are sent together with good ones do the good ones no harm.
pub async fn a_bad_request_never_fails_its_neighbours(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let limit = stage.limits().payload_bytes;
    let player = t.source.stream_of("Player");
    t.add(&player, 1).await;
    let mistaken = StreamId::new("Combat", player.aggregate_id);
    for _ in 0..4 {
        let streams = t.source.streams(32);
        let appends: Vec<_> = streams
            .iter()
            .enumerate()
            .map(|(n, stream)| {
                let append = match n % 8 {
                    1 => Append::to(stream.clone(), exact(9), t.source.events(1)),
                    3 => any(stream, vec![event_of_size(&t, limit + 1)]),
                    5 => any(stream, t.source.events(1)).and(
                        mistaken.clone(),
                        ExpectedVersion::Any,
                        t.source.events(1),
                    ),
                    7 => any(stream, vec![t.source.event_of("")]),
                    _ => no_stream(stream, t.source.events(2)),
                };
                (handles[n / 2 % 2].clone(), append)
            })
            .collect();
        let answers = race_appends(appends).await;
        for (n, (answer, stream)) in answers.into_iter().zip(&streams).enumerate() {
            match n % 8 {
                1 => assert_conflict(answer, stream, exact(9), 0),
                3 | 7 => assert!(matches!(answer, Err(Error::InvalidEvent { .. })), "{answer:?}"),
                5 => assert_type_mismatch(answer, &mistaken, "Player"),
                _ => {
                    answer.expect("a good append among bad ones");
                    t.assert_versions(stream, 2).await;
                    continue;
                }
            }
            t.assert_no_trace(stream).await;
        }
    }
}

/// An event whose payload has exactly this many bytes.
fn event_of_size(t: &Subject<'_>, bytes: usize) -> NewEvent {
    let frame = r#"{"text":""}"#.len();
    let payload = serde_json::json!({ "text": "x".repeat(bytes - frame) });
    let event = t.source.event();
    let payload = Json::encode(&payload).expect("a long text is storable");
    assert_eq!(payload.as_str().len(), bytes);
    NewEvent::from_json(Name::from(OPENED), payload, event.event_id(), event.timestamp())
}

#[track_caller]
fn assert_bad_name<T: Debug>(answer: Result<T>, stream: &StreamId, event: &str, limit: usize) {
    match invalid_event(answer, stream, event) {
        InvalidEvent::BadName { limit: told, .. } => assert_eq!(told, limit),
        other => panic!("the name is bad, not {other:?}"),
    }
}

/// Why an event was refused; which one must be told.
#[track_caller]
fn invalid_event<T: Debug>(answer: Result<T>, stream: &StreamId, event: &str) -> InvalidEvent {
    match answer {
        Err(Error::InvalidEvent { stream: told, event_type, reason }) => {
            assert_eq!((&told, event_type.as_str()), (stream, event), "what the error names");
            reason
        }
        other => panic!("{event} for {stream} cannot be stored: an error was due, not {other:?}"),
    }
}

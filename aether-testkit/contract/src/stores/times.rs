//! Promises about when things happened: whole microseconds, no leap seconds, nothing missed at the seams.

use aether_core::backend::Snapshot;
use aether_core::chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use aether_core::event::InvalidEvent;
use aether_core::log::{Limits, Load, NewEvent, StreamId, Until};
use aether_core::{Error, Version};

use super::Stage;
use super::source::OPENED;
use super::subject::{Subject, any, no_stream, versions};

/// Times that databases and calendars have trouble with.
fn odd_times() -> Vec<DateTime<Utc>> {
    let nanos = |seconds, nanos| DateTime::from_timestamp(seconds, nanos).expect("a time in range");
    let leap = |year, month, day| {
        let date = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        let time = date.and_hms_nano_opt(23, 59, 59, 1_500_000_999);
        time.expect("a leap second").and_utc()
    };
    vec![
        nanos(1_767_225_600, 123_456_789),
        nanos(1_767_225_599, 999_999_999),
        // the last nanosecond before 2000, where PostgreSQL begins to count
        nanos(946_684_799, 999_999_999),
        nanos(946_684_799, 1),
        nanos(-1, 999_999_999),
        nanos(-2_000_000_001, 987_654_321),
        leap(2016, 12, 31),
        leap(1998, 12, 31),
        leap(2026, 3, 31),
        NaiveDate::from_ymd_opt(-400, 2, 29)
            .expect("a date")
            .and_hms_opt(1, 2, 3)
            .expect("a time")
            .and_utc(),
        Limits::EARLIEST,
        Limits::EARLIEST + TimeDelta::nanoseconds(1),
        DateTime::<Utc>::MAX_UTC,
    ]
}

fn event_at(t: &Subject<'_>, time: DateTime<Utc>) -> NewEvent {
    let event = t.source.event();
    NewEvent::from_json(OPENED, event.payload().clone(), event.event_id(), time)
}

/// An event says at once when it will have happened, to the microsecond, and is loaded and read with that time.
/// So are snapshots.
pub async fn a_time_is_kept_in_whole_microseconds(stage: &Stage) {
    let t = Subject::of(stage);
    for time in odd_times() {
        let stream = t.source.stream();
        let event = event_at(&t, time);
        let kept = event.timestamp();
        assert_eq!(kept.timestamp_micros(), time.timestamp_micros(), "{time}");
        assert_eq!(kept.timestamp_subsec_nanos() % 1000, 0, "{time}");
        assert!(kept.timestamp_subsec_nanos() < 1_000_000_000, "{time} is no leap second");
        t.append(any(&stream, vec![event])).await;
        assert_eq!(t.events(&stream).await[0].timestamp, kept);
        let text = serde_json::to_string(&kept).expect("a time is JSON");
        assert_eq!(serde_json::from_str::<DateTime<Utc>>(&text).ok(), Some(kept), "{text}");

        let fingerprint = aether_core::shape::Fingerprint::new(5);
        let snapshot = Snapshot {
            stream: stream.clone(),
            version: Version::new(1),
            last_event: None,
            fingerprint,
            state: aether_core::Json::empty(),
            created_at: time,
        };
        t.store.save_snapshot(snapshot, 1).await.expect("it can be saved");
        let history = t.store.load(Load::stream(stream).with_snapshot(fingerprint)).await;
        let found = history.expect("it can load").snapshot.expect("there is one");
        assert_eq!(found.created_at, kept);
    }
}

/// The span in which a stream is looked for holds every one of its events, whatever their times.
pub async fn a_stream_is_loaded_whole_whenever_it_happened(stage: &Stage) {
    let t = Subject::of(stage);
    let times = odd_times();
    let all = t.source.stream();
    for (n, time) in (1..).zip(&times) {
        let alone = t.source.stream();
        t.append(no_stream(&alone, vec![event_at(&t, *time)])).await;
        assert_eq!(versions(&t.events(&alone).await), [1], "{time}");
        t.append(any(&all, vec![event_at(&t, *time)])).await;
        assert_eq!(t.events(&all).await.len(), n, "{time}");
    }
    let together = t.source.stream();
    t.append(any(&together, times.iter().map(|time| event_at(&t, *time)).collect())).await;
    assert_eq!(t.events(&together).await.len(), times.len());
}

/// A load until a time ends after what happened then, also if the time is finer than those that are kept, and
/// has nothing for a time before all others.
pub async fn a_load_ends_at_a_time_of_any_precision(stage: &Stage) {
    let t = Subject::of(stage);
    for time in odd_times() {
        let stream = t.source.stream();
        t.append(any(&stream, vec![event_at(&t, time)])).await;
        assert_eq!(until(&t, &stream, time).await, [1], "{time}");
        let before = Limits::microseconds(time) - TimeDelta::nanoseconds(1);
        assert!(until(&t, &stream, before).await.is_empty(), "{before}");
        assert!(until(&t, &stream, DateTime::<Utc>::MIN_UTC).await.is_empty());
        assert_eq!(until(&t, &stream, DateTime::<Utc>::MAX_UTC).await, [1], "{time}");
    }
}

async fn until(t: &Subject<'_>, stream: &StreamId, time: DateTime<Utc>) -> Vec<u32> {
    versions(&t.load(Load::stream(stream.clone()).until(Until::Time(time))).await)
}

/// An event before the calendar of the stores is refused by name, and so is a snapshot.
pub async fn a_time_that_no_store_keeps_is_refused(stage: &Stage) {
    let t = Subject::of(stage);
    for time in [DateTime::<Utc>::MIN_UTC, Limits::EARLIEST - TimeDelta::nanoseconds(1)] {
        let stream = t.source.stream();
        match t.store.append(any(&stream, vec![t.source.event(), event_at(&t, time)])).await {
            Err(Error::InvalidEvent {
                reason: InvalidEvent::TimeOutOfRange { time: told },
                ..
            }) => {
                assert_eq!(told, Limits::microseconds(time));
            }
            other => panic!("{time} is too early: {other:?}"),
        }
        t.assert_no_trace(&stream).await;
        let snapshot = Snapshot {
            stream,
            version: Version::new(1),
            last_event: None,
            fingerprint: aether_core::shape::Fingerprint::new(5),
            state: aether_core::Json::empty(),
            created_at: time,
        };
        let refused = t.store.save_snapshot(snapshot, 1).await;
        assert!(matches!(refused, Err(Error::TimeOutOfRange { .. })), "{refused:?}");
    }
}

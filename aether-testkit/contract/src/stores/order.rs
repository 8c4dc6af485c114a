//! Promises about the log: one order for all, which readers can trust while others write.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::EventStore;
use aether_core::log::{Append, Appended, ExpectedVersion, StreamId};
use aether_core::{Filter, Position, RecordedEvent};
use aether_testkit::{eventually, within_deadline};
use tokio::sync::watch;

use super::Stage;
use super::reader::Reader;
use super::subject::{Subject, any, end_of, joined, positions, race, sorted_positions};

/// Positions rise within an append, over all its streams, and from each append to the next.
pub async fn positions_rise_within_and_across_appends(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let (a, b) = (t.source.stream(), t.source.stream());
    let mut last = Position::START;
    for round in 0..12 {
        let append = any(&a, t.source.events(1 + round % 3)).and(
            b.clone(),
            ExpectedVersion::Any,
            t.source.events(2),
        );
        let appended = handles[round % 2].append(append).await.expect("it can be stored");
        for position in appended.writes.iter().flat_map(|write| &write.positions) {
            assert!(*position > last, "{position} follows {last}");
            last = *position;
        }
    }
    assert!(last < Position::END);
}

/// In the log the events of one aggregate stand in order of version, no matter who wrote them.
pub async fn the_order_of_an_aggregate_is_never_inverted(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let streams = t.source.streams(3);
    let appends: Vec<_> = (0..90)
        .map(|n| (handles[n % 2].clone(), any(&streams[n % 3], t.source.events(1 + n % 2))))
        .collect();
    let answers: Vec<Appended> = super::subject::race_appends(appends)
        .await
        .into_iter()
        .map(|answer| answer.expect("no expectation, no conflict"))
        .collect();

    let end = answers.iter().map(end_of).max().expect("there were appends");
    let log = t.log(Filter::all(), end).await;
    assert_eq!(positions(&log), sorted_positions(&answers));
    assert_in_order_of_version(&log);
    for stream in &streams {
        // the same in the stream: versions up, positions up
        assert!(positions(&t.events(stream).await).is_sorted());
    }
}

/// Readers that poll while others write from two processes, some of them slowly and some in vain, see
/// every event once and in order, and nothing appears after them.
pub async fn readers_see_every_event_once_and_in_order(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let readers = [(0, 3), (1, 50), (0, 1_000), (1, 1_000)]
        .map(|(n, limit)| Reader::new(handles[n].clone(), Filter::all(), limit));
    let (stored, seen) = write_and_read(&t, handles, readers.into()).await;
    for log in seen {
        assert_eq!(positions(&log), stored, "what was read (left) and what was stored (right)");
        assert_in_order_of_version(&log);
    }
}

/// The same for readers that want only some of the events.
pub async fn filtered_readers_miss_nothing_while_others_write(stage: &Stage) {
    let t = Subject::of(stage);
    let handles = t.handles().await;
    let filters =
        [Filter::all(), Filter::all().event_types(["B"]), Filter::all().event_types(["A", "C"])];
    let readers =
        (0..6).map(|n| Reader::new(handles[n % 2].clone(), filters[n % 3].clone(), 20)).collect();
    let (stored, seen) = write_and_read(&t, handles, readers).await;

    let everything = t.log(Filter::all(), *stored.last().expect("events")).await;
    assert_eq!(positions(&everything), stored);
    for (n, log) in seen.iter().enumerate() {
        let due: Vec<_> =
            everything.iter().filter(|event| filters[n % 3].matches(event)).cloned().collect();
        assert!(!due.is_empty(), "the filter lets something pass");
        assert_eq!(
            positions(log),
            positions(&due),
            "read (left), due (right): {:?}",
            filters[n % 3]
        );
    }
}

/// Lets eight writers and a slow one append while readers poll. The positions that were stored, in
/// order, and what each reader saw.
async fn write_and_read(
    t: &Subject<'_>,
    handles: [Arc<dyn EventStore>; 2],
    readers: Vec<Reader>,
) -> (Vec<Position>, Vec<Vec<RecordedEvent>>) {
    let (target, _) = watch::channel(None::<Position>);
    let passes = Arc::new(AtomicUsize::new(0));
    let enough = 2 * readers.len();
    let reading: Vec<_> = readers
        .into_iter()
        .map(|reader| tokio::spawn(read_until_told(reader, target.subscribe(), passes.clone())))
        .collect();

    let streams = t.source.streams(5);
    let writers = (0..8_usize).map(|writer| {
        let store = handles[writer % 2].clone();
        let appends: Vec<_> = (0..30)
            .map(|n| mixed_append(t, &streams[(writer + n) % 5], 1 + (writer + n) % 3))
            .collect();
        async move {
            let mut answers = Vec::new();
            for append in appends {
                answers.push(store.append(append).await.expect("no expectation, no conflict"));
            }
            answers
        }
    });
    let (fast, slow) = futures::join!(race(writers), write_slowly(t, &handles, &passes, enough));
    let answers: Vec<Appended> = fast.into_iter().flatten().chain(slow).collect();
    let stored = sorted_positions(&answers);
    assert!(stored.windows(2).all(|pair| pair[0] < pair[1]), "no position is given twice");

    target.send_replace(stored.last().copied());
    let mut seen = Vec::new();
    for reader in reading {
        seen.push(joined(within_deadline("a reader sees the last event", reader).await));
    }
    (stored, seen)
}

/// Transactions that stay open while others commit and readers pass by at least `enough` times; every
/// third is rolled back.
async fn write_slowly(
    t: &Subject<'_>,
    handles: &[Arc<dyn EventStore>; 2],
    passes: &AtomicUsize,
    enough: usize,
) -> Vec<Appended> {
    let mut answers = Vec::new();
    for round in 0..12 {
        let late = mixed_append(t, &t.source.stream(), 2);
        let slow = match round % 2 {
            0 => t.stage.begin_slow_append(late).await,
            _ => t.stage.draw_numbers_without_inserting(late).await,
        };
        for handle in handles {
            let quick = mixed_append(t, &t.source.stream(), 1);
            answers.push(handle.append(quick).await.expect("a slow append is in nobody's way"));
        }
        let due = passes.load(Ordering::Relaxed) + enough;
        eventually("readers pass by", async || {
            (passes.load(Ordering::Relaxed) >= due).then_some(())
        })
        .await;
        if round % 3 == 2 {
            slow.rollback().await;
        } else {
            answers.push(slow.commit().await.expect("a slow append can be committed"));
        }
    }
    answers
}

fn mixed_append(t: &Subject<'_>, stream: &StreamId, events: usize) -> Append {
    let types = ["A", "B", "C"];
    any(stream, (0..events).map(|n| t.source.event_of(types[n % 3])).collect())
}

/// Polls until it is told how far to read and has come there.
async fn read_until_told(
    mut reader: Reader,
    target: watch::Receiver<Option<Position>>,
    passes: Arc<AtomicUsize>,
) -> Vec<RecordedEvent> {
    loop {
        // looked at before reading: what was stored by then must be seen
        let target = *target.borrow();
        if let Some(target) = target {
            reader.read_up_to(target).await;
            return reader.events;
        }
        let caught_up = reader.step().await;
        passes.fetch_add(1, Ordering::Relaxed);
        if caught_up {
            tokio::task::yield_now().await;
        }
    }
}

#[track_caller]
fn assert_in_order_of_version(log: &[RecordedEvent]) {
    let mut heads = HashMap::new();
    for event in log {
        let head = heads.entry(event.aggregate_id).or_insert(0);
        *head += 1;
        assert_eq!(
            event.version.get(),
            *head,
            "version at {} of {}",
            event.position,
            event.stream()
        );
    }
}

//! Promises about writers that draw their numbers early and commit late, or never.

use aether_core::Filter;
use aether_core::log::Append;
use aether_testkit::within_deadline;

use super::reader::Reader;
use super::subject::{Subject, any, assert_stored_as_sent, end_of, positions, sorted_positions};
use super::{SlowAppend, Stage};

/// Until an append is committed, neither loads nor readers see anything of it.
pub async fn an_unfinished_append_is_not_seen(stage: &Stage) {
    let t = Subject::of(stage);
    let (late, quick) = (t.source.stream(), t.source.stream());
    let events = t.source.events(2);
    let slow = stage.begin_slow_append(any(&late, events.clone())).await;
    t.add(&quick, 1).await;
    let mut readers = readers(&t).await;
    for reader in &mut readers {
        reader.step().await;
        assert!(reader.events.iter().all(|event| event.aggregate_id == quick.aggregate_id));
    }
    t.assert_versions(&late, 0).await;

    let appended = slow.commit().await.expect("it can be committed");
    let stored = t.events(&late).await;
    assert_eq!(positions(&stored), appended.writes[0].positions);
    for (n, event) in events.iter().enumerate() {
        assert_stored_as_sent(&stored[n], event, &late, n as u32 + 1);
    }
}

/// An event whose number is lower than others that were committed before it is still read, in order.
pub async fn a_late_commit_is_never_skipped(stage: &Stage) {
    let t = Subject::of(stage);
    let slow = stage.begin_slow_append(any(&t.source.stream(), t.source.events(2))).await;
    a_late_one_is_seen(&t, slow).await;
}

/// The same when the late writer had drawn its number but inserted nothing when the reader came by.
pub async fn numbers_drawn_but_not_inserted_are_never_skipped(stage: &Stage) {
    let t = Subject::of(stage);
    let append = any(&t.source.stream(), t.source.events(2));
    let slow = stage.draw_numbers_without_inserting(append).await;
    a_late_one_is_seen(&t, slow).await;
}

/// Lets readers pass by between quick commits and a late one; they must see all of them.
async fn a_late_one_is_seen(t: &Subject<'_>, slow: Box<dyn SlowAppend>) {
    let mut readers = readers(t).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        for handle in t.handles().await {
            let append = any(&t.source.stream(), t.source.events(2));
            answers.push(handle.append(append).await.expect("a slow append is in nobody's way"));
            for reader in &mut readers {
                reader.step().await;
            }
        }
    }
    answers.push(slow.commit().await.expect("it can be committed"));
    let all = sorted_positions(&answers);
    for mut reader in readers {
        reader.read_up_to(all[all.len() - 1]).await;
        assert_eq!(positions(&reader.events), all, "read (left) and stored (right)");
    }
}

/// A number whose transaction was rolled back is a gap that holds nobody up.
pub async fn a_rolled_back_number_is_never_waited_for(stage: &Stage) {
    let t = Subject::of(stage);
    let first = t.add(&t.source.stream(), 1).await;
    let gone = [t.source.stream(), t.source.stream()];
    let inserted = stage.begin_slow_append(any(&gone[0], t.source.events(3))).await;
    let drawn = stage.draw_numbers_without_inserting(any(&gone[1], t.source.events(3))).await;
    let second = t.add(&t.source.stream(), 1).await;
    inserted.rollback().await;
    drawn.rollback().await;

    // without any further append: what is there can be read
    for mut reader in readers(&t).await {
        reader.read_up_to(end_of(&second)).await;
        assert_eq!(positions(&reader.events), sorted_positions([&first, &second]));
    }
    for stream in &gone {
        t.assert_no_trace(stream).await;
    }
}

/// A reader that leaves out what is committed quickly still sees what is committed late.
pub async fn a_filtered_reader_skips_no_late_commit(stage: &Stage) {
    let t = Subject::of(stage);
    let late = vec![t.source.event_of("Tardif"), t.source.event_of("Tardif")];
    let slow = stage.begin_slow_append(any(&t.source.stream(), late)).await;
    let filter = Filter::all().event_types(["Tardif"]);
    let mut readers = t.handles().await.map(|store| Reader::new(store, filter.clone(), 10));
    for _ in 0..3 {
        t.add(&t.source.stream(), 2).await;
        for reader in &mut readers {
            reader.step().await;
        }
    }
    let appended = slow.commit().await.expect("it can be committed");
    let after = t.add(&t.source.stream(), 1).await;
    for mut reader in readers {
        reader.read_up_to(end_of(&after)).await;
        assert_eq!(positions(&reader.events), appended.writes[0].positions);
    }
}

/// Several late appends that end in another order than they began are all seen, but those that were
/// rolled back.
pub async fn late_commits_in_any_order_are_all_seen(stage: &Stage) {
    let t = Subject::of(stage);
    let append = |_| -> Append { any(&t.source.stream(), t.source.events(2)) };
    let mut open = Vec::new();
    for n in 0..6 {
        open.push(match n % 2 {
            0 => stage.begin_slow_append(append(n)).await,
            _ => stage.draw_numbers_without_inserting(append(n)).await,
        });
    }
    let mut readers = readers(&t).await;
    let mut answers = vec![t.append(append(6)).await];
    // the newest first, one from the middle, the oldest last; two in vain
    for (index, commits) in [(5, true), (2, true), (3, false), (1, true), (1, false), (0, true)] {
        let slow = open.remove(index);
        if commits {
            answers.push(slow.commit().await.expect("it can be committed"));
        } else {
            slow.rollback().await;
        }
        for reader in &mut readers {
            reader.step().await;
        }
    }
    let all = sorted_positions(&answers);
    for mut reader in readers {
        reader.read_up_to(all[all.len() - 1]).await;
        assert_eq!(positions(&reader.events), all, "read (left) and stored (right)");
    }
}

/// A transaction that stays open in the same database but has nothing to do with the store holds no
/// reader up.
pub async fn an_unrelated_transaction_never_stalls_readers(stage: &Stage) {
    readers_pass_by_a_transaction(stage, false).await;
}

/// A transaction that stays open in another database of the same server holds no reader up.
pub async fn an_unrelated_transaction_in_another_database_never_stalls_readers(stage: &Stage) {
    readers_pass_by_a_transaction(stage, true).await;
}

async fn readers_pass_by_a_transaction(stage: &Stage, other_database: bool) {
    let t = Subject::of(stage);
    let before = t.add(&t.source.stream(), 1).await;
    let open = stage.open_unrelated_transaction(other_database).await;
    let after = t.add(&t.source.stream(), 2).await;
    let end = end_of(&after);
    for mut reader in readers(&t).await {
        reader.read_up_to(end).await;
        assert_eq!(positions(&reader.events), sorted_positions([&before, &after]));
    }
    let wait = within_deadline("a wait is not held up either", t.store.wait(end_of(&before)));
    assert!(wait.await.expect("it can wait") > end_of(&before));
    drop(open);
}

/// A reader on each handle, with pages small and large.
async fn readers(t: &Subject<'_>) -> [Reader; 2] {
    let [one, two] = t.handles().await;
    [Reader::new(one, Filter::all(), 3), Reader::new(two, Filter::all(), 1_000)]
}

//! `import`, `export` and `archive`.

use aether_testkit::eventually;
use serde_json::Value;

use crate::studio::{AUBE, BRUNE, LOG, Studio};

/// A log without what every store gives anew.
fn events(log: &str) -> Vec<Value> {
    let event = |line: &str| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event.as_object_mut().unwrap().remove("recordedAt").unwrap();
        event
    };
    log.lines().map(event).collect()
}

#[tokio::test]
async fn an_exported_log_imported_elsewhere_is_the_same_log() {
    let studio = Studio::open().await;
    // numbers that no float holds, text that has to be escaped, an older schema, no metadata
    let odd = r#"{"eventType":"PrixMisÀJour","eventId":"000000f1-0000-7000-8000-0000000000f1","timestamp":"2024-03-02T00:00:00.123456Z","aggregateId":"AUBE","aggregateType":"Player","version":5,"payload":{"n":123456789012345678901234567890.12345678901234567890,"t":"d’\"\n\u001f","e":[]},"schemaVersion":7}"#;
    studio.run_with(&["import"], &odd.replace("AUBE", AUBE)).await.succeeded();
    let exported = studio.shows(&["export"]).await;
    assert!(exported.contains("123456789012345678901234567890.12345678901234567890"), "{exported}");
    let other = Studio::empty().await;
    let imported = other.run_with(&["import", "--batch", "4"], &exported).await.succeeded();
    assert_eq!(imported, "9 events stored, 0 were there already\n");
    assert_eq!(events(&other.shows(&["export"]).await), events(&exported));
    assert_eq!(other.json(&["stream", "show", AUBE, "--json"]).await["stream"]["version"], 5);
}

#[tokio::test]
async fn an_import_that_is_repeated_stores_nothing_twice() {
    let studio = Studio::empty().await;
    let first_half: Vec<&str> = LOG.lines().take(5).collect();
    studio.run_with(&["import"], &first_half.join("\n")).await.succeeded();
    let again = studio.run_with(&["import", "--json", "--batch", "3"], LOG).await.succeeded();
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!((&again["stored"], &again["passedOver"]), (&3.into(), &5.into()));
    let again = studio.run_with(&["import"], LOG).await.succeeded();
    assert_eq!(again, "0 events stored, 8 were there already\n");
    studio.shows(&["verify"]).await;
}

#[tokio::test]
async fn half_a_line_is_named_and_whole_batches_before_it_stay() {
    let studio = Studio::empty().await;
    let half = &LOG[..LOG.len() - 40];
    let refused = studio.run_with(&["import", "--batch", "3"], half).await.failed();
    assert!(refused.starts_with("line 8 of standard input: it ends in the middle of"), "{refused}");
    assert!(refused.contains("6 events of the lines before are stored"), "{refused}");
    assert_eq!(studio.shows(&["export"]).await.lines().count(), 6);
    // put right, the same lines complete the log
    let done = studio.run_with(&["import"], LOG).await.succeeded();
    assert_eq!(done, "2 events stored, 6 were there already\n");
}

#[tokio::test]
async fn events_that_do_not_fit_behind_what_is_there_are_refused() {
    let studio = Studio::open().await;
    let line = LOG.lines().last().unwrap();
    let gap = line.replace("\"version\":4", "\"version\":6");
    let refused = studio.run_with(&["import"], &gap).await.failed();
    assert!(refused.contains("is at version 4: what lies between is missing"), "{refused}");
    let other = line.replace("000000e8", "000000ff");
    let refused = studio.run_with(&["import"], &other).await.failed();
    assert!(refused.contains("has another event there: 000000e8"), "{refused}");
    let next = line.replace("\"version\":4", "\"version\":5");
    let twice = format!("{next}\n{}", next.replace("000000e8", "000000fe"));
    let refused = studio.run_with(&["import"], &twice.replace("000000e8", "000000fd")).await;
    let refused = refused.failed();
    assert!(refused.contains("gets another event there before"), "{refused}");
    assert_eq!(studio.shows(&["export"]).await.lines().count(), 8);
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_finds_bad_lines() {
    let studio = Studio::empty().await;
    let read = studio.run_with(&["import", "--dry-run"], LOG).await.succeeded();
    assert_eq!(read, "8 events read from standard input, nothing stored\n");
    let refused = studio.run_with(&["import", "--dry-run"], "\n\n{}").await.failed();
    assert!(refused.starts_with("line 3 of standard input"), "{refused}");
    assert_eq!(studio.shows(&["export"]).await, "");
}

#[tokio::test]
async fn files_are_written_once_and_read_back() {
    let studio = Studio::open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.jsonl");
    let file = file.to_str().unwrap();
    let written = studio.shows(&["export", file]).await;
    assert_eq!(written, format!("8 events written to {file}\n"));
    let refused = studio.refuses(&["export", file]).await;
    assert!(refused.contains("could not be written"), "{refused}");
    let other = Studio::empty().await;
    other.shows(&["import", file]).await;
    let missing = other.refuses(&["import", "/nowhere/log.jsonl"]).await;
    assert!(missing.starts_with("/nowhere/log.jsonl could not be opened"), "{missing}");
}

#[tokio::test]
async fn an_archived_log_is_exported_and_imported_again_as_a_whole() {
    let studio = Studio::open().await;
    let before = studio.shows(&["export"]).await;
    let moved =
        studio.json(&["archive", "--older-than", "30d", "--batch", "3", "--yes", "--json"]).await;
    assert_eq!(moved["moved"], 8);
    assert_eq!(studio.shows(&["export"]).await, before);
    let shown = studio.shows(&["stream", "show", AUBE]).await;
    assert!(shown.contains("some in the archive"), "{shown}");
    let again = studio.run_with(&["import"], LOG).await.succeeded();
    assert_eq!(again, "0 events stored, 8 were there already\n");
}

/// A line of AUBE's stream after all of [`LOG`], under an event id.
fn next(event: &str) -> String {
    format!(
        r#"{{"eventType":"GoldWon","eventId":"{event}","timestamp":"2024-03-02T00:00:00Z","aggregateId":"{AUBE}","aggregateType":"Player","payload":{{"amount":7}}}}"#
    )
}

#[tokio::test]
async fn an_event_id_is_imported_for_one_aggregate_only() {
    let event = "000000f7-0000-7000-8000-0000000000f7";
    for batch in ["1", "1000"] {
        let studio = Studio::open().await;
        let twice = format!("{}\n{}", next(event), next(event).replace(AUBE, BRUNE));
        let refused = studio.run_with(&["import", "--batch", batch], &twice).await.failed();
        let says = format!(
            "event {event} of Player {BRUNE} is stored already, as version 5 of Player {AUBE}"
        );
        assert!(refused.contains(&says), "{refused}");
        // an event that the log has, at another place
        let stored = LOG.lines().next().unwrap().replace(AUBE, BRUNE).replace("\"version\":1,", "");
        let refused = studio.run_with(&["import"], &stored).await.failed();
        assert!(refused.contains("is stored already, as version 1 of"), "{refused}");
        let moved = LOG.lines().next().unwrap().replace("\"version\":1,", "\"version\":5,");
        let refused = studio.run_with(&["import"], &moved).await.failed();
        assert!(refused.contains("is stored already, as version 1 of"), "{refused}");
        studio.shows(&["verify"]).await;
    }
}

#[tokio::test]
async fn an_event_that_was_appended_is_not_imported_for_another_aggregate() {
    let studio = Studio::open().await;
    let appended = "SELECT aether_enter();
        INSERT INTO evenements (event_sequence, event_id, event_type, aggregate_id, aggregate_type, aggregate_version,
                                payload, timestamp)
        VALUES (nextval('aether_event_sequence'), '000000f8-0000-7000-8000-0000000000f8', 'GoldWon', 'AUBE', 'Player', 5, '{}', now());
        SELECT aether_map_months(ARRAY[currval('aether_event_sequence')], ARRAY[now()]);
        UPDATE aether_streams SET version = 5 WHERE aggregate_id = 'AUBE'";
    studio.sql(&appended.replace("AUBE", AUBE)).await;
    let line = next("000000f8-0000-7000-8000-0000000000f8");
    let refused = studio.run_with(&["import"], &line.replace(AUBE, BRUNE)).await.failed();
    assert!(refused.contains("is stored already, as version 5 of"), "{refused}");
    let same = studio.run_with(&["import"], &line).await.succeeded();
    assert_eq!(same, "0 events stored, 1 were there already\n");
}

#[tokio::test]
async fn the_same_line_twice_is_passed_over_whatever_the_batch() {
    for batch in ["1", "1000"] {
        let studio = Studio::empty().await;
        let doubled: Vec<_> = LOG.lines().flat_map(|line| [line, line]).collect();
        let args = ["import", "--batch", batch];
        let imported = studio.run_with(&args, &doubled.join("\n")).await.succeeded();
        assert_eq!(imported, "8 events stored, 8 were there already\n", "--batch {batch}");
        // also without a version
        let line = next("000000f9-0000-7000-8000-0000000000f9");
        let imported = studio.run_with(&args, &format!("{line}\n{line}")).await.succeeded();
        assert_eq!(imported, "1 event stored, 1 were there already\n", "--batch {batch}");
        let imported = studio.run_with(&args, &line).await.succeeded();
        assert_eq!(imported, "0 events stored, 1 were there already\n", "--batch {batch}");
        studio.shows(&["verify"]).await;
    }
}

#[tokio::test]
async fn what_is_not_json_lines_is_called_what_it_is() {
    let studio = Studio::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let array = format!("[{}]", LOG.trim().replace('\n', ",\n"));
    let bom = [b"\xef\xbb\xbf", LOG.as_bytes()].concat();
    for (bytes, is) in [
        (array.as_bytes(), "JSON array"),
        (&bom, "byte order mark"),
        (b"\x1f\x8b\x08\x00\x00\x00", "compressed with gzip"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let refused = studio.refuses(&["import", file.to_str().unwrap()]).await;
        assert!(refused.starts_with("line 1 of ") && refused.contains(is), "{refused}");
    }
}

#[tokio::test]
async fn an_interrupted_export_leaves_no_file_and_is_resumed() {
    use sqlx::{Connection as _, Executor as _};
    let studio = Studio::open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.jsonl");
    let part = folder.path().join("log.jsonl.part");
    let name = file.to_str().unwrap();
    // killed while it waits for the log
    let mut lock = sqlx::PgConnection::connect(studio.database.url()).await.unwrap();
    lock.execute("BEGIN; LOCK TABLE evenements IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let mut child = studio.spawn(&["export", name]);
    eventually("the export has begun", async || part.exists().then_some(())).await;
    child.kill().await.unwrap();
    lock.execute("ROLLBACK").await.unwrap();
    assert!(!file.exists(), "what is not whole has another name");
    let refused = studio.refuses(&["export", name]).await;
    assert!(refused.contains("--resume"), "{refused}");
    // as if it had come to the middle of an event
    let whole = studio.shows(&["export"]).await;
    std::fs::write(&part, &whole[..whole.len() / 2]).unwrap();
    let written = studio.shows(&["export", name, "--resume"]).await;
    assert!(written.ends_with(&format!(" written to {name}\n")), "{written}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), whole);
    assert!(!part.exists());
    // nothing to resume is no error; another log's events are
    std::fs::remove_file(&file).unwrap();
    studio.shows(&["export", name, "--resume"]).await;
    std::fs::rename(&file, &part).unwrap();
    let other = Studio::empty().await;
    other.run_with(&["import"], &LOG.replace("000000e", "000000d")).await.succeeded();
    let refused = other.refuses(&["export", name, "--resume"]).await;
    assert!(refused.contains("from another log"), "{refused}");
    assert!(!file.exists() && part.exists());
}

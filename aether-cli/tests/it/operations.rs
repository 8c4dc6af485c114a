//! `status`, `projection` and `dead-letter`, on tables as running nodes leave them.

use serde_json::Value;

use crate::studio::{AUBE, Studio};

/// Two nodes, one of them gone; a projection in two shards; one that has failed, with dead letters.
pub(crate) const NODES_AT_WORK: &str = include_str!("nodes_at_work.sql");

async fn at_work() -> Studio {
    let studio = Studio::open().await;
    studio.sql(NODES_AT_WORK).await;
    studio
}

fn shard<'a>(status: &'a Value, name: &str, shard: i64) -> &'a Value {
    let all = status.as_array().unwrap();
    let is = |it: &&Value| it["projection"] == name && it["shard"] == shard;
    all.iter().find(is).unwrap_or_else(|| panic!("{name} {shard}: {status}"))
}

#[tokio::test]
async fn status_tells_everything_to_machines() {
    let studio = at_work().await;
    let status = studio.json(&["status", "--json"]).await;
    assert_eq!((&status["store"]["horizon"], &status["store"]["last"]), (&8.into(), &8.into()));
    assert_eq!(status["store"]["unforeseenEvents"], 0);
    assert_eq!(status["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(status["nodes"][0]["expired"], false);
    assert_eq!(status["nodes"][1]["expired"], true);
    assert_eq!(status["leases"].as_array().unwrap().len(), 3);
    assert_eq!(status["jobs"][0]["failures"], 1);
    let budgets = shard(&status["projections"], "budgets", 0);
    assert_eq!(budgets["deadLetters"], 1);
    assert_eq!(budgets["waiting"], 1);
    assert_eq!(budgets["holder"], "arena-1");
}

#[tokio::test]
async fn lag_counts_the_events_of_the_shard_that_the_projection_wants() {
    let studio = at_work().await;
    let list = studio.json(&["projection", "list", "--json"]).await;
    // no checkpoint yet, all types: both shards together have the whole log
    let halves = [0, 1].map(|it| shard(&list, "players", it)["lagEvents"].as_i64().unwrap());
    assert_eq!(halves.iter().sum::<i64>(), 8, "{halves:?}");
    // at 4, and only GoldSpent: events 5 and 8
    let budgets = shard(&list, "budgets", 0);
    assert_eq!(budgets["lagEvents"], 2);
    assert!(budgets["lagSeconds"].as_f64().unwrap() > 0.0);
    // at 8: nothing is pending
    let old = shard(&list, "archived", 0);
    assert_eq!((old["lagEvents"].as_i64(), old["lagSeconds"].as_f64()), (Some(0), Some(0.0)));
    // another aggregate type
    assert_eq!(shard(&list, "combats", 0)["lagEvents"], 0);
}

#[tokio::test]
async fn a_log_that_is_far_ahead_is_measured_not_counted() {
    let studio = at_work().await;
    studio.sql("SELECT setval('aether_event_sequence', 200000)").await;
    let list = studio.json(&["projection", "list", "--json"]).await;
    assert_eq!(shard(&list, "budgets", 0)["lagEvents"], 199_996);
    assert!(shard(&list, "budgets", 0)["lagSeconds"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn an_append_that_holds_readers_back_is_named() {
    use sqlx::{Connection as _, Executor as _};
    let studio = Studio::open().await;
    let mut slow = sqlx::PgConnection::connect(studio.database.url()).await.unwrap();
    slow.execute("BEGIN; SELECT aether_enter(); SELECT nextval('aether_event_sequence')")
        .await
        .unwrap();
    let status = studio.shows(&["status"]).await;
    assert!(status.contains("horizon  8 of 9: 1 position not to be read yet"), "{status}");
    assert!(status.contains("READERS WAIT FOR"), "{status}");
    assert!(status.contains("idle in transaction"), "{status}");
    slow.execute("ROLLBACK").await.unwrap();
    let status = studio.shows(&["status"]).await;
    assert!(status.contains("horizon  9 of 9: all can be read"), "{status}");
}

#[tokio::test]
async fn a_paused_projection_says_who_obeys() {
    let studio = at_work().await;
    let paused = studio.shows(&["projection", "pause", "budgets"]).await;
    assert_eq!(paused, "budgets is paused now\narena-1 stops with the next heartbeat\n");
    let again = studio.json(&["projection", "pause", "budgets", "--json"]).await;
    assert_eq!((&again["changed"], &again["paused"]), (&false.into(), &true.into()));
    let list = studio.json(&["projection", "list", "--json"]).await;
    assert_eq!(shard(&list, "budgets", 0)["paused"], true);
    studio.shows(&["projection", "resume", "budgets"]).await;
    let list = studio.json(&["projection", "list", "--json"]).await;
    assert_eq!(shard(&list, "budgets", 0)["paused"], false);
    let idle = studio.shows(&["projection", "pause", "combats"]).await;
    assert!(idle.ends_with("nobody runs it at the moment: the next node that does obeys\n"));
    let refused = studio.refuses(&["projection", "pause", "budgtes"]).await;
    assert_eq!(
        refused,
        "projection \"budgtes\" is not there; there are: archived, budgets, combats, players"
    );
}

#[tokio::test]
async fn a_reset_fences_the_node_that_runs_the_projection() {
    let studio = at_work().await;
    let before = studio.json(&["projection", "list", "--json"]).await;
    let epoch = shard(&before, "budgets", 0)["epoch"].as_i64().unwrap();
    let reset = studio.shows(&["projection", "reset", "budgets", "--to", "2", "--yes"]).await;
    assert!(reset.starts_with("budgets is at position 2 (1 shard)\narena-1 claims"), "{reset}");
    let after = studio.json(&["projection", "list", "--json"]).await;
    let budgets = shard(&after, "budgets", 0);
    assert_eq!((&budgets["position"], &budgets["failure"]), (&2.into(), &Value::Null));
    assert!(budgets["epoch"].as_i64().unwrap() > epoch, "{budgets}");
    // events that come again are no dead letters any more; those before stay
    assert_eq!(budgets["deadLetters"], 0);
    assert_eq!(studio.json(&["dead-letter", "list", "--json"]).await[0]["position"], 1);
    // what the old owner writes under its epoch has no effect
    let fenced = "WITH moved AS (UPDATE aether_checkpoints SET position = 7
                  WHERE projection = 'budgets' AND position = 4 AND epoch = EPOCH RETURNING 1)
                  SELECT count(*)::text FROM moved";
    assert_eq!(studio.text(&fenced.replace("EPOCH", &epoch.to_string())).await, "0");
    // every shard, also those that never ran
    studio.shows(&["projection", "reset", "players", "--yes"]).await;
    assert_eq!(
        studio
            .text("SELECT count(*)::text FROM aether_checkpoints WHERE projection = 'players'")
            .await,
        "2"
    );
    let refused = studio.refuses(&["projection", "reset", "budgets", "--to", "99", "--yes"]).await;
    assert!(refused.contains("99"), "{refused}");
    let refused = studio.refuses(&["projection", "reset", "nul", "--yes"]).await;
    assert!(refused.contains("there are: archived, budgets, combats, players"), "{refused}");
}

#[tokio::test]
async fn dead_letters_are_listed_and_shown_with_their_event() {
    let studio = at_work().await;
    let all = studio.json(&["dead-letter", "list", "budgets", "--json"]).await;
    assert_eq!(all.as_array().unwrap().len(), 3, "{all}");
    let failed = studio.json(&["dead-letter", "list", "--state", "failed", "--json"]).await;
    assert_eq!(failed[0]["position"], 5);
    assert_eq!(failed.as_array().unwrap().len(), 1);
    let shown = studio.shows(&["dead-letter", "show", "budgets", "5"]).await;
    assert!(shown.contains("error      division by zero"), "{shown}");
    assert!(shown.contains(AUBE) && shown.contains("\"amount\": 20"), "{shown}");
    let refused = studio.refuses(&["dead-letter", "show", "budgets", "6"]).await;
    assert!(refused.contains("it may have been dealt with already"), "{refused}");
}

#[tokio::test]
async fn orders_about_dead_letters_are_left_for_the_node() {
    let studio = at_work().await;
    let state = "SELECT state FROM aether_dead_letters WHERE position = 5 AND NOT rebuild";
    let retry = studio.shows(&["dead-letter", "retry", "budgets", "5"]).await;
    assert_eq!(retry, "budgets: 1 event to be handled again\narena-1 carries it out\n");
    assert_eq!(studio.text(state).await, "retry");
    studio.shows(&["dead-letter", "skip", "budgets", "5", "--yes"]).await;
    assert_eq!(studio.text(state).await, "skip");
    let waits = studio.refuses(&["dead-letter", "retry", "budgets", "8"]).await;
    assert!(waits.contains("it waits behind 5; deal with that one"), "{waits}");
    let over = studio.refuses(&["dead-letter", "retry", "budgets", "1"]).await;
    assert!(over.contains("it was left out already"), "{over}");
    let none = studio.shows(&["dead-letter", "retry", "budgets", "--all"]).await;
    assert_eq!(none, "budgets: 0 events to be handled again\n");
    studio
        .sql(
            "UPDATE aether_dead_letters SET state = 'failed' WHERE position = 5 AND NOT rebuild;
                DELETE FROM aether_leases",
        )
        .await;
    let all = studio.shows(&["dead-letter", "skip", "budgets", "--all", "--yes"]).await;
    assert!(all.starts_with("budgets: 1 event to be left out\nnobody runs it"), "{all}");
    assert_eq!(studio.text(state).await, "skip");
    // a rebuild's letters are its own business
    assert_eq!(studio.text("SELECT state FROM aether_dead_letters WHERE rebuild").await, "failed");
}

#[tokio::test]
async fn a_read_model_is_rebuilt_from_the_log() {
    let studio = Studio::open().await;
    studio.shows(&["migrate"]).await;
    let refused = studio.refuses(&["projection", "rebuild", "fortunes"]).await;
    assert!(refused.contains("--yes"), "{refused}");
    let told = studio.json(&["projection", "rebuild", "fortunes", "--yes", "--json"]).await;
    let events = told["events"].as_u64().unwrap();
    assert!(events > 0 && told["lockedMilliseconds"].as_f64().unwrap() > 0.0, "{told}");
    let rows = "SELECT coalesce(sum(won), 0)::text FROM fortunes";
    let sum = studio.text(rows).await;
    assert_ne!(sum, "0");
    studio.sql("DELETE FROM fortunes").await;
    let in_place = ["projection", "rebuild", "fortunes", "--in-place", "--yes", "--json"];
    assert_eq!(studio.json(&in_place).await["events"].as_u64().unwrap(), events);
    assert_eq!(studio.text(rows).await, sum);
    let discard = ["projection", "rebuild", "fortunes", "--discard", "--yes", "--json"];
    assert_eq!(studio.json(&discard).await["discarded"].as_array().unwrap().len(), 0);
    let refused = studio.refuses(&["projection", "rebuild", "chateaux", "--yes"]).await;
    assert!(refused.contains("it has: fortunes"), "{refused}");
}

#[tokio::test]
async fn a_job_is_run_by_hand_and_listed() {
    let studio = Studio::empty().await;
    let told = studio.json(&["job", "run", "purge", "--json"]).await;
    assert_eq!(told["outcome"], "3 sessions removed");
    let jobs = studio.json(&["job", "list", "--json"]).await;
    assert_eq!((&jobs[0]["job"], &jobs[0]["runs"]), (&"purge".into(), &1.into()));
    let refused = studio.refuses(&["job", "run", "menage"]).await;
    assert!(refused.contains("it has: purge"), "{refused}");
}

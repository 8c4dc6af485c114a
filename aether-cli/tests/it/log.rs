//! `events tail`.

use aether_testkit::eventually;
use insta::assert_snapshot;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::studio::{AUBE, BRUNE, LOG, PURCHASE, Studio};

#[tokio::test]
async fn the_last_events_come_first_in_order() {
    let studio = Studio::open().await;
    assert_snapshot!(studio.shows(&["events", "tail", "-n", "3"]).await, @r#"
    6  2024-03-01 10:15:42.107Z  GoldWon             Player 000000b2-0000-7000-8000-0000000000b2 v3   {"amount": 20}
    7  2024-03-01 10:15:42.112Z  LevelAttained       Player 000000b2-0000-7000-8000-0000000000b2 v4   {"level": 2}
    8  2024-03-01 10:15:42.115Z  GoldSpent           Player 000000a1-0000-7000-8000-0000000000a1 v4   {"amount": 1}
    "#);
    let all = studio.shows(&["events", "tail"]).await;
    assert_eq!(all.lines().count(), 8);
}

#[tokio::test]
async fn every_filter_leaves_out_what_it_should() {
    let studio = Studio::open().await;
    for (filter, events) in [
        (&["--type", "GoldWon"][..], 3),
        (&["--type", "GoldWon", "--type", "PlayerBorn"], 5),
        (&["--aggregate-type", "Player"], 8),
        (&["--aggregate-type", "Combat"], 0),
        (&["--aggregate", AUBE], 4),
        (&["--aggregate", BRUNE, "--type", "LevelAttained"], 1),
        (&["--correlation", PURCHASE], 4),
        (&["--after", "6"], 2),
        (&["--after", "0", "--limit", "5"], 5),
        (&["--limit", "0"], 0),
    ] {
        let shown = studio.shows(&[&["events", "tail", "--json"], filter].concat()).await;
        assert_eq!(shown.lines().count(), events, "{filter:?}\n{shown}");
    }
}

#[tokio::test]
async fn the_last_events_that_pass_a_filter_are_found_far_back() {
    let studio = Studio::open().await;
    let line = LOG.lines().next().unwrap();
    let many: Vec<String> = (0..2500)
        .map(|n| {
            let (id, event) = (format!("{n:08}-0000-7000-9000"), format!("{n:08}-0000-7000-a000"));
            line.replace("000000a1-0000-7000-8000", &id).replace("000000e1-0000-7000-8000", &event)
        })
        .collect();
    studio.run_with(&["import"], &many.join("\n")).await.succeeded();
    let shown = studio.shows(&["events", "tail", "--type", "LevelAttained"]).await;
    assert_eq!(shown.lines().count(), 1, "{shown}");
}

#[tokio::test]
async fn following_shows_events_as_they_are_stored() {
    let studio = Studio::open().await;
    let mut child = studio.spawn(&["events", "tail", "-n", "1", "--follow"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next_line().await.unwrap().unwrap().contains("GoldSpent"));
    let next = r#"{"eventType":"GoldWon","eventId":"000000f9-0000-7000-8000-0000000000f9","timestamp":"2024-03-02T00:00:00Z","aggregateId":"AUBE","aggregateType":"Player","payload":{"amount":7}}"#;
    studio.run_with(&["import"], &next.replace("AUBE", AUBE)).await.succeeded();
    let line = eventually("the new event", async || lines.next_line().await.unwrap()).await;
    assert!(line.contains(r#"v5   {"amount": 7}"#), "{line}");
    child.kill().await.unwrap();
}

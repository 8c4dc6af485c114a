//! `stream show`, `trace` and `verify`.

use insta::assert_snapshot;

use crate::studio::{AUBE, BRUNE, PURCHASE, Studio};

#[tokio::test]
async fn a_stream_is_shown_up_to_a_version_or_a_time() {
    let studio = Studio::open().await;
    assert_snapshot!(studio.shows(&["stream", "show", AUBE]).await, @r#"
    Player 000000a1-0000-7000-8000-0000000000a1: 4 events

    VERSION  HAPPENED                  EVENT       POSITION  PAYLOAD
          1  2024-03-01 09:00:00.000Z  PlayerBorn         1  {"name": "Aube"}
          2  2024-03-01 09:00:00.004Z  GoldWon            2  {"amount": 50}
          3  2024-03-01 10:15:42.100Z  GoldSpent          5  {"amount": 20}
          4  2024-03-01 10:15:42.115Z  GoldSpent          8  {"amount": 1}
    "#);
    let two = studio.shows(&["stream", "show", AUBE, "--at-version", "2"]).await;
    assert!(two.contains("GoldWon") && !two.contains("GoldSpent"), "{two}");
    // a time is inclusive
    let at = ["stream", "show", AUBE, "--json", "--at"];
    for (time, events) in
        [("2024-03-01 10:15:42.115", 4), ("2024-03-01T10:15:42.114Z", 3), ("2024-03-01", 0)]
    {
        let shown = studio.json(&[&at[..], &[time]].concat()).await;
        assert_eq!(shown["events"].as_array().unwrap().len(), events, "{time}");
    }
    let none = studio.shows(&["stream", "show", AUBE, "--at", "2024-03-01"]).await;
    assert!(none.contains("no events up to then"), "{none}");
}

#[tokio::test]
async fn the_state_of_a_registered_aggregate_is_folded() {
    let studio = Studio::open().await;
    let shown = studio.json(&["stream", "show", BRUNE, "--state", "--json"]).await;
    assert_eq!(shown["state"]["gold"], 50);
    assert_eq!(shown["state"]["level"], 2);
    assert_eq!(shown["stream"]["version"], 4);
    assert_eq!(shown["events"][0]["eventType"], "PlayerBorn");
}

#[tokio::test]
async fn a_diff_tells_the_events_between_and_what_they_changed() {
    let studio = Studio::open().await;
    assert_snapshot!(studio.shows(&["stream", "show", BRUNE, "--diff", "2..4"]).await, @r#"
    Player 000000b2-0000-7000-8000-0000000000b2: 4 events

    VERSION  HAPPENED                  EVENT          POSITION  PAYLOAD
          3  2024-03-01 10:15:42.107Z  GoldWon               6  {"amount": 20}
          4  2024-03-01 10:15:42.112Z  LevelAttained         7  {"level": 2}

    CHANGED  BEFORE  AFTER
    /gold    30      50
    /level   0       2
    "#);
    let diff = studio.json(&["stream", "show", BRUNE, "--diff", "0..1", "--json"]).await;
    assert_eq!(diff["changes"].as_array().unwrap().len(), 1);
    assert_eq!(diff["changes"][0]["after"], "Brune");
    assert_eq!(diff["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_aggregate_the_program_does_not_know_shows_its_events_only() {
    let studio = Studio::open().await;
    let id = "000000d4-0000-7000-8000-0000000000d4";
    let line = crate::studio::LOG.lines().next().unwrap();
    let line =
        line.replace(AUBE, id).replace("Player\"", "League\"").replace("000000e1", "000000f1");
    studio.run_with(&["import"], &line).await.succeeded();
    let diff = studio.shows(&["stream", "show", id, "--diff", "0..1"]).await;
    assert!(diff.contains("the program does not know League"), "{diff}");
    let refused = studio.refuses(&["stream", "show", id, "--state"]).await;
    assert!(refused.contains("does not know the state of League"), "{refused}");
}

#[tokio::test]
async fn what_followed_from_a_request_is_drawn_as_a_tree() {
    let studio = Studio::open().await;
    assert_snapshot!(studio.shows(&["trace", PURCHASE]).await, @r#"
    000000c3-0000-7000-8000-0000000000c3: 4 events, from 2024-03-01 10:15:42.100Z
    └─ GoldSpent  Player 000000a1-0000-7000-8000-0000000000a1 v3  +0ms  @5
       ├─ GoldWon  Player 000000b2-0000-7000-8000-0000000000b2 v3  +7ms  @6
       │  └─ LevelAttained  Player 000000b2-0000-7000-8000-0000000000b2 v4  +12ms  @7
       └─ GoldSpent  Player 000000a1-0000-7000-8000-0000000000a1 v4  +15ms  @8
    "#);
    let list = studio.shows(&["trace", PURCHASE, "--json"]).await;
    let events: Vec<serde_json::Value> =
        list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<_> = events.iter().map(|event| event["eventType"].as_str().unwrap()).collect();
    assert_eq!(types, ["GoldSpent", "GoldWon", "LevelAttained", "GoldSpent"]);
    assert_eq!(events[2]["metadata"]["causationId"], events[1]["eventId"]);
    let cut = studio.shows(&["trace", PURCHASE, "--limit", "2"]).await;
    assert!(cut.contains("there are more than 2 events"), "{cut}");
}

#[tokio::test]
async fn a_sound_log_is_verified() {
    let studio = Studio::open().await;
    assert_snapshot!(studio.shows(&["verify"]).await, @r#"
    CHECK      CHECKED                PROBLEMS
    streams    8 events of 2 streams         0
    event ids  8 events                      0
    purses     2 players                     0
    "#);
}

#[tokio::test]
async fn verify_finds_gaps_wrong_heads_doubles_and_what_the_host_finds() {
    let studio = Studio::open().await;
    studio
        .sql(&format!(
            "UPDATE aether_streams SET version = 5 WHERE aggregate_id = '{AUBE}';
             BEGIN; SELECT set_config('aether.archiving', 'on', true);
             INSERT INTO evenements (event_sequence, event_id, event_type, aggregate_id, aggregate_type,
                                     aggregate_version, payload, timestamp)
             SELECT nextval('aether_event_sequence'), event_id, 'GoldSpent', aggregate_id, aggregate_type, 6,
                    '{{\"amount\": 1000}}', timestamp
             FROM evenements WHERE aggregate_id = '{BRUNE}' AND aggregate_version = 4;
             COMMIT"
        ))
        .await;
    let ended = studio.run(&["verify"]).await;
    assert_snapshot!(ended.stdout, @r#"
    CHECK      CHECKED                PROBLEMS
    streams    9 events of 2 streams         2
    event ids  9 events                      1
    purses     2 players                     1

    streams: Player 000000a1-0000-7000-8000-0000000000a1: its head says version 5, it has 4 events
    streams: Player 000000b2-0000-7000-8000-0000000000b2: its head says version 4, it has 5 events, the newest is 6

    event ids: event 000000e7-0000-7000-8000-0000000000e7 is stored 2 times

    purses: 000000b2-0000-7000-8000-0000000000b2 has -950 gold
    "#);
    assert_eq!(ended.failed(), "4 problems were found; they are listed above");
    let ended = studio.run(&["verify", "--json", "--limit", "1"]).await;
    let checks: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(checks[0]["listed"][1], "… and more: see --limit");
    assert_eq!(checks[2]["problems"], 1);
    ended.failed();
}

/// Events that each follow from the one before, as lines of an import.
fn chain(length: u32) -> String {
    let id = |number: u32| format!("{number:08x}-0000-7000-8000-0000000000ff");
    let line = |number: u32| {
        let cause = match number {
            0 => String::new(),
            number => format!(r#","causationId":"{}""#, id(number - 1)),
        };
        format!(
            r#"{{"eventType":"GoldWon","eventId":"{}","timestamp":"2024-03-01T09:00:00Z","aggregateId":"{AUBE}","aggregateType":"Player","payload":{{"amount":1}},"metadata":{{"correlationId":"{PURCHASE}"{cause}}}}}"#,
            id(number)
        )
    };
    (0..length).map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_chain_of_ten_thousand_events_is_traced_flat() {
    const LENGTH: u32 = 10_000;
    let studio = Studio::empty().await;
    studio.run_with(&["import"], &chain(LENGTH)).await.succeeded();
    let list = studio.shows(&["trace", PURCHASE, "--json"]).await;
    assert_eq!(list.lines().count(), LENGTH as usize);
    let last: serde_json::Value = serde_json::from_str(list.lines().last().unwrap()).unwrap();
    assert_eq!(last["version"], LENGTH);
    assert!(list.lines().all(|line| line.len() < 600), "each line is one event");
    let tree = studio.shows(&["trace", PURCHASE]).await;
    assert_eq!(tree.lines().count(), LENGTH as usize + 1);
    assert!(tree.lines().all(|line| line.chars().count() < 250), "its lines do not grow");
}

#[tokio::test]
async fn one_problem_is_one_problem() {
    let studio = Studio::open().await;
    studio
        .sql(&format!("UPDATE aether_streams SET version = 9 WHERE aggregate_id = '{AUBE}'"))
        .await;
    let refused = studio.run(&["verify"]).await.failed();
    assert_eq!(refused, "1 problem was found; it is listed above");
}

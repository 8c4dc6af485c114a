//! Bad input, and a world that does not play along.

use std::process::Stdio;

use crate::studio::{AUBE, Ended, LOG, Studio};

#[tokio::test]
async fn ids_that_are_not_there_are_told_with_a_way_on() {
    let studio = Studio::open().await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    let refused = studio.refuses(&["stream", "show", nobody]).await;
    assert_eq!(refused, format!("no aggregate has the id {nobody}; find ids with `events tail`"));
    let refused = studio.refuses(&["trace", nobody]).await;
    assert!(refused.contains("no event has the correlation id"), "{refused}");
    let refused = studio.refuses(&["stream", "show", AUBE, "--at-version", "9"]).await;
    assert!(refused.contains("has no version 9; it is at version 4"), "{refused}");
    let refused = studio.refuses(&["stream", "show", AUBE, "--diff", "2..9"]).await;
    assert!(refused.contains("has no version 9"), "{refused}");
    let refused = studio.refuses(&["events", "tail", "--after", "99"]).await;
    assert!(refused.contains("99"), "{refused}");
}

#[tokio::test]
async fn wrong_usage_is_explained_with_exit_code_2() {
    let studio = Studio::empty().await;
    for (args, says) in [
        (&["stream", "show", "aube"][..], "aube"),
        (&["stream", "show", AUBE, "--at", "yesterday"], "write 2026-03-01"),
        (&["stream", "show", AUBE, "--diff", "4..2"], "write the older version first"),
        (&["stream", "show", AUBE, "--diff", "4"], "write 3..7"),
        (&["stream", "show", AUBE, "--at", "2024-03-01", "--at-version", "1"], "cannot be used"),
        (&["archive", "--older-than", "long"], "write 365d"),
        (&["archive", "--batch", "0"], "0 is not in"),
        (&["dead-letter", "list", "--state", "lost"], "is no state; use failed"),
        (&["dead-letter", "list", "--limit", "0"], "0 is not in"),
        (&["trace", AUBE, "--limit", "0"], "0 is not in"),
        (&["verify", "--limit", "0"], "0 is not in"),
        (&["export", "--resume"], "FILE"),
        (&["dead-letter", "retry", "combats"], "POSITION"),
        (&["frobnicate"], "frobnicate"),
    ] {
        let ended = studio.run(args).await;
        assert_eq!(ended.code, Some(2), "{args:?} {ended:?}");
        assert!(ended.stderr.contains(says), "{args:?} {ended:?}");
    }
    // before the calendar of databases, and of programs
    for age in ["3000000d", "200000000d"] {
        let refused = studio.refuses(&["archive", "--older-than", age, "--yes"]).await;
        assert!(refused.contains("before all time"), "{refused}");
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_told_in_a_line_without_the_password() {
    let studio = Studio::empty().await;
    let url = "postgres://anna:geheim@127.0.0.1:1/jeu";
    let refused = studio.refuses(&["status", "--database-url", url]).await;
    assert!(refused.starts_with("no connection to 127.0.0.1:1/jeu within 5 s: "), "{refused}");
    assert!(!refused.contains("geheim"), "{refused}");
    let refused = studio.refuses(&["--database-url", "nonsense", "status"]).await;
    assert!(refused.starts_with("no connection to the database"), "{refused}");
    let ended = studio.command(&["status"]).env_remove("AETHER_DATABASE_URL").spawn().unwrap();
    let refused = Ended::of(ended).await.failed();
    assert!(refused.starts_with("no database: say --database-url"), "{refused}");
}

#[tokio::test]
async fn a_database_without_a_schema_is_told_to_be_migrated() {
    let postgres = aether_servers::shared_postgres().await.unwrap();
    let studio = Studio { database: postgres.database().await.unwrap(), read_models_url: None };
    for args in [
        &["status"][..],
        &["events", "tail"],
        &["stream", "show", AUBE],
        &["export"],
        &["verify"],
        &["projection", "list"],
    ] {
        let refused = studio.refuses(args).await;
        assert!(refused.contains("run `migrate` first"), "{args:?} {refused}");
    }
    let migrated = studio.shows(&["migrate"]).await;
    assert_eq!(migrated, "event store: up to date\nstudio: up to date\n");
    assert_eq!(studio.shows(&["migrate"]).await, migrated);
    studio.run_with(&["import"], LOG).await.succeeded();
    studio.shows(&["status"]).await;
}

#[tokio::test]
async fn a_reader_that_goes_away_ends_a_command_quietly() {
    let studio = Studio::open().await;
    for args in [&["export"][..], &["events", "tail"], &["status", "--json"], &["status"]] {
        let mut child = studio.command(args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = Ended::of(child).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[tokio::test]
async fn a_reader_that_goes_away_while_nothing_is_written_ends_a_command_quietly() {
    use tokio::io::AsyncReadExt as _;
    let studio = Studio::open().await;
    for args in [
        &["events", "tail", "-n", "1", "--follow"][..],
        &["events", "tail", "--after", "7", "--follow", "--json"],
    ] {
        let mut child = studio.command(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut line = [0; 16];
        output.read_exact(&mut line).await.unwrap();
        // as `head -1` does; nothing more is stored
        drop(output);
        let ended = Ended::of(child).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[tokio::test]
async fn no_name_and_no_payload_commands_the_terminal() {
    let studio = Studio::open().await;
    let hostile = LOG.lines().last().unwrap();
    let hostile = hostile.replace("\"GoldSpent\"", r#""Or\u001b[2J\nGagn\u009bé""#);
    let hostile = hostile.replace("000000e8", "000000ea").replace("\"version\":4", "\"version\":5");
    let hostile =
        hostile.replace("\"amount\":1", r#""reason":"\u001b]0;owned\u0007\u009b31m\u202e""#);
    studio.run_with(&["import"], &hostile).await.succeeded();
    let commands = |text: &str| text.chars().filter(|c| c.is_control() && *c != '\n').count();
    for args in [
        &["events", "tail"][..],
        &["events", "tail", "--full"],
        &["events", "tail", "--json"],
        &["stream", "show", AUBE, "--full"],
        &["trace", crate::studio::PURCHASE],
        &["export"],
    ] {
        let shown = studio.shows(args).await;
        assert!(shown.contains("Or\\u001b[2J"), "{args:?} {shown}");
        assert_eq!(commands(&shown), 0, "{args:?} {shown:?}");
    }
    let lines = studio.shows(&["events", "tail"]).await;
    assert_eq!(lines.lines().count(), 9, "a name makes no line of its own: {lines}");
    // also where an error tells of it
    let again = hostile.replace("000000ea", "000000eb");
    let ended = studio.run_with(&["import"], &again.replace("Player", "Jou\\u001b[2Jeur")).await;
    assert_eq!(commands(ended.stderr.trim_end()), 0, "{ended:?}");
    ended.failed();
    let other = Studio::empty().await;
    other.run_with(&["import"], &studio.shows(&["export"]).await).await.succeeded();
    let stored =
        "SELECT event_type FROM evenements WHERE event_id = '000000ea-0000-7000-8000-0000000000ea'";
    assert_eq!(other.text(stored).await, studio.text(stored).await, "escaped, and still the same");
}

#[tokio::test]
async fn no_connection_says_why() {
    let studio = Studio::empty().await;
    for (url, why) in [
        ("postgres://anna:geheim@127.0.0.1:1/jeu", "nothing listens at that port"),
        ("postgres://anna:geheim@nowhere.invalid/jeu", "lookup"),
        ("mysql://anna:geheim@127.0.0.1:1/jeu", "its scheme is mysql"),
        ("postgres://anna:geheim#rest@127.0.0.1:1/jeu", "written %23"),
        ("postgres://anna:1234#geheim@127.0.0.1:1/jeu", "written %23"),
    ] {
        let refused = studio.refuses(&["status", "--database-url", url]).await;
        assert!(refused.contains(why), "{url} {refused}");
        assert!(!refused.contains("geheim") && !refused.contains("1234"), "{refused}");
        assert!(!refused.contains("pool"), "{refused}");
    }
}

#[tokio::test]
async fn a_position_past_the_end_ends_export_and_tail_alike() {
    let studio = Studio::open().await;
    let exported = studio.refuses(&["export", "--after", "99"]).await;
    let tailed = studio.refuses(&["events", "tail", "--after", "99"]).await;
    assert_eq!(exported, tailed);
    assert!(exported.contains("position 99 is past the end of the log (8)"), "{exported}");
    assert_eq!(studio.shows(&["export", "--after", "8"]).await, "");
    assert_eq!(studio.shows(&["events", "tail", "--after", "8"]).await, "");
}

#[tokio::test]
async fn a_rebuild_that_runs_elsewhere_is_refused_with_when_and_what_else() {
    let studio = Studio::open().await;
    studio.shows(&["migrate"]).await;
    let mut running =
        "INSERT INTO aether_rebuilds (projection, schema_name, tables, epoch, alive_until)
        VALUES ('fortunes', 'elsewhere', '{fortunes}', 1, clock_timestamp() + INTERVAL '1 hour')";
    studio.sql(running).await;
    for args in [&["--yes"][..], &["--in-place", "--yes"]] {
        let args = [&["projection", "rebuild", "fortunes"], args].concat();
        let refused = studio.refuses(&args).await;
        assert!(refused.contains("resumes its work in 3") && refused.contains(" s;"), "{refused}");
        assert!(refused.contains("--discard drops what it has filled"), "{refused}");
    }
    studio.sql("DELETE FROM aether_rebuilds").await;
    running = "INSERT INTO aether_rebuilds (projection, schema_name, tables, epoch, alive_until)
        VALUES ('glories', 'elsewhere', '{fortunes}', 1, '-infinity')";
    studio.sql(running).await;
    let refused = studio.refuses(&["projection", "rebuild", "fortunes", "--yes"]).await;
    assert!(refused.contains("rebuild of glories is in the way"), "{refused}");
    assert!(refused.contains("--restart") && refused.contains("--discard"), "{refused}");
}

//! Bad input, and a world that does not play along.

use std::process::Stdio;

use aether_testkit::servers;

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
        (&["dead-letter", "retry", "combats"], "POSITION"),
        (&["frobnicate"], "frobnicate"),
    ] {
        let ended = studio.run(args).await;
        assert_eq!(ended.code, Some(2), "{args:?} {ended:?}");
        assert!(ended.stderr.contains(says), "{args:?} {ended:?}");
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
    let postgres = servers::shared_postgres().await.unwrap();
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

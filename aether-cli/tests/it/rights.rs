//! A role with the documented rights looks at everything, and changes nothing.

use aether_testkit::eventually;
use sqlx::postgres::PgConnectOptions;

use crate::operations::NODES_AT_WORK;
use crate::studio::{AUBE, Ended, LOG, PURCHASE, Studio};

/// The grants of the documentation.
fn documented(role: &str) -> String {
    let text = include_str!("../../src/docs/commands.md");
    let (_, rights) = text.split_once("\n## Rights\n").unwrap();
    let (_, block) = rights.split_once("```sql\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    block.replace("looker", role)
}

#[tokio::test]
async fn a_role_that_only_reads_looks_at_everything_and_changes_nothing() {
    let studio = Studio::open().await;
    studio.shows(&["migrate"]).await;
    studio.sql(NODES_AT_WORK).await;
    studio.shows(&["archive", "--older-than", "30d", "--batch", "3", "--yes"]).await;
    let options: PgConnectOptions = studio.database.url().parse().unwrap();
    let database = options.get_database().unwrap();
    let role = format!("looker_{database}");
    studio.sql(&format!("CREATE ROLE {role} LOGIN; {}", documented(&role))).await;
    let url = format!("postgres://{role}@{}:{}/{database}", options.get_host(), options.get_port());
    let run = async |args: &[&str]| {
        let mut command = studio.command(args);
        Ended::of(command.env("AETHER_DATABASE_URL", &url).spawn().unwrap()).await
    };
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["stream", "show", AUBE, "--state"],
        &["events", "tail"],
        &["trace", PURCHASE],
        &["projection", "list"],
        &["dead-letter", "list"],
        &["dead-letter", "show", "budgets", "5"],
        &["job", "list"],
        &["verify"],
        &["export"],
    ] {
        let ended = run(args).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(!ended.stdout.is_empty(), "{args:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    std::fs::write(&log, LOG.replace("000000a1", "000000ab").replace("000000e", "000000d"))
        .unwrap();
    for args in [
        &["import", log.to_str().unwrap()][..],
        &["projection", "pause", "budgets"],
        &["projection", "reset", "budgets", "--yes"],
        &["dead-letter", "skip", "budgets", "5", "--yes"],
        &["archive", "--older-than", "30d", "--yes"],
        &["job", "run", "purge"],
        &["migrate"],
    ] {
        let refused = run(args).await.failed();
        assert!(refused.contains("permission denied"), "{args:?} {refused}");
    }
    let gone = async || {
        let sessions =
            format!("SELECT count(*)::text FROM pg_stat_activity WHERE usename = '{role}'");
        (studio.text(&sessions).await == "0").then_some(())
    };
    eventually("the role is not connected", gone).await;
    studio.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

//! What an application role may do, and what it cannot do however it tries.

use aether_core::backend::EventStore as _;
use aether_postgres::PgStore;
use aether_servers::{Database, PG_BIN};
use chrono::{TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::{Census, number, run};
use crate::rights::{Role, as_user, do_everything};
use crate::samples::{any, assert_versions, read, stream};

/// A role that `aether_grant` has let write, or only read.
async fn granted(database: &Database, writes: bool) -> Role {
    let role = Role::create(database).await;
    run(database.url(), &format!("SELECT aether_grant('{}', {writes})", role.name)).await;
    role
}

/// Runs statements one by one; the first refusal.
async fn attempt(url: &str, statements: &[&str]) -> Option<sqlx::Error> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for statement in statements {
        if let Err(error) = connection.execute(AssertSqlSafe((*statement).to_owned())).await {
            return Some(error);
        }
    }
    None
}

#[tokio::test]
async fn an_application_role_does_everything_but_migrate() {
    let database = database().await;
    let role = granted(&database, true).await;
    do_everything(&as_user(&database, &role.name)).await;
    assert_eq!(Census::take(database.url()).await.len(), 4);
    role.drop().await;
}

#[tokio::test]
async fn an_application_role_cannot_change_or_remove_an_event_however_it_tries() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    store.append(any(&stream, 6)).await.unwrap();
    assert_eq!(store.archive(Utc::now() + TimeDelta::days(1), 3).await.unwrap(), 3);
    let role = granted(&database, true).await;
    let url = as_user(&database, &role.name);
    let month = format!("evenements_{}", Utc::now().format("%Y_%m"));
    let lift = "SET aether.archiving = 'on'";
    let mut attacks: Vec<Vec<String>> = Vec::new();
    for table in ["evenements", &month, "evenements_default", "evenements_archive"] {
        for statement in [
            format!("UPDATE {table} SET payload = '{{}}'"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
            format!("DROP TABLE {table}"),
            format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
            format!("CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING"),
        ] {
            attacks.push(vec![lift.to_owned(), statement]);
        }
        // the first two only warn
        let grant = format!("GRANT ALL ON {table} TO CURRENT_USER");
        attacks.push(vec![lift.to_owned(), grant, format!("DELETE FROM {table}")]);
    }
    for statements in [
        &["INSERT INTO evenements_archive SELECT * FROM evenements"] as &[&str],
        &["DROP TRIGGER append_only ON evenements"],
        &["ALTER TABLE evenements DETACH PARTITION evenements_default"],
        &["SET session_replication_role = replica", "DELETE FROM evenements"],
        &["SELECT setval('aether_event_sequence', 1)"],
        &["ALTER SEQUENCE aether_event_sequence CACHE 100"],
        &[
            "CREATE OR REPLACE FUNCTION aether_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        ],
        &["CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1'"],
        &["INSERT INTO aether_grants VALUES (current_user, TRUE)"],
        &["SELECT aether_grant(current_user)", "DELETE FROM evenements"],
        &["DELETE FROM aether_migrations"],
    ] {
        attacks.push(statements.iter().map(|it| (*it).to_owned()).collect());
    }
    for attack in &attacks {
        let statements: Vec<&str> = attack.iter().map(String::as_str).collect();
        let refused =
            attempt(&url, &statements).await.unwrap_or_else(|| panic!("{attack:?} works"));
        let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{attack:?}: {refused}");
    }
    assert_eq!(Census::take(database.url()).await.len(), 6);
    assert_versions(&store, &stream, 6).await;
    store.close().await;
    role.drop().await;
}

#[tokio::test]
async fn what_runs_as_the_owner_is_not_led_astray_by_a_path_or_a_temporary_table() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    store.append(any(&stream, 4)).await.unwrap();
    let role = granted(&database, true).await;
    let url = as_user(&database, &role.name);
    let astray = [
        "CREATE TEMP TABLE evenements (LIKE public.evenements)",
        "CREATE TEMP TABLE evenements_archive (LIKE public.evenements_archive)",
        "CREATE TEMP TABLE aether_streams (LIKE public.aether_streams)",
        "CREATE TEMP TABLE pg_inherits (inhrelid OID, inhparent OID)",
        "GRANT ALL ON evenements_archive TO PUBLIC",
        "SET search_path = pg_temp, public",
        "SELECT public.aether_archive('infinity', 2)",
        "SELECT public.aether_ensure_partition('2077-05-01')",
    ];
    assert!(attempt(&url, &astray).await.is_none());
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements_archive").await, 2);
    let made = "SELECT count(*) FROM pg_inherits WHERE inhrelid = 'evenements_2077_05'::regclass";
    assert_eq!(number(database.url(), made).await, 1);
    assert_eq!(Census::take(database.url()).await.len(), 4);
    assert_versions(&store, &stream, 4).await;
    store.close().await;
    role.drop().await;
}

#[tokio::test]
async fn the_guard_is_lifted_by_the_owner_and_not_by_a_setting() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    store.append(any(&stream, 3)).await.unwrap();
    store.archive(Utc::now() + TimeDelta::days(1), 1).await.unwrap();
    let role = granted(&database, true).await;
    // a grant by mistake
    let mistake = format!(
        "GRANT UPDATE, DELETE, TRUNCATE ON evenements, evenements_archive, evenements_default TO {}",
        role.name
    );
    run(database.url(), &mistake).await;
    let url = as_user(&database, &role.name);
    for statement in [
        "DELETE FROM evenements",
        "UPDATE evenements SET payload = '{}'",
        "TRUNCATE evenements",
        "DELETE FROM evenements_archive",
        "TRUNCATE evenements_archive",
        "TRUNCATE evenements_default",
    ] {
        let refused = attempt(&url, &["SET aether.archiving = 'on'", statement]).await;
        let refused = refused.unwrap_or_else(|| panic!("{statement} works"));
        assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
    }
    assert_eq!(Census::take(database.url()).await.len(), 3);
    assert_versions(&store, &stream, 3).await;
    store.close().await;
    role.drop().await;
}

#[tokio::test]
async fn a_granted_reader_reads_the_log_and_writes_nothing() {
    let database = database().await;
    let writer = connect(&database).await;
    let stream = stream();
    writer.append(any(&stream, 3)).await.unwrap();
    let role = granted(&database, false).await;
    let url = as_user(&database, &role.name);
    // a month that is made later is read as well
    writer.ensure_partition(crate::samples::at("2088-01-01T00:00:00Z")).await.unwrap();
    assert!(attempt(&url, &["SELECT count(*) FROM evenements_2088_01"]).await.is_none());
    let reader = PgStore::connect(&url).await.unwrap();
    assert_versions(&reader, &stream, 3).await;
    assert_eq!(read(&reader, aether_core::Filter::all()).await.len(), 3);
    reader.append(any(&stream, 1)).await.unwrap_err();
    reader.archive(Utc::now(), 1).await.unwrap_err();
    reader.close().await;
    reader.pool().close().await;
    writer.close().await;
    role.drop().await;
}

#[tokio::test]
async fn a_grant_takes_away_what_was_given_before() {
    let database = database().await;
    let role = Role::create(&database).await;
    let name = &role.name;
    // by mistake, or by an older script
    let before = format!(
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}; GRANT CREATE ON SCHEMA public TO {name};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}"
    );
    let has = async |right: &str| {
        let asked = format!(
            "SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
             AND c.relkind IN ('r', 'p') AND c.relname LIKE 'evenements%'
             AND has_table_privilege('{name}', c.oid, '{right}')"
        );
        number(database.url(), &asked).await
    };
    let creates = format!("SELECT has_schema_privilege('{name}', 'public', 'CREATE')::int::bigint");
    for writes in [true, false] {
        run(database.url(), &before).await;
        assert!(has("DELETE").await > 3 && has("INSERT").await > 3);
        run(database.url(), &format!("SELECT aether_grant('{name}', {writes})")).await;
        for right in ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"] {
            assert_eq!(has(right).await, 0, "{right}");
        }
        // through the log itself, and no partition
        assert_eq!(has("INSERT").await, i64::from(writes));
        assert!(has("SELECT").await > 3);
        assert_eq!(number(database.url(), &creates).await, 0);
    }
    // one that was a writer is a reader now, and nothing else
    let url = as_user(&database, name);
    for statement in [
        "INSERT INTO evenements SELECT * FROM evenements",
        "UPDATE aether_streams SET version = 9",
        "DELETE FROM aether_streams",
        "DELETE FROM aether_commands",
        "DELETE FROM snapshots",
        "UPDATE aether_checkpoints SET position = 0",
        "SELECT nextval('aether_event_sequence')",
        "SELECT aether_archive(now(), 1)",
        "SELECT aether_prune_fences('', 1, '1 day')",
    ] {
        let refused = attempt(&url, &[statement]).await;
        let refused = refused.unwrap_or_else(|| panic!("{statement} works"));
        assert!(refused.to_string().contains("permission denied"), "{statement}: {refused}");
    }
    role.drop().await;
}

#[tokio::test]
async fn roles_that_no_grant_can_limit_are_refused_in_words() {
    let database = database().await;
    let role = Role::create(&database).await;
    let name = &role.name;
    let owner = "SELECT current_user::text";
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let owner: String = sqlx::query_scalar(owner).fetch_one(&mut connection).await.unwrap();
    let grant = format!("SELECT aether_grant('{name}')");
    let refused = attempt(database.url(), &[&format!("SELECT aether_grant('{owner}')")]).await;
    assert!(refused.unwrap().to_string().contains("owns the store"));
    run(database.url(), "GRANT CREATE ON SCHEMA public TO PUBLIC").await;
    let refused = attempt(database.url(), &[&grant]).await.unwrap();
    assert!(refused.to_string().contains("may create functions in schema public"), "{refused}");
    run(database.url(), "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    assert!(attempt(database.url(), &[&grant]).await.is_none());
    role.drop().await;
}

#[tokio::test]
async fn a_migration_gives_granted_roles_what_is_new() {
    let database = database().await;
    let writer = granted(&database, true).await;
    // as if the tables had come with a later release
    let name = &writer.name;
    let new = format!(
        "REVOKE ALL ON aether_commands, aether_fences FROM {name};
         DELETE FROM aether_functions WHERE name = 'aether_fence'"
    );
    run(database.url(), &new).await;
    connect(&database).await.migrate().await.unwrap();
    do_everything(&as_user(&database, name)).await;
    writer.drop().await;
}

#[tokio::test]
async fn every_function_looks_names_up_in_its_own_schema() {
    let database = database().await;
    let first = connect(&database).await;
    let ours = stream();
    first.append(any(&ours, 2)).await.unwrap();
    run(database.url(), "CREATE SCHEMA \"Second One\"").await;
    let elsewhere = format!("{}?options=-csearch_path%3D%22Second%5C%20One%22", database.url());
    let second = PgStore::connect(&elsewhere).await.unwrap();
    second.migrate().await.unwrap();
    let theirs = stream();
    second.append(any(&theirs, 5)).await.unwrap();
    // called along another path, each answers about its own
    let last = "SELECT last FROM \"Second One\".aether_horizon()";
    assert_eq!(number(database.url(), last).await, 5);
    assert_eq!(number(database.url(), "SELECT last FROM aether_horizon()").await, 2);
    let moved = "SELECT \"Second One\".aether_archive('infinity', 3)";
    assert_eq!(number(database.url(), moved).await, 3);
    assert_eq!(number(database.url(), "SELECT count(*) FROM evenements_archive").await, 0);
    assert_versions(&first, &ours, 2).await;
    assert_versions(&second, &theirs, 5).await;
    let unbound = "SELECT count(*) FROM pg_proc AS p WHERE starts_with(p.proname, 'aether_')
        AND NOT starts_with(p.proname, 'aether_shadow_')
        AND p.proname <> ALL ('{aether_projection_lease,aether_rebuild_move}')
        -- these name it
        AND p.proname <> ALL ('{aether_append,aether_append_one,aether_lock_space,aether_month,aether_month_key}')
        AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%, pg_temp')";
    assert_eq!(number(database.url(), unbound).await, 0);
    let open = "SELECT count(*) FROM pg_proc AS p WHERE p.prosecdef AND starts_with(p.proname, 'aether_')
        -- gives this life of the log its name, and does nothing else
        AND p.proname <> 'aether_begin_incarnation'
        AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) AS a WHERE a.grantee = 0))";
    assert_eq!(number(database.url(), open).await, 0, "anybody may run them as the owner");
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn a_store_that_is_dumped_and_restored_is_whole_and_as_safe() {
    let database = database().await;
    let store = connect(&database).await;
    let stream = stream();
    store.append(any(&stream, 4)).await.unwrap();
    store.archive(Utc::now() + TimeDelta::days(1), 2).await.unwrap();
    let role = granted(&database, true).await;
    store.close().await;
    store.pool().close().await;
    let other = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    let bin = std::env::var(PG_BIN).unwrap_or_else(|_| "/usr/lib/postgresql/15/bin".to_owned());
    let dump =
        std::process::Command::new(format!("{bin}/pg_dump")).arg(database.url()).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let file = std::env::temp_dir().join(format!("{}.sql", database.name()));
    std::fs::write(&file, dump.stdout).unwrap();
    let restored = std::process::Command::new(format!("{bin}/psql"))
        .args(["-v", "ON_ERROR_STOP=1", "-q", "-f"])
        .arg(&file)
        .arg(other.url())
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let store = connect(&other).await;
    store.migrate().await.unwrap();
    assert_versions(&store, &stream, 4).await;
    store.append(any(&stream, 1)).await.unwrap();
    store.archive(Utc::now() + TimeDelta::days(1), 1).await.unwrap();
    assert_eq!(Census::take(other.url()).await.len(), 5);
    let url = as_user(&other, &role.name);
    assert!(attempt(&url, &["SELECT count(*) FROM evenements"]).await.is_none());
    assert!(
        attempt(&url, &["SET aether.archiving = 'on'", "DELETE FROM evenements"]).await.is_some()
    );
    store.close().await;
    store.pool().close().await;
    run(other.url(), &format!("DROP OWNED BY {}", role.name)).await;
    role.drop().await;
}

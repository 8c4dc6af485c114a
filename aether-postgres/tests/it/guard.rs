//! The log is append-only, and the database itself says so.

use aether_core::backend::EventStore as _;
use chrono::{TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::backend::{connect, database};
use crate::census::Census;
use crate::samples::{any, assert_versions, stream};

#[tokio::test]
async fn nobody_changes_or_removes_what_was_stored() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    store.append(any(&stream, 4)).await.unwrap();
    // half of it in the archive
    assert_eq!(store.archive(Utc::now() + TimeDelta::days(1), 2).await.unwrap(), 2);
    let partition = store.diagnostics().await.unwrap().partitions;
    let month = format!("evenements_{}", Utc::now().format("%Y_%m"));
    assert!(partition.iter().any(|partition| partition.name == month));

    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    for table in ["evenements", &month, "evenements_archive"] {
        for (verb, statement) in [
            ("UPDATE", format!("UPDATE {table} SET payload = '{{}}'")),
            ("DELETE", format!("DELETE FROM {table}")),
            ("TRUNCATE", format!("TRUNCATE {table}")),
        ] {
            let refused = sqlx::query(AssertSqlSafe(statement.clone()))
                .execute(&mut connection)
                .await
                .unwrap_err();
            let refused = refused.as_database_error().unwrap();
            assert_eq!(refused.code().as_deref(), Some("23001"), "{statement}");
            let said = refused.message();
            assert!(said.contains("is append-only"), "{statement}: {said}");
            assert!(said.contains(&format!("{verb} refused")), "{statement}: {said}");
        }
    }
    assert_eq!(Census::take(database.url()).await.len(), 4);
    assert_versions(&store, &stream, 4).await;
    store.close().await;
}

#[tokio::test]
async fn the_default_partition_is_guarded_too() {
    let database = database().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let refused = sqlx::query("TRUNCATE evenements_default").execute(&mut connection).await;
    assert!(refused.unwrap_err().to_string().contains("append-only"));
}

#[tokio::test]
async fn the_archiver_lifts_the_guard_for_its_own_statement_only() {
    let database = database().await;
    let (store, stream) = (connect(&database).await, stream());
    store.append(any(&stream, 3)).await.unwrap();
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    let moved: i64 = sqlx::query_scalar("SELECT aether_archive('infinity', 2)")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(moved, 2);
    let refused = sqlx::query("DELETE FROM evenements").execute(&mut *transaction).await;
    assert!(refused.unwrap_err().to_string().contains("append-only"));
    drop(transaction);
    assert_versions(&store, &stream, 3).await;
    store.close().await;
}

//! Fresh databases and templates.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_servers::{Database, Postgres, ServersError, shared_postgres};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// A template name that no other test, and no earlier run on the same server, has used.
fn name() -> String {
    format!("template {}", Uuid::new_v4())
}

async fn with_table(url: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(&url).await?;
    sqlx::raw_sql("create table item (id int8); insert into item values (1)")
        .execute(&mut connection)
        .await
        .map(drop)
    // The connection is left open for the server to notice: copying must not depend on manners.
}

async fn items(database: &Database) -> i64 {
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let count = sqlx::query_scalar("select count(*) from item");
    count.fetch_one(&mut connection).await.unwrap()
}

async fn exists(pg: &Postgres, name: &str) -> bool {
    let mut connection = PgConnection::connect(pg.url()).await.unwrap();
    let sql = "select exists (select from pg_database where datname = $1)";
    sqlx::query_scalar(sql).bind(name.to_owned()).fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn every_database_is_empty_and_its_own() {
    let pg = shared_postgres().await.unwrap();
    let (one, two) = (pg.database().await.unwrap(), pg.database().await.unwrap());
    assert_ne!(one.name(), two.name());
    with_table(one.url().to_owned()).await.unwrap();
    with_table(two.url().to_owned()).await.unwrap();
}

#[tokio::test]
async fn a_template_is_prepared_once_and_copies_do_not_see_each_other() {
    let pg = shared_postgres().await.unwrap();
    let (name, prepared) = (name(), AtomicUsize::new(0));
    let copy = || {
        pg.database_from(&name, |url| {
            prepared.fetch_add(1, Ordering::SeqCst);
            with_table(url)
        })
    };
    let copies = futures::future::join_all((0..8).map(|_| copy())).await;
    let copies: Vec<Database> = copies.into_iter().map(Result::unwrap).collect();
    assert_eq!(prepared.load(Ordering::SeqCst), 1);
    let mut connection = PgConnection::connect(copies[0].url()).await.unwrap();
    sqlx::query("insert into item values (2)").execute(&mut connection).await.unwrap();
    assert_eq!(items(&copies[0]).await, 2);
    assert_eq!(items(&copies[7]).await, 1);
}

#[tokio::test]
async fn a_template_that_failed_is_prepared_again() {
    let pg = shared_postgres().await.unwrap();
    let name = name();
    let failing = pg.database_from(&name, async |_| Err::<(), _>("no luck"));
    let error = failing.await.unwrap_err();
    assert!(matches!(&error, ServersError::Prepare { .. }), "{error}");
    assert!(error.to_string().contains(&name));
    let copy = pg.database_from(&name, with_table).await.unwrap();
    assert_eq!(items(&copy).await, 1);
}

#[tokio::test]
async fn a_database_is_gone_when_it_is_dropped_even_with_open_connections() {
    let pg = shared_postgres().await.unwrap();
    let (first, second) = (pg.database().await.unwrap(), pg.database().await.unwrap());
    let names = [first.name().to_owned(), second.name().to_owned()];
    let _open = PgConnection::connect(first.url()).await.unwrap();
    let _also_open = PgConnection::connect(second.url()).await.unwrap();
    first.drop().await.unwrap();
    assert!(!exists(pg, &names[0]).await);
    drop(second);
    assert!(!exists(pg, &names[1]).await);
}

#[tokio::test]
async fn a_future_of_the_kit_can_move_between_threads() {
    let pg = shared_postgres().await.unwrap();
    let made = tokio::spawn(pg.database_from("empty", async |_| Ok::<(), Infallible>(())));
    made.await.unwrap().unwrap();
}

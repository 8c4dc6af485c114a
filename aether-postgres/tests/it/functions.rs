//! Functions are replaced by their own and newer releases only.

use crate::backend::{connect, database};
use crate::census::{number, run};

/// Puts something else in the place of a function.
const ANOTHER: &str = "CREATE OR REPLACE FUNCTION aether_lock_space() RETURNS INTEGER
    LANGUAGE sql STABLE AS 'SELECT 7'; ";
const ASKED: &str = "SELECT aether_lock_space()::bigint";

#[tokio::test]
async fn an_older_release_that_starts_later_does_not_put_its_functions_back() {
    let database = database().await;
    let newer = "UPDATE aether_functions SET release = '{999}', digest = 1";
    run(database.url(), &format!("{ANOTHER}{newer}")).await;
    connect(&database).await.migrate().await.unwrap();
    assert_eq!(number(database.url(), ASKED).await, 7);
}

#[tokio::test]
async fn functions_of_an_older_release_are_replaced() {
    let database = database().await;
    let before = number(database.url(), ASKED).await;
    let older = "UPDATE aether_functions SET release = '{0,0}', digest = 1";
    run(database.url(), &format!("{ANOTHER}{older}")).await;
    connect(&database).await.migrate().await.unwrap();
    assert_eq!(number(database.url(), ASKED).await, before);
}

#[tokio::test]
async fn a_text_that_changed_within_a_release_is_replaced() {
    let database = database().await;
    let before = number(database.url(), ASKED).await;
    let changed = "UPDATE aether_functions SET digest = 1 WHERE name = 'aether_lock_space'";
    run(database.url(), &format!("{ANOTHER}{changed}")).await;
    connect(&database).await.migrate().await.unwrap();
    assert_eq!(number(database.url(), ASKED).await, before);
}

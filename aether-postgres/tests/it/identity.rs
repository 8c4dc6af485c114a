//! What a store is called: the same for all who open it, and for nobody else.

use aether_core::backend::{EventStore as _, LogIdentity as _};
use aether_postgres::PgStore;

use crate::backend::{connect, database};
use crate::census::run;

#[tokio::test]
async fn stores_in_one_database_are_told_apart() {
    let database = database().await;
    let store = connect(&database).await;
    let again = connect(&database).await;
    run(database.url(), "CREATE SCHEMA other").await;
    let mark = if database.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{mark}options[search_path]=other", database.url());
    let other = PgStore::connect(&url).await.unwrap();
    other.migrate().await.unwrap();
    let identity = store.identity().await.unwrap();
    assert!(identity.is_some());
    assert_eq!(again.identity().await.unwrap(), identity);
    assert_ne!(other.identity().await.unwrap(), identity);
    assert_eq!(other.database().await.unwrap(), store.database().await.unwrap());
    for store in [store, again, other] {
        store.close().await;
        store.pool().close().await;
    }
}

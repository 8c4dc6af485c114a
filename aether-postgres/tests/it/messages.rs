//! What errors say, on real failures: each thing once, and nothing of the server's source.

use std::error::Error as StdError;
use std::time::Duration;

use aether_core::backend::{EventStore as _, ReadModels as _};
use aether_core::{AnyEvent, BoxError, Projection, Recorded};
use aether_postgres::{ImportEvent, PgStore, PgTx, run_migrations};
use sqlx::postgres::PgConnectOptions;

use crate::backend::{connect, database};
use crate::census::run;
use crate::samples::{any, event, stream};

/// An error as a printer of chains tells it.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn says_once(error: &(dyn StdError + 'static), what: &str) {
    for told in [error.to_string(), chain(error)] {
        assert_eq!(told.matches(what).count(), 1, "{told}");
        assert!(!told.contains("at line") && !told.contains("error returned"), "{told}");
    }
}

#[tokio::test]
async fn a_failure_is_told_once_and_without_the_servers_source() {
    let database = database().await;
    let store = connect(&database).await;
    let refusing = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'the chest is locked'; END $$;
                    CREATE TRIGGER refuse BEFORE INSERT ON aether_streams
                    FOR EACH ROW EXECUTE FUNCTION refuse()";
    run(database.url(), refusing).await;
    let refused = store.append(any(&stream(), 1)).await.unwrap_err();
    says_once(&refused, "the chest is locked");
    assert_eq!(refused.to_string(), "the store failed: the chest is locked");
    let item = ImportEvent::new(stream(), event());
    let refused = store.import(futures::stream::iter([item]), 10).await.unwrap_err();
    says_once(&refused, "the chest is locked");
    let mut transaction = store.pool().begin().await.unwrap();
    let refused = store.append_in(&mut transaction, any(&stream(), 1)).await.unwrap_err();
    says_once(&refused, "the chest is locked");
    drop(transaction);

    let broken = &[(1, "broken", "SELECT 1 / 0")];
    let refused = run_migrations(store.pool(), "broken_migrations", broken).await.unwrap_err();
    says_once(&refused, "division by zero");
    run(database.url(), "ALTER TABLE aether_streams RENAME TO heads").await;
    let missing = store.load(aether_core::log::Load::stream(stream())).await.unwrap_err();
    says_once(&missing, "does not exist");
    let missing = aether_postgres::Error::from(missing);
    assert!(missing.is_schema_missing(), "{missing:?}");
    store.close().await;
}

/// A handler's own error, which repeats what the driver says and names it as its source.
#[derive(Debug, thiserror::Error)]
#[error("the purse is torn: {0}")]
struct Torn(#[from] sqlx::Error);

struct Broken;

impl Projection<PgTx> for Broken {
    type Events = AnyEvent;

    fn name(&self) -> &'static str {
        "broken"
    }

    async fn project(&self, _: &[Recorded<AnyEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let divided = sqlx::query("SELECT 1 / 0").execute(&mut **tx).await;
        divided.map_err(Torn::from)?;
        Ok(())
    }
}

#[tokio::test]
async fn a_handlers_failure_is_told_in_the_same_words() {
    let database = database().await;
    let store = PgStore::builder().inline(Broken).connect(database.url()).await.unwrap();
    let refused = store.append(any(&stream(), 1)).await.unwrap_err();
    says_once(&refused, "the purse is torn: division by zero");

    let models = store.read_models();
    let mut tx = models.begin().await.unwrap();
    let torn = Broken.project(&[], &mut tx).await.unwrap_err();
    says_once(&models.meaning(torn), "the purse is torn: division by zero");
    let mut tx = models.begin().await.unwrap();
    let bare = sqlx::query("SELECT 1 / 0").execute(&mut *tx).await.unwrap_err();
    says_once(&models.meaning(bare.into()), "division by zero");
    store.close().await;
}

#[tokio::test]
async fn no_connection_says_why() {
    let database = database().await;
    let options: PgConnectOptions = database.url().parse().unwrap();
    let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = silent.local_addr().unwrap().port();
    for (url, why) in [
        (format!("postgres://{host}:1/studio"), "nothing listens at that port"),
        ("postgres://nowhere.invalid/studio".to_owned(), "lookup"),
        (format!("postgres://{user}@{host}:{port}/nowhere"), "database \"nowhere\" does not exist"),
        (format!("postgres://nobody@{host}:{port}/studio"), "role \"nobody\" does not exist"),
        (format!("mysql://{host}:{port}/studio"), "its scheme is mysql"),
        // nobody accepts there
        (format!("postgres://127.0.0.1:{silent}/studio"), "nothing answered in time"),
    ] {
        let builder = PgStore::builder().acquire_timeout(Duration::from_millis(100));
        let error = builder.connect(&url).await.unwrap_err();
        says_once(&error, why);
        assert!(!error.to_string().contains("pool"), "{error}");
    }
}

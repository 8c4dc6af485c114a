//! How few rights are enough: an owner of one database or schema, and a reader with SELECT only.

use aether_core::backend::{
    Checkpoints as _, EventStore as _, LogIdentity as _, ReadModels as _, Step,
};
use aether_core::projection::Shard;
use aether_core::{Engine, Error, Filter, Position};
use aether_postgres::{ImportEvent, PgStore};
use aether_servers::Database;
use chrono::Utc;
use sqlx::postgres::PgConnectOptions;

use crate::backend::{connect, database};
use crate::census::{Census, run};
use crate::samples::{any, assert_versions, at, command, event, read, stream};

/// The same database as another user.
pub(crate) fn as_user(database: &Database, user: &str) -> String {
    let options: PgConnectOptions = database.url().parse().unwrap();
    let (host, port) = (options.get_host().to_owned(), options.get_port());
    format!("postgres://{user}@{host}:{port}/{}", database.name())
}

/// A role without any rights, dropped with what it owns.
pub(crate) struct Role {
    pub(crate) name: String,
    database: String,
}

impl Role {
    pub(crate) async fn create(database: &Database) -> Self {
        let name = format!("role_{}", database.name());
        let sql = format!("CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
        run(database.url(), &sql).await;
        Self { name, database: database.url().to_owned() }
    }

    pub(crate) async fn drop(self) {
        let name = &self.name;
        let sql = format!(
            "REASSIGN OWNED BY {name} TO CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}"
        );
        run(&self.database, &sql).await;
    }
}

/// Everything the library does, once.
pub(crate) async fn do_everything(url: &str) {
    let store = PgStore::connect(url).await.unwrap();
    store.migrate().await.unwrap();
    let stream = stream();
    let appended = store.append(any(&stream, 3).with_command_id(command())).await.unwrap();
    assert_versions(&store, &stream, 3).await;
    store.wait(Position::START).await.unwrap();
    assert_eq!(read(&store, Filter::all()).await.len(), 3);
    let imported = vec![ImportEvent::new(stream.clone(), event())];
    store.import(futures::stream::iter(imported), 10).await.unwrap();
    assert_eq!(store.archive(Utc::now() + chrono::TimeDelta::days(1), 2).await.unwrap(), 2);
    assert_versions(&store, &stream, 4).await;
    store.ensure_partition(at("2080-01-01T00:00:00Z")).await.unwrap();
    let diagnostics = store.diagnostics().await.unwrap();
    assert!(diagnostics.last >= appended.position().unwrap());
    let models = store.read_models();
    let shard = Shard::whole("p");
    let from = models.claim(&shard, 1).await.unwrap().checkpoint;
    let tx = models.begin().await.unwrap();
    let step = Step::new(from, diagnostics.last);
    models.commit(tx, &shard, step).await.unwrap();
    Engine::new(store.clone()).close().await;
    store.pool().close().await;
}

#[tokio::test]
async fn the_owner_of_a_database_needs_no_other_right() {
    let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    let role = Role::create(&database).await;
    let sql = format!("ALTER DATABASE {} OWNER TO {}", database.name(), role.name);
    run(database.url(), &sql).await;
    do_everything(&as_user(&database, &role.name)).await;
    Census::take(database.url()).await;
    run(database.url(), &format!("ALTER DATABASE {} OWNER TO CURRENT_USER", database.name())).await;
    role.drop().await;
}

#[tokio::test]
async fn the_owner_of_a_schema_needs_no_other_right_and_shares_the_database() {
    // another store lives in the same database, in another schema
    let database = database().await;
    let neighbour = connect(&database).await;
    let theirs = stream();
    neighbour.append(any(&theirs, 2)).await.unwrap();
    let role = Role::create(&database).await;
    let name = &role.name;
    run(database.url(), &format!("CREATE SCHEMA {name} AUTHORIZATION {name}")).await;
    // "$user" comes first in the default search path; nothing is found after it
    run(database.url(), &format!("ALTER ROLE {name} SET search_path = {name}")).await;
    do_everything(&as_user(&database, name)).await;
    assert_versions(&neighbour, &theirs, 2).await;
    assert_eq!(read(&neighbour, Filter::all()).await.len(), 2);
    assert_eq!(Census::take(database.url()).await.len(), 2);
    neighbour.close().await;
    role.drop().await;
}

#[tokio::test]
async fn a_role_with_select_only_reads_the_log_and_cannot_write_it() {
    let database = database().await;
    let (writer, stream) = (connect(&database).await, stream());
    writer.append(any(&stream, 3)).await.unwrap();
    assert_eq!(writer.archive(Utc::now() + chrono::TimeDelta::days(1), 1).await.unwrap(), 1);
    let role = Role::create(&database).await;
    let name = &role.name;
    let grant = format!(
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name};
         GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"
    );
    run(database.url(), &grant).await;

    let reader = PgStore::connect(&as_user(&database, name)).await.unwrap();
    assert_versions(&reader, &stream, 3).await;
    assert_eq!(read(&reader, Filter::all()).await.len(), 3);
    assert!(reader.wait(Position::START).await.unwrap() >= Position::new(3));
    assert_eq!(reader.database().await.unwrap(), writer.database().await.unwrap());
    run(database.url(), "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC").await;
    assert_eq!(reader.database().await.unwrap(), None, "who may not ask for its name goes without");
    let refused = reader.append(any(&stream, 1)).await.unwrap_err();
    assert!(matches!(refused, Error::Backend { .. }), "{refused:?}");
    assert!(!refused.is_transient(), "asking again gives no rights");
    assert!(refused.to_string().contains("permission denied"), "{refused}");
    reader.archive(Utc::now(), 1).await.unwrap_err();
    reader.close().await;
    reader.pool().close().await;
    assert_eq!(Census::take(database.url()).await.len(), 3);
    writer.close().await;
    role.drop().await;
}

//! The log is restored from a backup that was made in the middle of a trade.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore;
use aether_core::{Engine, Module, Node};
use aether_game::livre::Livre;
use aether_game::processes::TransactionMarche;
use aether_game::queries;
use aether_game::read_models::{self, PlayerProjection};
use aether_postgres::PgStore;
use aether_servers::{Database, PG_BIN};
use aether_testkit::crash::{Driven, Steps};
use aether_testkit::eventually;

use super::deux_noeuds::{jeu, midi, store};
use super::scenes::*;
use super::troupe::est_entier;

fn programme(name: &str) -> Command {
    let bin = std::env::var(PG_BIN).unwrap_or_else(|_| "/usr/lib/postgresql/15/bin".to_owned());
    Command::new(format!("{bin}/{name}"))
}

#[track_caller]
fn reussit(sortie: &Output) {
    assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
}

/// A backup of a database as it is now, while others work in it.
fn sauve(database: &Database) -> PathBuf {
    let file = std::env::temp_dir().join(format!("{}.sql", database.name()));
    let dump = programme("pg_dump").arg("-f").arg(&file).arg(database.url()).output().unwrap();
    reussit(&dump);
    file
}

/// A database that is made from a backup.
async fn restaure(sauvegarde: PathBuf) -> Database {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let mut psql = programme("psql");
    psql.args(["-v", "ON_ERROR_STOP=1", "-q", "-f"]).arg(&sauvegarde).arg(database.url());
    reussit(&psql.output().unwrap());
    std::fs::remove_file(sauvegarde).unwrap();
    database
}

/// A database with tables of players, and no log that anybody writes.
async fn ailleurs() -> (Database, PgStore) {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = store(&database).await;
    store.migrate().await.unwrap();
    read_models::migrate(store.pool()).await.unwrap();
    (database, store)
}

async fn vit(engine: &Engine, module: &Module) {
    let node = Node::builder(engine).install(module).start().unwrap();
    tokio::time::timeout(Duration::from_secs(60), engine.settle()).await.unwrap().unwrap();
    node.stop().await.unwrap();
}

async fn texte(store: &PgStore, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(store.pool()).await.unwrap()
}

/// The players in the tables.
const JOUEURS: &str = "SELECT jsonb_agg(to_jsonb(j) ORDER BY joueur_id)::text FROM joueurs AS j";
/// Why a read model stands still.
const POURQUOI: &str = "SELECT coalesce(min(failure), '') FROM aether_checkpoints";

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_mid_trade_goes_on_and_is_whole_and_read_models_elsewhere_stand_still_and_say_why()
 {
    let (_loin, loin) = ailleurs().await;
    let marche = Marche { plein: false };
    let clock = midi();
    let (sauvegarde, roles) = {
        let (database, premier) = jeu().await;
        let porte = Engine::builder(premier.clone()).clock(clock.clone()).build();
        let roles = marche.prepare(&porte).await;
        let sauvegarde = sauve(&database);
        // what happens after the backup is lost, and a read model elsewhere has seen it
        let lieu: (Arc<dyn EventStore>, _) = (Arc::new(premier.clone()), premier.read_models());
        Driven::new(lieu, TransactionMarche, &clock, &Steps::safe()).settle().await;
        let node = Node::builder(&porte).projection(loin.read_models(), PlayerProjection);
        let node = node.start().unwrap();
        node.wait_for_all(premier.end().await.unwrap()).await.unwrap();
        node.stop().await.unwrap();
        porte.close().await;
        premier.pool().close().await;
        (sauvegarde, roles)
    };
    let avant = texte(&loin, JOUEURS).await;

    let database = restaure(sauvegarde).await;
    let second = store(&database).await;
    second.migrate().await.unwrap();
    est_entier(&second).await;
    let porte = Engine::builder(second.clone()).clock(clock.clone()).build();
    let module = aether_game::module(&second, None);
    vit(&porte, &module).await;
    clock.advance(Duration::from_hours(2));
    vit(&porte, &module).await;
    let it = marche.issue(&porte, roles).await;
    assert_eq!((it.vendeur, it.acheteur, it.carnet), ((138, 20), (60, 10), (0, 0, 0)));
    est_entier(&second).await;
    let journal = Livre::du_journal(&second, second.end().await.unwrap()).await.unwrap();
    assert_eq!(journal.ecarts(&queries::livre(second.pool()).await.unwrap()), []);
    for verifier in module.verifiers() {
        let verified = verifier.run().await.unwrap();
        assert_eq!(verified.listed, Vec::<String>::new(), "{}", verifier.name());
    }

    let node = Node::builder(&porte).projection(loin.read_models(), PlayerProjection);
    let node = node.start().unwrap();
    eventually("it says why", async || {
        texte(&loin, POURQUOI).await.contains("another log").then_some(())
    })
    .await;
    assert_eq!(texte(&loin, JOUEURS).await, avant);
    node.stop().await.unwrap();
}

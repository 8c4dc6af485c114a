//! All nodes were down while orders, quests, turns and events came due; then two nodes start together.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::EventStore;
use aether_core::log::Read;
use aether_core::{Context, Engine, Node, Position};
use aether_game::economie::{Economie, PlacerOrdre, unites::acheter};
use aether_game::processes::TransactionMarche;
use aether_game::quete::EtatQuete;
use aether_game::values::*;
use aether_postgres::PgStore;
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::{Driven, Steps};

use super::scenes::*;
use super::troupe::{est_entier, etat, joueur, potions};

pub(super) fn midi() -> ManualClock {
    ManualClock::at("2026-03-01T12:00:00Z".parse().unwrap())
}

pub(super) async fn store(database: &aether_servers::Database) -> PgStore {
    PgStore::builder().max_connections(8).connect(database.url()).await.unwrap()
}

/// A game on a database of its own, which nobody runs yet.
pub(super) async fn jeu() -> (aether_servers::Database, PgStore) {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = store(&database).await;
    store.migrate().await.unwrap();
    aether_game::module(&store, None).migrate().await.unwrap();
    (database, store)
}

/// How many events of each of these types there are.
async fn compte<const N: usize>(store: &dyn EventStore, types: [&str; N]) -> [usize; N] {
    let mut nombres = [0; N];
    let mut position = Position::START;
    loop {
        let page = store.read(Read::all().after(position)).await.unwrap();
        if page.events.is_empty() {
            return nombres;
        }
        position = page.position;
        for event in &page.events {
            for (name, nombre) in types.iter().zip(&mut nombres) {
                *nombre += usize::from(event.event_type.as_str() == *name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_due_while_all_nodes_were_down_happens_once_when_two_start_together() {
    let (database, premier) = jeu().await;
    let clock = midi();
    let porte = Engine::builder(premier.clone()).clock(clock.clone()).build();
    let marche = Marche { plein: false };
    let (butin, defection) = (Butin { plein: false }, Defection);
    let (loups, moisson) = (Loups { plein: false }, Moisson { plein: false });
    let roles = (
        marche.prepare(&porte).await,
        butin.prepare(&porte).await,
        defection.prepare(&porte).await,
        loups.prepare(&porte).await,
        moisson.prepare(&porte).await,
    );
    clock.advance(Duration::from_hours(2));

    let second = store(&database).await;
    let engines = [premier.clone(), second.clone()]
        .map(|store| Engine::builder(store).clock(clock.clone()).build());
    let modules = [aether_game::module(&premier, None), aether_game::module(&second, None)];
    let nodes: Vec<_> = engines
        .iter()
        .zip(&modules)
        .map(|(engine, module)| Node::builder(engine).install(module).start().unwrap())
        .collect();
    for engine in &engines {
        tokio::time::timeout(Duration::from_secs(60), engine.settle()).await.unwrap().unwrap();
    }

    let it = marche.issue(&porte, roles.0).await;
    assert_eq!((it.vendeur, it.acheteur, it.carnet), ((138, 20), (60, 10), (0, 0, 0)));
    let it = butin.issue(&porte, roles.1).await;
    assert_eq!(it.avoirs, [(126, 6, 4), (125, 1, 3)]);
    let (or, histoires) = defection.issue(&porte, roles.2).await;
    assert_eq!(or, 100);
    assert_eq!(histoires["player"].last().unwrap(), "CombatQuitte");
    // what was killed in time counts, whatever came first to those who heard of all at once
    let it = loups.issue(&porte, roles.3).await;
    assert_eq!((it.avoir, it.experience, it.due), ((150, 2), 100, false));
    assert_eq!(it.etats, [Some(EtatQuete::Complete), Some(EtatQuete::Echouee)]);
    // what was gathered in time is counted too late
    let it = moisson.issue(&porte, roles.4).await;
    assert_eq!((it.en_cours, it.boss), (0, (2, false)));
    let types = [
        "OrdreAnnule",
        "TransactionReglee",
        "CombatTermine",
        "EcheanceAtteinte",
        "QueteEchouee",
        "EvenementMondialTermine",
        "BossApparu",
        "QueteTerminee",
    ];
    let store: Arc<dyn EventStore> = Arc::new(premier.clone());
    let une_fois = compte(&*store, types).await;
    let [annules, regles, combats, echeances, echouees, evenements, boss, terminees] = une_fois;
    assert_eq!([annules, regles, combats, evenements, boss], [1, 1, 3, 2, 2]);
    assert_eq!([echouees, terminees], [1, 1]);
    // the time of the one that was done is noted if its timer came first
    assert!((1..=2).contains(&echeances), "{une_fois:?}");
    clock.advance(Duration::from_hours(48));
    for engine in &engines {
        tokio::time::timeout(Duration::from_secs(60), engine.settle()).await.unwrap().unwrap();
    }
    assert_eq!(compte(&*store, types).await, une_fois, "each once");
    est_entier(&*store).await;
    for node in nodes {
        node.stop().await.unwrap();
    }
}

#[tokio::test]
async fn orders_that_came_due_in_an_outage_expire_in_the_order_of_their_time() {
    let (_database, store) = jeu().await;
    let clock = midi();
    let porte = Engine::builder(store.clone()).clock(clock.clone()).build();
    let fiche = potions(&porte).await;
    let acheteur = joueur(&porte, 100).await;
    let mut ordres = vec![];
    for duree_s in [9_000, 4_000, 20_000, 3_600, 7_000] {
        let ordre = OrdreId::generate();
        ordres.push((duree_s, ordre));
        let demande = PlacerOrdre {
            ordre,
            joueur: acheteur,
            pseudo: Pseudo::new("alba").unwrap(),
            item: fiche.item_id,
            quantite: Quantite::MIN,
            prix: Prix::MIN,
            duree_s,
        };
        acheter(&porte, Context::new(), demande).unwrap().commit().await.unwrap();
    }
    clock.advance(Duration::from_hours(24));
    let lieu: (Arc<dyn EventStore>, _) = (Arc::new(store.clone()), store.read_models());
    Driven::new(lieu, TransactionMarche, &clock, &Steps::safe()).settle().await;

    ordres.sort();
    let carnet = CarnetId::de_l_item(fiche.item_id);
    let history = porte.history::<Economie>(carnet).await.unwrap();
    let clos = history.into_iter().filter_map(|it| match it.event {
        aether_game::economie::EconomieEvent::OrdreAnnule(annule) => Some(annule.ordre_id),
        _ => None,
    });
    assert_eq!(
        clos.collect::<Vec<_>>(),
        ordres.iter().map(|(_, ordre)| *ordre).collect::<Vec<_>>()
    );
    assert_eq!(etat::<aether_game::joueur::Joueur>(&porte, acheteur).await.or(), Or::fixe::<100>());
}

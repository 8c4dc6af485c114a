//! Bots that live through a real engine, with a node that runs the whole game beside them.

use std::collections::BTreeSet;
use std::time::Duration;

use aether_core::backend::EventStore;
use aether_core::{Context, Engine, Node};
use aether_game::bots::vie::{Bilan, Bot, Naissance, Pas, Place, Reglages};
use aether_game::livre::Livre;
use aether_game::queries;
use aether_game::recompense::{EnAttente, Recompense};
use aether_game::values::{EvenementId, Experience, Or, Origine, TransactionId};
use aether_game::world::choix::{Habitudes, Verbe};
use aether_game::world::{World, WorldItem};
use aether_postgres::PgStore;
use aether_servers::Database;
use tokio::time::Instant;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(200);

/// A world, and a node in which everything of the game runs.
struct Terre {
    /// It goes when this is dropped.
    _database: Database,
    store: PgStore,
    engine: Engine,
    node: Node,
    world: World,
    place: Place,
}

impl Terre {
    async fn nouvelle() -> Self {
        let server = aether_servers::shared_postgres().await.unwrap();
        let database = server.database().await.unwrap();
        let store = PgStore::connect(database.url()).await.unwrap();
        store.migrate().await.unwrap();
        let game = aether_game::module(&store, None);
        game.migrate().await.unwrap();
        let world = World::new(7);
        world.plant(&store).await.unwrap();
        let engine = Engine::new(store.clone());
        let node = Node::builder(&engine).install(&game).start().unwrap();
        let place = Place::default();
        Self { _database: database, store, engine, node, world, place }
    }

    async fn nait(&self, numero: u32, reglages: Reglages) -> Bot {
        Bot::naitre(&self.engine, &self.world, numero, &self.place, reglages).await.unwrap()
    }

    /// Everything has settled: each table says what the events say, and so does the ledger, which is whole.
    async fn est_entiere(&self) {
        let deadline = Instant::now() + PATIENCE;
        let end = loop {
            let end = self.store.end().await.unwrap();
            self.node.wait_for_all(end).await.unwrap();
            // what processes send last is there as well
            if self.store.end().await.unwrap() == end || Instant::now() > deadline {
                break end;
            }
        };
        for verifier in aether_game::module(&self.store, None).verifiers() {
            let verified = verifier.run().await.unwrap();
            assert_eq!(verified.total, 0, "{}: {verified:?}", verifier.name());
        }
        let journal = Livre::du_journal(&self.store, end).await.unwrap();
        assert_eq!(journal.fautes(), []);
        let tables = queries::livre(self.store.pool()).await.unwrap();
        assert_eq!(journal.ecarts(&tables), []);
    }

    async fn ferme(self) {
        self.node.stop().await.unwrap();
        self.engine.close().await;
    }
}

/// Takes so many steps that are not waiting.
async fn vit(bot: &mut Bot, pas: usize) {
    let deadline = Instant::now() + PATIENCE;
    let mut faits = 0;
    while faits < pas {
        assert!(Instant::now() < deadline, "{faits} of {pas} steps: {}", bot.bilan());
        match bot.agir().await.unwrap() {
            Pas::Attente => tokio::time::sleep(Duration::from_millis(5)).await,
            _ => faits += 1,
        }
    }
}

/// Plays its combat to the end, and leaves the market.
async fn finit(bot: &mut Bot) {
    let deadline = Instant::now() + PATIENCE;
    while bot.finir().await.unwrap() != Pas::Rien {
        assert!(Instant::now() < deadline, "{bot:?} does not come to an end: {}", bot.bilan());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_lives_alone_and_everything_is_whole() {
    let terre = Terre::nouvelle().await;
    let mut bot = terre.nait(0, Reglages::new(7)).await;
    vit(&mut bot, 150).await;
    finit(&mut bot).await;
    assert!(bot.bilan().actes.len() > 8, "{}", bot.bilan());
    assert!(!bot.bilan().refus.contains_key("INCONNU"), "{}", bot.bilan());
    terre.est_entiere().await;
    terre.ferme().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_bots_live_together_and_everything_is_whole() {
    let terre = Terre::nouvelle().await;
    let mut lives = tokio::task::JoinSet::new();
    for numero in 0..16 {
        let mut bot = terre.nait(numero, Reglages::new(7)).await;
        lives.spawn(async move {
            vit(&mut bot, 30).await;
            finit(&mut bot).await;
            bot.bilan().clone()
        });
    }
    let mut all = Bilan::default();
    while let Some(bilan) = lives.join_next().await {
        all.ajoute(&bilan.unwrap());
    }
    assert_eq!(terre.place.presents(), 0, "who is gone is on the square no more");
    assert!(all.coups > 0 && all.actes.len() > 15, "{all}");
    assert!(!all.refus.contains_key("INCONNU"), "{all}");
    terre.est_entiere().await;
    terre.ferme().await;
}

/// An event of the world that a player has earned gold by, which waits in a parcel, and scrolls, which are in his bag.
async fn fait_fortune(terre: &Terre, bot: &Bot) {
    let scroll = |it: &&WorldItem| it.presentation.nom.as_str().starts_with("Parchemin de");
    let scroll = terre.world.catalogue().items().iter().find(scroll).unwrap();
    let reward = Recompense {
        joueur_id: bot.joueur_id(),
        origine: Origine::Evenement(EvenementId::generate()),
        transaction: TransactionId::generate(),
        experience: Experience::ZERO,
        or: Or::new(30_000).unwrap(),
        items: vec![(scroll.fiche(), 3)],
    };
    let waits = EnAttente { or: true, items: BTreeSet::new() };
    reward.accorder(terre.engine.atomic(Context::new()), &waits).commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_act_comes_about_in_a_long_life_of_the_rich() {
    let terre = Terre::nouvelle().await;
    let mut bots =
        vec![terre.nait(0, Reglages::new(3)).await, terre.nait(1, Reglages::new(4)).await];
    for bot in &bots {
        fait_fortune(&terre, bot).await;
    }
    let deadline = Instant::now() + PATIENCE;
    let mut done = BTreeSet::new();
    let mut round = 0;
    while done.len() < Verbe::ALL.len() {
        let missing: Vec<_> = Verbe::ALL.iter().filter(|it| !done.contains(*it)).collect();
        assert!(Instant::now() < deadline, "{missing:?} did not come about");
        round += 1;
        for bot in &mut bots {
            bot.agir().await.unwrap();
            // what has not come about is tried in turn
            if let Some(rare) = missing.get(round % missing.len()) {
                bot.accomplir(**rare).await.unwrap();
            }
            done.extend(bot.bilan().actes.keys().copied());
        }
    }
    terre.ferme().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_does_only_what_it_likes() {
    let terre = Terre::nouvelle().await;
    let likes = Habitudes::aucune().avec(Verbe::Parler, 3).avec(Verbe::Explorer, 1);
    let mut bot = terre.nait(0, Reglages::new(7).habitudes(likes)).await;
    vit(&mut bot, 20).await;
    let done: Vec<_> = bot.bilan().actes.keys().copied().collect();
    assert_eq!(done, [Verbe::Parler, Verbe::Explorer]);
    terre.ferme().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_given_to_one_bot() {
    let terre = Terre::nouvelle().await;
    let _first = terre.nait(5, Reglages::new(7)).await;
    let end = terre.store.end().await.unwrap();
    let again = Bot::naitre(&terre.engine, &terre.world, 5, &terre.place, Reglages::new(8)).await;
    assert!(matches!(again, Err(Naissance::Refusee { numero: 5, .. })), "{again:?}");
    assert_eq!((terre.store.end().await.unwrap(), terre.place.presents()), (end, 1));
    terre.ferme().await;
}

//! The game is registered once: one module runs it, watches it, migrates it and verifies it.

use std::sync::Arc;

use aether_core::backend::EventStore;
use aether_core::{Engine, Node};
use aether_game::bots::Rosters;
use aether_game::combat::CombatCommand;
use aether_postgres::PgStore;
use aether_redis::{KeySpace, RedisClient, RedisReadModels};

#[tokio::test(flavor = "multi_thread")]
async fn the_game_is_run_watched_and_verified_from_one_module() {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let redis = aether_servers::shared_redis().await.unwrap();
    let client = RedisClient::connect(redis.url()).await.unwrap();
    let models = RedisReadModels::new(client, KeySpace::with_prefix(redis.prefix()).unwrap());
    let game = aether_game::module(&store, &models);
    game.migrate().await.unwrap();
    let engine = Engine::new(store.clone());
    let worker = Node::builder(&engine).install(&game).start().unwrap();
    let web = Node::builder(&engine).watch(&game).start().unwrap();

    let mut rosters = Rosters::new(3);
    for _ in 0..4 {
        let (id, start) = rosters.next_combat();
        let start = CombatCommand::Demarrer(Box::new(start));
        let mut done = engine.execute(id, start).await.unwrap();
        for _ in 0..12 {
            let Some(active) = done.state().participant_actif() else { break };
            let fiche = done.state().participant(active).unwrap().fiche;
            let tactic = aether_game::bots::Tactic::suited_to(fiche);
            let command = tactic.choose(done.state(), active);
            done = engine.execute(id, command).await.unwrap();
        }
        web.wait_for_all(&done).await.unwrap();
    }
    let own = game.verifiers()[0].run().await.unwrap();
    assert_eq!((game.verifiers()[0].name(), own.total), ("combats", 0), "{own:?}");
    let sql: Vec<_> = game.projections().iter().filter_map(|it| it.maintenance()).collect();
    let log: Arc<dyn EventStore> = Arc::new(store.clone());
    let rebuilt = sql[0].verify(&sql[1..2], log, 5).await.unwrap().unwrap();
    assert_eq!(rebuilt.total, 0, "{rebuilt:#?}");
    worker.stop().await.unwrap();
    engine.close().await;
}

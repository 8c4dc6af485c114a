//! The page in a browser: a server that listens, a world with a history, combats that bots fight, and the tests of `tests/browser`.

use std::process::Command;
use std::time::Duration;

use aether_core::Engine;
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{
    Combat, CombatCommand, CombatId, EntiteId, ParticipantId, TypeEntite, ZoneId,
};
use aether_game::world::World;

use chrono::TimeDelta;

use crate::console::promote;
use crate::process::Program;
use crate::scene::{PASSWORD, Scene};

/// How long a bot thinks.
const THOUGHT: Duration = Duration::from_millis(400);
/// Combats that bots fight at the same time.
const CROWD: u64 = 4;

/// Plays a combat until it ends; what `mine` does is left to its player.
async fn play(engine: &Engine, id: CombatId, mine: Option<ParticipantId>) {
    loop {
        tokio::time::sleep(THOUGHT).await;
        let Ok(loaded) = engine.load::<Combat>(id).await else { continue };
        let combat = &loaded.state;
        match combat.participant_actif() {
            None => return,
            Some(who) if Some(who) == mine => {}
            Some(who) => {
                let tactic = combat.participant(who).map(|vue| Tactic::suited_to(vue.fiche));
                let command = tactic.map(|tactic| tactic.choose(combat, who));
                let command = command.unwrap_or(CombatCommand::PasserTour { acteur: who });
                if engine.execute(id, command).await.is_err() {
                    let pass = CombatCommand::PasserTour { acteur: who };
                    let _ = engine.execute(id, pass).await;
                }
            }
        }
    }
}

/// Bots fight one combat after the other in a zone of the world.
async fn crowd(engine: Engine, seed: u64, zone: (ZoneId, String)) {
    let mut rosters = Rosters::new(seed);
    loop {
        let (id, mut roster) = rosters.next_combat();
        (roster.zone_id, roster.zone_nom) = zone.clone();
        if engine.execute(id, CombatCommand::Demarrer(Box::new(roster))).await.is_ok() {
            play(&engine, id, None).await;
        }
    }
}

/// A combat that goes on for long, in which it is a player's turn.
async fn ring(engine: &Engine, player: &str) -> (CombatId, ParticipantId) {
    let (id, mut roster) = Rosters::new(5).next_combat();
    for other in &mut roster.participants {
        other.hp = 4000;
        other.hp_max = 4000;
        other.initiative = 1;
    }
    let own = &mut roster.participants[0];
    own.type_entite = TypeEntite::Joueur;
    own.entite_id = player.parse::<EntiteId>().unwrap();
    own.nom = "Kael".to_owned();
    own.initiative = 90;
    let me = own.participant_id;
    engine.execute(id, CombatCommand::Demarrer(Box::new(roster))).await.unwrap();
    (id, me)
}

/// A zone that the world has, once its projection has seen it.
async fn found_zone(scene: &Scene) -> (ZoneId, String) {
    for _ in 0..600 {
        let zones = scene.get("/zones").send().await.json();
        if let Some(zone) = zones.as_array().and_then(|zones| zones.first()) {
            let text = |name: &str| zone[name].as_str().unwrap().to_owned();
            return (text("zoneId").parse().unwrap(), text("nom"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the world has no zones");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs node and chromium: make test-browser"]
async fn players_and_guests_use_the_page_in_a_browser() {
    let scene = Scene::with(|config| arena::Config { generosity: 100, ..config }).await;
    let store = scene.store().await;
    let now = scene.app.engine().now();
    let world = World::new(3).starting(now - TimeDelta::days(3)).lasting(TimeDelta::days(3));
    world.history(60, 12_000).import(&store).await.unwrap();
    let server = Program::serve(&scene.config, &["--limits", "100"]);
    let player = scene.player("Kael").await;
    scene.player("Oriane").await;
    promote(&scene, "Oriane", "operateur").await;
    let engine = scene.app.engine().clone();
    let (combat, me) = ring(&engine, &player.id).await;
    let zone = found_zone(&scene).await;
    // the job that fills the charts has nothing to read before
    let end = store.horizon().await.unwrap();
    scene.app.node().wait_for("economie", end).await.unwrap();
    scene.app.node().run_job("prix_horaires").await.unwrap();
    let bots = (0..CROWD).map(|seed| tokio::spawn(crowd(engine.clone(), 11 + seed, zone.clone())));
    let mut bots: Vec<_> = bots.collect();
    let opponents = engine.clone();
    bots.push(tokio::spawn(async move { play(&opponents, combat, Some(me)).await }));

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .current_dir(folder)
        .env("ARENA_URL", format!("http://{}", server.address))
        .env("ARENA_COMBAT", combat.to_string())
        .env("ARENA_PLAYER", &player.id)
        .env("ARENA_PASSWORD", PASSWORD);
    let ended = tokio::task::spawn_blocking(move || node.status().unwrap()).await.unwrap();
    for bot in bots {
        bot.abort();
    }
    drop(server);
    assert!(ended.success());
}

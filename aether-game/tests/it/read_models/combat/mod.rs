//! The tables of combats, which two projections fill.

mod preuve;
mod requetes;
mod tables;

use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{CombatCommand, CombatId};
use aether_game::read_models::{
    CombatProjection, ParticipantProjection, verify_combats, verify_participants,
};

use super::fixtures::*;

/// Bots fight some combats, each for at most this many turns.
async fn fight(terrain: &Terrain, seed: u64, combats: u32, turns: u32) -> Vec<CombatId> {
    let mut rosters = Rosters::new(seed);
    let mut fights = tokio::task::JoinSet::new();
    for _ in 0..combats {
        let (id, start) = rosters.next_combat();
        let engine = terrain.engine.clone();
        fights.spawn(async move {
            let mut command = CombatCommand::Demarrer(Box::new(start));
            loop {
                let done = engine.execute(id, command).await.unwrap();
                let combat = done.state();
                let turn = combat.numero_tour();
                let Some(active) = combat.participant_actif().filter(|_| turn < turns) else {
                    return id;
                };
                let fiche = combat.participant(active).unwrap().fiche;
                let tactic = match turn % 3 {
                    0 => Tactic::Coward,
                    _ => Tactic::suited_to(fiche),
                };
                command = tactic.choose(combat, active);
            }
        });
    }
    fights.join_all().await
}

async fn project_both(terrain: &Terrain, batch_size: u32) {
    tokio::join!(
        terrain.project(CombatProjection, batch_size),
        terrain.project(ParticipantProjection, batch_size),
    );
}

async fn equal(terrain: &Terrain) {
    assert_equal(&verify_combats(&terrain.store).await.unwrap());
    assert_equal(&verify_participants(&terrain.store).await.unwrap());
}

/// How many differences both proofs find.
async fn differences(terrain: &Terrain) -> u64 {
    let combats = verify_combats(&terrain.store).await.unwrap();
    let participants = verify_participants(&terrain.store).await.unwrap();
    combats.difference_count + participants.difference_count
}

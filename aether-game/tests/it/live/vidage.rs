//! Redis is emptied in the middle: what is decided holds, and what is shown comes back.

use aether_core::Aggregate as _;
use aether_core::backend::EventStore as _;
use aether_core::log::Load;
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{Combat, CombatCommand, CombatId};
use aether_game::live::LiveCombat;
use aether_game::live::classements::LEVEL;
use aether_testkit::eventually;

use super::fixtures::Partie;
use crate::joueur::fixtures::gagne;

impl Partie {
    /// A combat that goes on.
    async fn combat(&self, rosters: &mut Rosters) -> CombatId {
        let (id, start) = rosters.next_combat();
        let start = CombatCommand::Demarrer(Box::new(start));
        let mut done = self.terrain.engine.execute(id, start).await.unwrap();
        for _ in 0..6 {
            let Some(active) = done.state().participant_actif() else { break };
            let fiche = done.state().participant(active).unwrap().fiche;
            let command = Tactic::suited_to(fiche).choose(done.state(), active);
            done = self.terrain.engine.execute(id, command).await.unwrap();
        }
        id
    }

    async fn folded(&self, id: CombatId) -> LiveCombat {
        let history = self.terrain.store.load(Load::stream(Combat::stream(id))).await.unwrap();
        LiveCombat::fold(id, &history.events).unwrap().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_flush_cooldowns_hold_and_boards_and_live_keys_come_back_equal_to_a_fold() {
    let partie = Partie::open_alone().await;
    let node = partie.node();
    partie.boule_de_feu(0).await;
    partie.une_journee().await;
    let [denise, edmond] = partie.joueurs(["Denise", "Edmond"]).await;
    partie.demande(denise, gagne(450)).await;
    let mut rosters = Rosters::new(11);
    let before = partie.combat(&mut rosters).await;
    partie.settle(&node).await;
    let numbers = partie.numbers().await;

    partie.flush();
    partie.boule_de_feu_au_repos().await;
    partie.demande(edmond, gagne(90)).await;
    let after = partie.combat(&mut rosters).await;
    partie.settle(&node).await;

    eventually("the cooldown is shown again", async || partie.repos(&partie.client).await).await;
    let folded = partie.levels_folded().await;
    eventually("the board is back", async || (partie.board(&LEVEL).await == folded).then_some(()))
        .await;
    for id in [before, after] {
        let folded = partie.folded(id).await;
        eventually("the combat is back", async || {
            let live = LiveCombat::load(&partie.client, &partie.keys, id).await.unwrap();
            (live.as_ref() == Some(&folded)).then_some(())
        })
        .await;
    }
    let (combats, transactions, active) = numbers;
    eventually("the numbers are back", async || {
        (partie.numbers().await == (combats + 1, transactions, active)).then_some(())
    })
    .await;
    node.stop().await.unwrap();
}

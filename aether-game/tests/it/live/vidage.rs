//! Redis is emptied in the middle: what is decided holds, and what is shown comes back.

use aether_core::Aggregate as _;
use aether_core::backend::EventStore as _;
use aether_core::log::Load;
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{Combat, CombatCommand, CombatId};
use aether_game::live::classements::LEVEL;
use aether_game::live::monde::{LiveEvenement, LiveMonde};
use aether_game::live::{JoueurKeys, LiveCombat, MondeKeys, SacKeys};
use aether_game::monde::MondeCommand;
use aether_game::read_models::{VerifyReport, verify_inventaires, verify_joueurs, verify_monde};
use aether_game::values::JoueurId;
use aether_testkit::eventually;

use super::fixtures::Partie;
use crate::inventaire::fixtures::{ajouter, minerai, moi, potion};
use crate::inventaire::moteur::mien;
use crate::joueur::fixtures::gagne;
use crate::monde::fixtures::{declenche, evenement, progresse};
use crate::read_models::fixtures::assert_equal;

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

impl Partie {
    /// Profile, bag and world are what the tables and the log say, first from there and then from Redis.
    async fn est_comme_le_journal(&self, joueur: JoueurId) {
        let monde = self.monde().await;
        for _ in 0..2 {
            let fiche = self.profils().fiche(joueur).await.unwrap().unwrap();
            assert_eq!(*fiche, self.row(joueur).await);
            let sac = self.sacs().du_joueur(moi()).await.unwrap().unwrap();
            assert_eq!(*sac, self.sac_des_tables(moi()).await);
            let mondes = self.mondes();
            assert_eq!(*mondes.etat().await.unwrap().unwrap(), LiveMonde::from(&monde));
            assert!(mondes.actifs().await.unwrap().into_iter().eq(monde.evenements()));
            let shown = mondes.evenement(evenement(1)).await.unwrap().unwrap();
            let expected = monde.evenement(evenement(1)).map(LiveEvenement::from);
            assert_eq!(Some(&*shown), expected.as_ref());
        }
        let table = |report: VerifyReport| assert_equal(&report);
        table(verify_joueurs(&self.terrain.store).await.unwrap());
        table(verify_inventaires(&self.terrain.store).await.unwrap());
        table(verify_monde(&self.terrain.store).await.unwrap());
    }

    /// How many of the keys of profile, bag and world there are.
    async fn cles(&self, joueur: JoueurId) -> usize {
        let [joueur, sac, monde] = [
            JoueurKeys::new(&self.keys, joueur).profile(),
            SacKeys::new(&self.keys, moi()).meta(),
            MondeKeys::new(&self.keys).state(),
        ];
        let evenement = MondeKeys::new(&self.keys).event(evenement(1));
        let mut there = 0;
        for key in [joueur, sac, monde, evenement] {
            there += usize::from(!self.client.hash(&key).await.unwrap().is_empty());
        }
        there
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_flush_profiles_bags_and_the_world_come_back_as_the_log_has_them() {
    let partie = Partie::open_alone().await;
    let node = partie.node();
    let [alba] = partie.joueurs(["Alba"]).await;
    partie.terrain.live(mien(), [ajouter(&potion(), 5), ajouter(&minerai(), 7)]).await;
    partie.agit(MondeCommand::AvancerCycle).await;
    partie.agit(declenche(1, 10)).await;
    partie.settle(&node).await;
    partie.est_comme_le_journal(alba).await;
    assert_eq!(partie.cles(alba).await, 4);

    partie.flush();
    assert_eq!(partie.cles(alba).await, 0);
    partie.est_comme_le_journal(alba).await;
    assert_eq!(partie.cles(alba).await, 4);

    // once more, and what happens comes between
    partie.flush();
    partie.demande(alba, gagne(450)).await;
    partie.terrain.live(mien(), [ajouter(&potion(), 3)]).await;
    partie.agit(progresse(1, &[(1, 3)])).await;
    partie.agit(MondeCommand::AvancerCycle).await;
    partie.settle(&node).await;
    partie.est_comme_le_journal(alba).await;
    assert_eq!(partie.cles(alba).await, 4);
    node.stop().await.unwrap();
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

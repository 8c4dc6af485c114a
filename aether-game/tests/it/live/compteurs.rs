//! Numbers of the day: each event once, on its day.

use std::time::Duration;

use aether_core::Job as _;
use aether_game::bots::Rosters;
use aether_game::combat::CombatCommand;
use aether_game::joueur::JoueurCommand;
use aether_game::live::compteurs::{Compteurs, DailyCountersProjection, OnlineJob};
use aether_game::live::keys::OnlineKeys;
use aether_redis::Presence;
use chrono::{Days, NaiveTime, Utc};

use super::fixtures::Partie;
use crate::economie::fixtures::{achete, carnet, vend};

impl Partie {
    pub(crate) fn compteurs(&self) -> Compteurs {
        Compteurs::new(self.client.clone(), self.keys.clone())
    }

    /// Combats, trades, active players.
    pub(crate) async fn numbers(&self) -> (i64, i64, u64) {
        let compteurs = self.compteurs();
        let combats = compteurs.combats().await.unwrap();
        let transactions = compteurs.transactions().await.unwrap();
        (combats, transactions, compteurs.joueurs_actifs().await.unwrap())
    }

    /// Four combats, two trades, and two players who sign in, one of them twice.
    pub(crate) async fn une_journee(&self) {
        let mut rosters = Rosters::new(3);
        for _ in 0..4 {
            let (combat, start) = rosters.next_combat();
            let start = CombatCommand::Demarrer(Box::new(start));
            self.terrain.engine.execute(combat, start).await.unwrap();
        }
        for command in [vend(1, 1, 5, 10), achete(2, 2, 2, 10), achete(3, 3, 1, 10)] {
            self.terrain.engine.execute(carnet(), command).await.unwrap();
        }
        let [alba, berthe, _] = self.joueurs(["Alba", "Berthe", "Colas"]).await;
        for joueur in [alba, berthe, alba] {
            self.demande(joueur, JoueurCommand::Connecter).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_counts_once_on_its_day_however_often_it_comes() {
    let partie = Partie::open().await;
    partie.une_journee().await;
    let node = partie.node();
    partie.settle(&node).await;
    assert_eq!(partie.numbers().await, (4, 2, 2));
    // from the first event on, once more
    partie.models.refill("compteurs", &[]).await.unwrap();
    partie.demande(partie.joueurs(["Edmond"]).await[0], JoueurCommand::Connecter).await;
    partie.settle(&node).await;
    node.stop().await.unwrap();
    assert_eq!(partie.numbers().await, (4, 2, 3));
    partie.deliver(&DailyCountersProjection, |events| events.reverse()).await;
    assert_eq!(partie.numbers().await, (4, 2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_the_day_end_at_midnight_utc() {
    let partie = Partie::open().await;
    partie.une_journee().await;
    partie.run().await;
    let midnight = (Utc::now().date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
    for name in ["combats", "transactions", "active_players"] {
        let key = partie.keys.entity("stats", name).key("today");
        let left = partie.client.time_to_live(&key).await.unwrap().expect(name);
        let wrong = (midnight - Utc::now()).to_std().unwrap_or_default().abs_diff(left);
        assert!(wrong < Duration::from_secs(30), "{name} ends in {left:?}, at {midnight}");
    }
}

#[tokio::test]
async fn players_are_counted_as_online_as_long_as_somebody_counts() {
    let partie = Partie::open().await;
    assert_eq!(partie.compteurs().en_ligne().await.unwrap(), None);
    let job = OnlineJob::new(partie.client.clone(), partie.keys.clone());
    let presence = Presence::new(partie.client.clone(), partie.keys.clone());
    for (players, online) in [(vec![], 0), (vec![(1, "port"), (2, "port")], 2)] {
        presence.beats(players).await.unwrap();
        job.run().await.unwrap();
        assert_eq!(partie.compteurs().en_ligne().await.unwrap(), Some(online));
    }
    let key = OnlineKeys::new(&partie.keys).online();
    assert_eq!(key, partie.keys.key("stats:players:online"));
    let left = partie.client.time_to_live(&key).await.unwrap().unwrap();
    assert!(left <= Duration::from_secs(31), "{left:?}");
}

//! Cooldowns: shown as long as they run, whatever happens to Redis, and decided by the log.

use std::time::Duration;

use aether_core::{Engine, ExecuteError};
use aether_game::competence::{Apprentissage, ApprentissageRefus};
use aether_game::live::JoueurKeys;
use aether_game::live::recharges::{LiveCooldownProjection, Recharges};
use aether_game::values::{ApprentissageId, CompetenceId};
use aether_redis::RedisClient;
use aether_testkit::clock::ManualClock;
use chrono::{TimeDelta, Utc};

use super::fixtures::Partie;
use crate::competence::fixtures::{UTILISER, apprendre, competence_id, fiche, joueur};

fn apprise() -> ApprentissageId {
    ApprentissageId::du_joueur(competence_id(1), joueur())
}

impl Partie {
    /// A player has learned the ball of fire, which rests for a minute, and used it this many seconds ago.
    pub(crate) async fn boule_de_feu(&self, ago: i64) {
        let clock = ManualClock::at(Utc::now() - TimeDelta::seconds(ago));
        let then = Engine::builder(self.terrain.store.clone()).clock(clock).build();
        let learned = self.terrain.engine.find::<Apprentissage>(apprise()).await.unwrap();
        if learned.is_none() {
            then.execute(apprise(), apprendre(fiche())).await.unwrap();
        }
        then.execute(apprise(), UTILISER).await.unwrap();
    }

    /// It cannot be used now, whatever Redis says.
    pub(crate) async fn boule_de_feu_au_repos(&self) {
        let fresh = Engine::new(self.terrain.store.clone());
        match fresh.execute(apprise(), UTILISER).await {
            Err(ExecuteError::Rejected(ApprentissageRefus::AuRepos { .. })) => {}
            other => panic!("{other:?}"),
        }
    }

    /// For how many seconds it rests, as a client is shown.
    pub(crate) async fn repos(&self, client: &RedisClient) -> Option<u64> {
        let recharges = Recharges::new(client.clone(), self.keys.clone());
        let all = recharges.du_joueur(joueur()).await.unwrap();
        assert!(all.len() <= 1, "{all:?}");
        all.get::<CompetenceId>(&competence_id(1)).copied()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cooldown_is_shown_as_long_as_it_runs() {
    let partie = Partie::open().await;
    partie.boule_de_feu(20).await;
    partie.run().await;
    let left = partie.repos(&partie.client).await.unwrap();
    assert!((1..=40).contains(&left), "{left}");
    let key = JoueurKeys::new(&partie.keys, joueur()).cooldowns();
    assert!(partie.client.time_to_live(&key).await.unwrap().unwrap() <= Duration::from_secs(301));
    partie.boule_de_feu_au_repos().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cooldown_that_is_over_is_not_shown() {
    let partie = Partie::open().await;
    partie.boule_de_feu(61).await;
    partie.run().await;
    assert_eq!(partie.repos(&partie.client).await, None);
    partie.boule_de_feu(0).await;
    partie.run().await;
    assert!(partie.repos(&partie.client).await.unwrap() > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_cooldown_never_takes_the_place_of_a_newer_one() {
    let partie = Partie::open().await;
    partie.boule_de_feu(70).await;
    partie.boule_de_feu(0).await;
    partie.deliver(&LiveCooldownProjection, |events| events.reverse()).await;
    assert!(partie.repos(&partie.client).await.unwrap() > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_shows_the_same_cooldown() {
    let partie = Partie::open_alone().await;
    partie.boule_de_feu(10).await;
    let (one, two) = (partie.node(), partie.node());
    partie.settle(&one).await;
    let url = partie.redis.as_ref().unwrap().url();
    let elsewhere = RedisClient::connect(url).await.unwrap();
    let [here, there] =
        [partie.repos(&partie.client).await.unwrap(), partie.repos(&elsewhere).await.unwrap()];
    assert!(here.abs_diff(there) <= 1, "{here} {there}");
    one.stop().await.unwrap();
    two.stop().await.unwrap();
}

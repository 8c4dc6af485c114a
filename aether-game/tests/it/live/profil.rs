//! Profiles and stats: as new as the row, from Redis where it can be.

use std::sync::Arc;
use std::time::Duration;

use aether_core::Node;
use aether_game::joueur::JoueurCommand;
use aether_game::live::profil::{Fiche, Profils};
use aether_game::live::{JoueurKeys, PROFILE_LIFETIME};
use aether_game::queries;
use aether_game::read_models::PlayerProjection;
use aether_game::values::JoueurId;
use aether_realtime::cache::{
    Cache as _, CacheEntry, CacheKey, CachedValue, Invalidation, JsonCodec, Stored,
};
use chrono::{TimeDelta, Utc};

use super::fixtures::Partie;
use crate::joueur::fixtures::{credite, gagne};

impl Partie {
    pub(super) fn profils(&self) -> Profils {
        Profils::new(self.client.clone(), self.keys.clone(), self.terrain.pool.clone())
    }

    pub(super) async fn row(&self, joueur: JoueurId) -> Fiche {
        Fiche::from(&queries::profil(&self.terrain.pool, joueur).await.unwrap().unwrap())
    }

    async fn or(&self, joueur: JoueurId) -> u32 {
        self.profils().fiche(joueur).await.unwrap().unwrap().profil.or
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_what_the_row_says_under_the_keys_of_the_model() {
    let partie = Partie::open().await;
    let [alba] = partie.joueurs(["Alba"]).await;
    partie.demande(alba, gagne(450)).await;
    partie.run().await;
    let expected = partie.row(alba).await;
    // the first from the table, the second from Redis
    for source in ["joueurs", "personne"] {
        let fiche = partie.profils().fiche(alba).await.unwrap().unwrap();
        assert_eq!(*fiche, expected, "{source}");
        partie.terrain.run("UPDATE joueurs SET pseudo = 'personne'").await;
    }
    let keys = JoueurKeys::new(&partie.keys, alba);
    let profile = partie.client.hash(&keys.profile()).await.unwrap();
    let hp = expected.profil.hp_max.to_string();
    for (field, value) in [("pseudo", "Alba"), ("niveau", "3"), ("or", "100"), ("hp_max", &hp)] {
        assert_eq!(profile.get(field).map(String::as_str), Some(value), "{field}");
    }
    let stats = partie.client.text(&keys.stats()).await.unwrap().unwrap();
    assert!(stats.starts_with(r#"{"stats_base":{"hp":"#), "{stats}");
    for key in [keys.profile(), keys.stats()] {
        let left = partie.client.time_to_live(&key).await.unwrap().unwrap();
        assert!(left <= PROFILE_LIFETIME + Duration::from_secs(1), "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_event_changes_is_not_served_again() {
    let partie = Partie::open().await;
    let [alba, berthe] = partie.joueurs(["Alba", "Berthe"]).await;
    let node = partie.node();
    partie.settle(&node).await;
    for n in 0..10 {
        assert_eq!(partie.or(alba).await, 100 + n);
        assert_eq!(partie.or(berthe).await, 100);
        partie.demande(alba, credite(1)).await;
        partie.settle(&node).await;
    }
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_nobody_has_lived_to_invalidate_is_invalidated_by_the_next_node() {
    let partie = Partie::open().await;
    let [alba] = partie.joueurs(["Alba"]).await;
    partie.run().await;
    assert_eq!(partie.or(alba).await, 100);
    // the row is committed, and the node ends there
    partie.demande(alba, credite(7)).await;
    let table = Node::builder(&partie.terrain.engine)
        .projection(partie.terrain.models.clone(), PlayerProjection)
        .start()
        .unwrap();
    partie.settle(&table).await;
    table.stop().await.unwrap();
    assert_eq!(partie.row(alba).await.profil.or, 107);
    assert_eq!(partie.or(alba).await, 100, "it is still cached");
    partie.run().await;
    assert_eq!(partie.or(alba).await, 107);
}

fn entry(fiche: &Fiche, version: u64) -> CacheEntry {
    let value: CachedValue = Arc::new(fiche.clone());
    let until = Utc::now() + TimeDelta::seconds(600);
    CacheEntry { value: Some(value), version, fresh_until: until, stale_until: until }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_load_never_overwrites_what_is_newer() {
    let partie = Partie::open_alone().await;
    let [alba] = partie.joueurs(["Alba"]).await;
    partie.run().await;
    let (old, profils) = (partie.row(alba).await, partie.profils());
    let mut new = old.clone();
    new.profil.or = 7;
    let group = format!("player:{alba}");
    let key = CacheKey::new(&group, 6, "profile");
    let (cache, codec) = (profils.cache(), JsonCodec::<Fiche>::new(0));
    let change = Invalidation::entity("player", alba).at(20);
    let put = async |fiche: &Fiche, version, lease| {
        cache.put(&key, &entry(fiche, version), lease, &codec).await.unwrap()
    };
    let shown = async || {
        let found = cache.get(&key, &codec).await.unwrap().entry?;
        let fiche = found.value.unwrap().downcast::<Fiche>().unwrap();
        Some((fiche.profil.or, found.version))
    };

    let slow = cache.lease(&key, None, &codec).await.unwrap().lease;
    cache.invalidate(std::slice::from_ref(&change)).await.unwrap();
    assert_eq!(put(&old, 19, Some(slow)).await, Stored::Outdated);
    assert_eq!(shown().await, None);
    assert_eq!(put(&new, 20, Some(slow)).await, Stored::Kept);
    assert_eq!(put(&old, 19, Some(slow)).await, Stored::Outdated);
    // what reflects the event already is spared
    cache.invalidate(&[change]).await.unwrap();
    assert_eq!(shown().await, Some((7, 20)));
    cache.invalidate(&[Invalidation::entity("player", alba).at(21)]).await.unwrap();
    assert_eq!(shown().await, None);

    let before_the_flush = cache.lease(&key, None, &codec).await.unwrap().lease;
    partie.flush();
    assert_eq!(put(&old, 19, Some(before_the_flush)).await, Stored::Outdated);
    assert_eq!(shown().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_redis_is_away_the_table_answers() {
    let partie = Partie::open_alone().await;
    let [alba] = partie.joueurs(["Alba"]).await;
    partie.run().await;
    partie.redis.as_ref().unwrap().kill9().await.unwrap();
    partie.demande(alba, JoueurCommand::Connecter).await;
    let fiche = partie.profils().fiche(alba).await.unwrap().unwrap();
    assert_eq!(*fiche, partie.row(alba).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_player_has_no_profile_and_takes_no_key() {
    let partie = Partie::open().await;
    let nobody = JoueurId::generate();
    assert_eq!(partie.profils().fiche(nobody).await.unwrap(), None);
    let keys = JoueurKeys::new(&partie.keys, nobody);
    assert!(partie.client.hash(&keys.profile()).await.unwrap().is_empty());
}

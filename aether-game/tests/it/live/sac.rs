//! Bags: as new as the tables, under the keys of the model.

use std::collections::BTreeSet;
use std::time::Duration;

use aether_game::live::sac::{LiveSac, Sacs};
use aether_game::live::{PROFILE_LIFETIME, SacKeys};
use aether_game::queries;
use aether_game::values::{JoueurId, SlotId};
use proptest::arbitrary::any;

use super::fixtures::Partie;
use crate::inventaire::fixtures::{ajouter, jeter, minerai, moi, potion};
use crate::inventaire::moteur::mien;
use crate::read_models::fixtures::drawn;
use crate::read_models::inventaire::live;

impl Partie {
    pub(super) fn sacs(&self) -> Sacs {
        Sacs::new(self.client.clone(), self.keys.clone(), self.terrain.pool.clone())
    }

    pub(super) async fn sac_des_tables(&self, joueur: JoueurId) -> LiveSac {
        queries::sac(&self.terrain.pool, joueur, None, 500).await.unwrap().unwrap().into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_is_what_the_tables_say_whatever_happens_to_it() {
    let partie = Partie::open().await;
    assert_eq!(partie.sacs().du_joueur(moi()).await.unwrap(), None);
    let node = partie.node();
    let mut seen = BTreeSet::new();
    for asked in drawn(any::<[u16; 6]>(), 160).chunks(8) {
        live(&partie.terrain, asked.iter().copied()).await;
        partie.settle(&node).await;
        // the first from the tables, the second from Redis
        for _ in 0..2 {
            let Some(sac) = partie.sacs().du_joueur(moi()).await.unwrap() else { continue };
            assert_eq!(*sac, partie.sac_des_tables(moi()).await);
            seen.insert(serde_json::to_string(&*sac).unwrap());
        }
    }
    assert!(seen.len() > 8, "{}", seen.len());
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_is_under_the_keys_of_the_model_and_an_emptied_slot_leaves_none() {
    let partie = Partie::open().await;
    let node = partie.node();
    partie.terrain.live(mien(), [ajouter(&potion(), 5), ajouter(&minerai(), 7)]).await;
    partie.settle(&node).await;
    let sac = partie.sacs().du_joueur(moi()).await.unwrap().unwrap();
    let keys = SacKeys::new(&partie.keys, moi());
    let meta = partie.client.hash(&keys.meta()).await.unwrap();
    assert_eq!((meta["capacite"].as_str(), meta["slots_utilises"].as_str()), ("50", "2"));
    let ids: Vec<SlotId> = sac.contenu.iter().map(|it| it.slot_id).collect();
    let members: BTreeSet<_> = ids.iter().map(|id| format!("item:{id}")).collect();
    assert_eq!(partie.client.set(&keys.items()).await.unwrap(), members);
    let item = partie.client.hash(&keys.item(ids[0])).await.unwrap();
    assert_eq!((item["quantite"].as_str(), item["est_equipe"].as_str()), ("5", "0"));
    for key in [keys.meta(), keys.items(), keys.item(ids[1])] {
        let left = partie.client.time_to_live(&key).await.unwrap().unwrap();
        assert!(left <= PROFILE_LIFETIME + Duration::from_secs(1), "{key}: {left:?}");
    }

    partie.terrain.live(mien(), [jeter(ids[0], 5)]).await;
    partie.settle(&node).await;
    let sac = partie.sacs().du_joueur(moi()).await.unwrap().unwrap();
    assert_eq!(sac.contenu.len(), 1);
    assert!(partie.client.hash(&keys.item(ids[0])).await.unwrap().is_empty());
    node.stop().await.unwrap();
}

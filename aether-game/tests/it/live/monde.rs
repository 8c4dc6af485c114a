//! The world in Redis: as new as the log, under the keys of the model.

use std::time::Duration;

use aether_game::live::keys::MondeKeys;
use aether_game::live::monde::{LiveEvenement, LiveMonde, Mondes};
use aether_game::monde::{Monde, MondeCommand};
use aether_game::values::MondeId;
use aether_redis::Key;

use super::fixtures::Partie;
use crate::monde::fixtures::{declenche, evenement, intervention, progresse};

impl Partie {
    pub(super) fn mondes(&self) -> Mondes {
        Mondes::new(&self.client, &self.keys, self.terrain.engine.clone())
    }

    pub(super) async fn monde(&self) -> Monde {
        let loaded = self.terrain.engine.load::<Monde>(MondeId::UNIQUE).await.unwrap();
        loaded.state.clone()
    }

    pub(crate) async fn agit(&self, command: MondeCommand) {
        self.terrain.engine.execute(MondeId::UNIQUE, command).await.unwrap();
    }

    async fn lives(&self, key: &Key) -> Duration {
        self.client.time_to_live(key).await.unwrap().unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_world_is_shown_as_the_log_has_it_after_each_of_its_events() {
    let partie = Partie::open().await;
    let mondes = partie.mondes();
    assert_eq!(mondes.etat().await.unwrap(), None);
    let node = partie.node();
    let fin =
        MondeCommand::AnnulerEvenement { evenement: evenement(1), intervention: intervention() };
    let commands = [
        MondeCommand::AvancerCycle,
        declenche(1, 10),
        declenche(2, 5),
        progresse(1, &[(1, 3)]),
        progresse(1, &[(2, 3)]),
        fin,
    ];
    for command in commands {
        partie.agit(command).await;
        partie.settle(&node).await;
        let monde = partie.monde().await;
        // the first from the log, the second from Redis
        for _ in 0..2 {
            assert_eq!(*mondes.etat().await.unwrap().unwrap(), LiveMonde::from(&monde));
            assert!(mondes.actifs().await.unwrap().into_iter().eq(monde.evenements()));
            for n in 1..=2 {
                let shown = mondes.evenement(evenement(n)).await.unwrap();
                let expected = monde.evenement(evenement(n)).map(LiveEvenement::from);
                assert_eq!(shown.as_deref(), expected.as_ref());
            }
        }
    }
    let keys = MondeKeys::new(&partie.keys);
    assert!(partie.lives(&keys.state()).await <= Duration::from_secs(61));
    assert!(partie.lives(&keys.active_events()).await <= Duration::from_secs(301));
    let event = partie.lives(&keys.event(evenement(2))).await;
    assert!(event > Duration::from_secs(301) && event <= Duration::from_secs(3601), "{event:?}");
    assert_eq!(partie.lives(&keys.event(evenement(1))).await, Duration::ZERO);
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_world_is_under_the_keys_of_the_model() {
    let partie = Partie::open().await;
    partie.agit(MondeCommand::AvancerCycle).await;
    partie.agit(declenche(1, 10)).await;
    let mondes = partie.mondes();
    mondes.etat().await.unwrap().unwrap();
    mondes.actifs().await.unwrap();
    mondes.evenement(evenement(1)).await.unwrap().unwrap();
    let key = |name: &str| partie.keys.key(name);
    let state = partie.client.hash(&key("world:state")).await.unwrap();
    for field in ["cycle_jour_nuit", "saison", "jour_saison"] {
        assert!(!state[field].is_empty(), "{field}");
    }
    let active = partie.client.set(&key("world:active_events")).await.unwrap();
    assert_eq!(active.into_iter().collect::<Vec<_>>(), [evenement(1).to_string()]);
    let event = partie.client.hash(&key(&format!("world:event:{}", evenement(1)))).await.unwrap();
    assert_eq!((event["nom"].as_str(), event["requis"].as_str()), ("Invasion", "10"));
}

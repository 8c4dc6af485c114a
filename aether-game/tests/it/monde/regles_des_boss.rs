//! Bosses that appear and are beaten.

use aether_core::memory::MemoryStore;
use aether_core::{CommandId, Context, Engine};
use aether_game::monde::*;
use aether_game::values::MondeId;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::fixtures::*;

fn apparu(apparition: u32, apparu_a: i64) -> MondeEvent {
    MondeEvent::BossApparu {
        boss_id: boss(1),
        nom: nom("Hydre"),
        zone_id: zone(1),
        apparition,
        repos_s: 3_600,
        apparu_a: a(apparu_a),
    }
}

#[test]
fn a_boss_is_beaten_once_per_appearance() {
    let deja = |apparition| MondeRefus::BossDejaVaincu { boss: boss(1), apparition };
    monde([])
        .when(apparait(1))
        .then([apparu(1, 0)])
        .when(vainc(1, 1))
        .then([MondeEvent::BossVaincu {
            boss_id: boss(1),
            nom: nom("Hydre"),
            zone_id: zone(1),
            apparition: 1,
            combat_id: combat(1),
            vainqueurs: vec![joueur(1), joueur(2)],
            vaincu_a: a(0),
            reapparait_a: a(3_600),
        }])
        .when(vainc(1, 1))
        .then_rejected(deja(1))
        .at(a(3_600))
        .when(apparait(1))
        .then([apparu(2, 3_600)])
        // a combat with the first one that ends late
        .when(vainc(1, 1))
        .then_rejected(deja(1))
        .when(vainc(1, 2))
        .then_state(|monde| assert!(monde.boss(boss(1)).unwrap().reapparait_a.is_some()));
}

#[test]
fn a_boss_that_is_there_does_not_appear_and_one_that_rests_does_not_yet() {
    monde([apparait(1)])
        .when(apparait(1))
        .then_nothing()
        .when(vainc(1, 1))
        .then_state(|_| {})
        .at(a(3_599))
        .when(apparait(1))
        .then_rejected(MondeRefus::BossAuRepos { boss: boss(1), reapparait_a: a(3_600) });
}

#[test]
fn nobody_beats_a_boss_that_was_not_there() {
    monde([]).when(vainc(1, 1)).then_rejected(MondeRefus::BossIntrouvable { boss: boss(1) });
    for apparition in [0, 2, u32::MAX] {
        let derniere = 1;
        let refus = MondeRefus::ApparitionInconnue { boss: boss(1), apparition, derniere };
        monde([apparait(1)]).when(vainc(1, apparition)).then_rejected(refus);
    }
}

#[test]
fn one_to_fifty_different_players_beat_a_boss() {
    let par = |vainqueurs: Vec<u128>| MondeCommand::VaincreBoss {
        boss: boss(1),
        apparition: 1,
        combat: combat(1),
        vainqueurs: vainqueurs.into_iter().map(joueur).collect(),
    };
    for nombre in [0, 51] {
        let refus = MondeRefus::LotInvalide { nombre, maximum: 50 };
        monde([apparait(1)]).when(par((0..nombre as u128).collect())).then_rejected(refus);
    }
    monde([apparait(1)]).when(par(vec![3, 3])).then_rejected(MondeRefus::DoublonDansLot);
    monde([apparait(1)]).when(par((0..50).collect())).then_state(|_| {});
}

#[test]
fn the_world_has_a_thousand_bosses_at_most() {
    let mut monde = Monde::default();
    for n in 0..1_000 {
        joue(&mut monde, &apparait(n), a(0)).unwrap();
    }
    let plein = Err(MondeRefus::TropDeBoss { maximum: 1_000 });
    assert_eq!(joue(&mut monde, &apparait(1_000), a(0)), plein);
}

#[test]
fn a_boss_that_rests_for_ever_does_not_break_the_calendar() {
    let repos = |boss| MondeCommand::FaireApparaitreBoss {
        boss,
        nom: nom("Hydre"),
        zone: zone(1),
        repos_s: u32::MAX,
    };
    monde([repos(boss(1))]).when(vainc(1, 1)).then_state(|monde| {
        assert!(monde.boss(boss(1)).unwrap().reapparait_a > Some(a(4_000_000_000)));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_combats_that_end_at_once_beat_a_boss_once() {
    let engine = Engine::new(MemoryStore::new());
    engine.execute(MondeId::UNIQUE, apparait(1)).await.unwrap();
    let mut taches = JoinSet::new();
    for n in 0..16 {
        let engine = engine.clone();
        taches.spawn(async move {
            let context = Context::new().command_id(CommandId::new(Uuid::from_u128(n)));
            engine.execute(MondeId::UNIQUE, vainc(1, 1)).with(&context).await.is_ok()
        });
    }
    let vainqueurs = taches.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!(vainqueurs, 1);
}

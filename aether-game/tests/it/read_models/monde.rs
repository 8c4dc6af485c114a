//! The table of the world.

use aether_game::monde::*;
use aether_game::queries;
use aether_game::read_models::{EtatMonde, WorldProjection, verify_monde};
use aether_game::values::MondeId;
use uuid::Uuid;

use super::fixtures::*;
use crate::monde::fixtures::*;
use crate::monde::proprietes::commande;

fn publie(classement: TypeClassement, scores: &[u64]) -> MondeCommand {
    let ligne = |(n, score): (u128, &u64)| NouvelleLigne {
        id: Uuid::from_u128(n),
        nom: nom("Alba"),
        score: *score,
    };
    MondeCommand::PublierClassement { classement, lignes: (0..).zip(scores).map(ligne).collect() }
}

/// A world in which came to pass whatever came to mind, for some weeks of its own.
async fn monde(terrain: &Terrain) {
    for (n, command) in (0..).zip(drawn(commande(), 500)) {
        terrain.at(a(301 * n), MondeId::UNIQUE, command).await;
        if n % 100 == 0 {
            let niveaux = publie(TypeClassement::Niveau, &[40, 30, n.unsigned_abs() % 7]);
            terrain.at(a(301 * n), MondeId::UNIQUE, niveaux).await;
        }
    }
    for command in [declenche(901, 30), declare(901, &[gisement(1, 50, 5)])] {
        terrain.at(a(301 * 500), MondeId::UNIQUE, command).await;
    }
}

async fn lu(terrain: &Terrain) -> EtatMonde {
    queries::etat_du_monde(&terrain.pool).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_the_world_says_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    monde(&terrain).await;
    for batch_size in [1, 2, 7, 30, 1000] {
        terrain.run("TRUNCATE etat_monde").await;
        terrain.deliver(&WorldProjection, batch_size).await;
        assert_equal(&verify_monde(&terrain.store).await.unwrap());
    }
    let etat = lu(&terrain).await;
    assert!(!etat.boss_vaincus.is_empty() && !etat.boss_presents.is_empty(), "{etat:?}");
    assert!(!etat.evenements_actifs.is_empty() && !etat.ressources_mondiales.is_empty());
    assert!(!etat.zones_decouvertes.is_empty() && !etat.facteurs_economiques.is_empty());
    assert!(etat.heure_absolue.is_some() && etat.classements.len() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_the_world_never_overwrites_a_newer_value() {
    let terrain = Terrain::open().await;
    monde(&terrain).await;
    terrain.project(WorldProjection, 1000).await;
    let events = terrain.heard(&WorldProjection).await;
    for older in [1, 30, events.len()] {
        terrain.batch(&WorldProjection, &events[..older]).await.unwrap();
        assert_equal(&verify_monde(&terrain.store).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_what_is_not_in_the_world_fails_instead_of_vanishing() {
    let terrain = Terrain::open().await;
    for command in [
        declenche(1, 30),
        progresse(1, &[(1, 4)]),
        declare(1, &[gisement(1, 50, 5)]),
        recolte(1, &[(1, 3)]),
    ] {
        terrain.at(a(0), MondeId::UNIQUE, command).await;
    }
    let events = terrain.heard(&WorldProjection).await;
    assert_eq!(events.len(), 4);
    for lost in [1, 3] {
        terrain.batch(&WorldProjection, &events[lost..]).await.unwrap_err();
    }
    terrain.batch(&WorldProjection, &events[2..]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_the_world() {
    let terrain = Terrain::open().await;
    monde(&terrain).await;
    terrain.project(WorldProjection, 1000).await;
    assert_equal(&verify_monde(&terrain.store).await.unwrap());
    for (damage, differences) in [
        ("UPDATE etat_monde SET jour_saison = 1 + jour_saison % 30", 1),
        ("UPDATE etat_monde SET boss_vaincus = '{}'", 2),
        ("UPDATE etat_monde SET facteurs_economiques = '{\"RECOMPENSES\": 7}'", 3),
        // a row that cannot be read is one difference, and one that is missing another
        ("UPDATE etat_monde SET zones_decouvertes = '{\"x\": 1}'", 2),
        ("DELETE FROM etat_monde", 1),
    ] {
        terrain.run(damage).await;
        let report = verify_monde(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, differences, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_the_world_is_one_answer() {
    let terrain = Terrain::open().await;
    assert_eq!(queries::etat_du_monde(&terrain.pool).await.unwrap(), None);
    for command in [
        MondeCommand::AvancerCycle,
        apparait(1),
        apparait(2),
        vainc(2, 1),
        declenche(1, 30),
        progresse(1, &[(1, 4), (2, 5)]),
        declare(1, &[gisement(1, 50, 5), gisement(2, 9, 0)]),
        recolte(1, &[(1, 3)]),
        publie(TypeClassement::Arene, &[9, 9]),
    ] {
        terrain.at(a(0), MondeId::UNIQUE, command).await;
    }
    terrain.project(WorldProjection, 1000).await;
    let etat = lu(&terrain).await;
    assert_eq!((etat.cycle_jour_nuit, etat.jour_saison), (Some(0), Some(1)));
    assert_eq!(
        (etat.saison, etat.derniere_mise_a_jour_cycle),
        (Some(Saison::Printemps), Some(a(0)))
    );
    assert!(etat.boss_presents.keys().eq([&boss(1)]) && etat.boss_vaincus.keys().eq([&boss(2)]));
    let actif = &etat.evenements_actifs[&evenement(1)];
    assert_eq!((actif.progres, actif.depart.requis, actif.depart.zone_id), (9, 30, Some(zone(1))));
    let gisements = etat.ressources_mondiales[&zone(1)].gisements.values();
    assert_eq!(
        gisements.map(|it| (it.quantite, it.maximum)).collect::<Vec<_>>(),
        [(47, 50), (9, 9)]
    );
    assert_eq!(etat.classements[&TypeClassement::Arene].lignes.len(), 2);
    assert_eq!(etat.facteur(Facteur::Recompenses), Monde::FACTEUR_NEUTRE);

    // what was laid out anew has nothing of what was there before
    terrain.at(a(0), MondeId::UNIQUE, declare(1, &[gisement(3, 7, 1)])).await;
    terrain.project(WorldProjection, 1000).await;
    assert!(lu(&terrain).await.ressources_mondiales[&zone(1)].gisements.keys().eq([&ressource(3)]));
}

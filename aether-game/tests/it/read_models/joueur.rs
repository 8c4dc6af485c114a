//! `joueurs` and `historique_niveau`.

use aether_core::Context;
use aether_game::joueur::creer;
use aether_game::queries;
use aether_game::read_models::{PlayerProjection, verify_joueurs};
use aether_game::values::{JoueurId, Niveau};

use super::fixtures::*;
use crate::joueur::fixtures::{credite, gagne, nouveau};
use crate::joueur::proprietes::commands;

/// Players who each were asked for what comes to mind.
async fn players(terrain: &Terrain, count: usize) -> Vec<JoueurId> {
    let mut ids = vec![];
    for number in 0..count {
        let joueur = JoueurId::generate();
        let name = ["Alba", "Berthe", "Colas", "Denise", "Edmond"][number];
        creer(&terrain.engine, Context::new(), joueur, nouveau(name)).commit().await.unwrap();
        let asked = drawn(commands(), 60 + 40 * count).split_off(40 * number);
        terrain.live(joueur, asked).await;
        ids.push(joueur);
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_players_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    players(&terrain, 5).await;
    for batch_size in [1, 7, 1000] {
        terrain.run("TRUNCATE joueurs, historique_niveau").await;
        terrain.deliver(&PlayerProjection, batch_size).await;
        assert_equal(&verify_joueurs(&terrain.store).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_event_of_a_player_never_overwrites_a_newer_value() {
    let terrain = Terrain::open().await;
    players(&terrain, 3).await;
    terrain.project(PlayerProjection, 1000).await;
    terrain.deliver(&PlayerProjection, 50).await;
    assert_equal(&verify_joueurs(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_players() {
    let terrain = Terrain::open().await;
    let ids = players(&terrain, 2).await;
    terrain.live(ids[0], [gagne(1000)]).await;
    terrain.project(PlayerProjection, 1000).await;
    assert_equal(&verify_joueurs(&terrain.store).await.unwrap());
    // a row that cannot be read is one difference, and one that is missing another
    for (damage, differences) in [
        ("UPDATE joueurs SET \"or\" = \"or\" + 1 WHERE username = 'Alba'", 1),
        ("UPDATE joueurs SET statistiques_jeu = '{}' WHERE username = 'Berthe'", 3),
        (
            "DELETE FROM historique_niveau WHERE event_sequence = (SELECT min(event_sequence) FROM historique_niveau)",
            4,
        ),
        (
            "INSERT INTO historique_niveau SELECT gen_random_uuid(), joueur_id, 1, 0, now(), 0 FROM joueurs LIMIT 1",
            5,
        ),
    ] {
        terrain.run(damage).await;
        let report = verify_joueurs(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, differences, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_and_a_ranking_are_read_by_key() {
    let terrain = Terrain::open().await;
    let mut ids = vec![];
    for (name, xp) in [("Alba", 100), ("Berthe", 900), ("Colas", 450), ("Denise", 100)] {
        let joueur = JoueurId::generate();
        creer(&terrain.engine, Context::new(), joueur, nouveau(name)).commit().await.unwrap();
        terrain.live(joueur, [gagne(xp), credite(7)]).await;
        ids.push(joueur);
    }
    terrain.project(PlayerProjection, 1000).await;

    let profile = queries::profil(&terrain.pool, ids[1]).await.unwrap().unwrap();
    assert_eq!((profile.pseudo.as_str(), profile.niveau), ("Berthe", Niveau::new(4).unwrap()));
    assert_eq!(profile.or.get(), 107);
    assert_eq!(queries::profil(&terrain.pool, JoueurId::generate()).await.unwrap(), None);

    let levels = queries::niveaux_atteints(&terrain.pool, ids[1], None, 2).await.unwrap();
    let reached: Vec<_> = levels.iter().map(|it| it.niveau_atteint.get()).collect();
    assert_eq!(reached, [4, 3]);
    let rest = queries::niveaux_atteints(
        &terrain.pool,
        ids[1],
        levels.last().map(|it| it.event_sequence),
        2,
    );
    assert_eq!(rest.await.unwrap().len(), 1);

    let mut ranking = vec![];
    loop {
        let after = ranking.last().map(queries::Rang::place);
        let page = queries::classement(&terrain.pool, after, 3).await.unwrap();
        if page.is_empty() {
            break;
        }
        ranking.extend(page);
    }
    let order: Vec<_> = ranking.iter().map(|it| it.joueur_id).collect();
    let last = if ids[0] > ids[3] { [ids[0], ids[3]] } else { [ids[3], ids[0]] };
    assert_eq!(order, [ids[1], ids[2], last[0], last[1]], "ties stand by id, the higher one first");
}

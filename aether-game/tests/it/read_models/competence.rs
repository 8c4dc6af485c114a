//! The tables of skills.

use std::collections::BTreeMap;

use aether_game::competence::*;
use aether_game::jobs::temps_de_recharge;
use aether_game::queries;
use aether_game::read_models::{SkillProjection, verify_competences};
use aether_game::values::*;
use proptest::prelude::any;

use super::fixtures::*;
use crate::competence::fixtures::*;

/// Twelve skills, one of them passive, that rest for different times.
fn fiches() -> Vec<FicheCompetence> {
    let fiche = |n: u8| FicheCompetence {
        competence_id: competence_id(n.into()),
        cooldown_tours: n,
        ..if n == 0 { passive() } else { fiche() }
    };
    (0..12).map(fiche).collect()
}

/// Two players who used and placed what they had learned as it came to mind, for some hours.
async fn competences(terrain: &Terrain) -> [JoueurId; 2] {
    let fiches = fiches();
    for fiche in &fiches {
        let creer = CompetenceCommand::Creer(Box::new(fiche.clone()));
        terrain.at(at(0), fiche.competence_id, creer).await;
    }
    let joueurs = [joueur(), JoueurId::generate()];
    for (n, [what, who, which, place]) in (0..).zip(drawn(any::<[u8; 4]>(), 600)) {
        let now = at(17 * n);
        let joueur_id = joueurs[usize::from(who % 2)];
        let fiche = &fiches[usize::from(which) % fiches.len()];
        let competence_id = fiche.competence_id;
        let id = ApprentissageId::du_joueur(competence_id, joueur_id);
        let connue: Apprentissage = terrain.state(id).await;
        if connue.apprise().is_none() {
            let mut demande = demande(fiche.clone());
            demande.joueur_id = joueur_id;
            terrain.at(now, id, ApprentissageCommand::Apprendre(Box::new(demande))).await;
            continue;
        }
        let position = PositionBarre::new(1 + place % 10).unwrap();
        let barre = BarreId::du_joueur(joueur_id);
        match what % 6 {
            0..3 => terrain.at(now, id, UTILISER).await,
            3 => {
                let suivant = connue.niveau().unwrap().get() + 1;
                terrain.at(now, id, ameliorer(90, suivant.min(10))).await;
            }
            4 if place % 4 == 0 => {
                terrain.at(now, barre, BarreCommand::Retirer { position }).await;
            }
            _ if connue.utilisable().is_ok() => {
                let placer = BarreCommand::Placer { joueur_id, competence_id, position };
                terrain.at(now, barre, placer).await;
            }
            _ => {}
        }
    }
    joueurs
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_skills_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    competences(&terrain).await;
    for batch_size in [1, 2, 7, 1000] {
        terrain.run("TRUNCATE competences, competences_joueur").await;
        terrain.deliver(&SkillProjection, batch_size).await;
        assert_equal(&verify_competences(&terrain.store).await.unwrap());
    }
    // and an older event never overwrites a newer value
    terrain.deliver(&SkillProjection, 5).await;
    assert_equal(&verify_competences(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_use_of_a_skill_that_was_never_learned_fails_instead_of_vanishing() {
    let terrain = Terrain::open().await;
    let id = ApprentissageId::du_joueur(competence_id(1), joueur());
    for command in [apprendre(fiche()), UTILISER] {
        terrain.at(at(0), id, command).await;
    }
    let events = terrain.heard(&SkillProjection).await;
    assert_eq!(events.len(), 3);
    for lost in 1..3 {
        let outcome = terrain.batch(&SkillProjection, &events[lost..]).await;
        assert!(outcome.is_err(), "without the first {lost} events");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_skills() {
    let terrain = Terrain::open().await;
    competences(&terrain).await;
    terrain.project(SkillProjection, 1000).await;
    assert_equal(&verify_competences(&terrain.store).await.unwrap());
    // two columns tell that a skill lies on the bar
    for (known, damage) in [
        (1, "UPDATE competences SET portee = portee + 1 WHERE cooldown_tours = 3"),
        (
            2,
            "UPDATE competences_joueur SET cooldown_restant_secondes = cooldown_restant_secondes + 1
             WHERE competence_joueur_id = (SELECT min(competence_joueur_id::text)::uuid FROM competences_joueur)",
        ),
        (
            4,
            "UPDATE competences_joueur SET position_barre = NULL WHERE competence_joueur_id =
             (SELECT min(competence_joueur_id::text)::uuid FROM competences_joueur WHERE assignee_barre)",
        ),
        (5, "DELETE FROM competences WHERE type_competence = 'PASSIVE'"),
    ] {
        terrain.run(damage).await;
        let report = verify_competences(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, known, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skills_of_a_player_are_read_by_page_and_are_ready_to_the_second() {
    let terrain = Terrain::open().await;
    let joueurs = competences(&terrain).await;
    terrain.project(SkillProjection, 1000).await;
    let mut au_repos = 0;
    for joueur in joueurs {
        let mut connues = vec![];
        loop {
            let after =
                connues.last().map(|it: &queries::CompetenceConnue| it.apprise.competence_id);
            let page =
                queries::competences_du_joueur(&terrain.pool, joueur, after, 5).await.unwrap();
            if page.is_empty() {
                break;
            }
            connues.extend(page);
        }
        let mut etats = BTreeMap::new();
        for fiche in fiches() {
            let id = ApprentissageId::du_joueur(fiche.competence_id, joueur);
            let etat: Apprentissage = terrain.state(id).await;
            assert!(etat.apprise().is_some(), "every skill was learned");
            etats.insert(fiche.competence_id, etat);
        }
        let ids: Vec<_> = connues.iter().map(|it| it.competence.competence_id).collect();
        assert!(ids.iter().eq(etats.keys()));

        for fin in etats.values().filter_map(|it| it.au_repos(at(0))) {
            for maintenant in [fin - chrono::TimeDelta::microseconds(1), fin] {
                let pretes =
                    queries::competences_pretes(&terrain.pool, joueur, maintenant, None, 99).await;
                let pretes: Vec<_> =
                    pretes.unwrap().iter().map(|it| it.competence.competence_id).collect();
                let prete = |(_, it): &(_, &Apprentissage)| {
                    it.utilisable().is_ok() && it.au_repos(maintenant).is_none()
                };
                let attendues = etats.iter().filter(prete).map(|(id, _)| *id);
                assert_eq!(pretes, attendues.collect::<Vec<_>>());
                au_repos += ids.len() - 1 - pretes.len();
            }
        }
    }
    assert!(au_repos > 10, "hardly anything rested");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seconds_of_rest_follow_the_clock() {
    let terrain = Terrain::open().await;
    for n in [1, 2] {
        let mut fiche = fiche();
        fiche.competence_id = competence_id(n);
        let id = ApprentissageId::du_joueur(fiche.competence_id, joueur());
        terrain.at(at(0), id, apprendre(fiche)).await;
        terrain.at(at(10 * n as i64), id, UTILISER).await;
    }
    terrain.project(SkillProjection, 1000).await;
    let pool = &terrain.pool;
    let secondes = async || {
        let sql =
            "SELECT cooldown_restant_secondes FROM competences_joueur ORDER BY cooldown_fin_a";
        sqlx::query_scalar::<_, i32>(sql).fetch_all(pool).await.unwrap()
    };
    assert_eq!(secondes().await, [60, 60]);
    let demi = at(15) + chrono::TimeDelta::milliseconds(500);
    // the second one began at 20, and a run that comes late takes nothing back
    assert_eq!(temps_de_recharge(pool, demi).await.unwrap(), 1);
    assert_eq!(secondes().await, [55, 60], "54.5 are rounded up");
    for late in [at(15), demi] {
        assert_eq!(temps_de_recharge(pool, late).await.unwrap(), 0);
    }
    assert_equal(&verify_competences(&terrain.store).await.unwrap());
    let (un, deux) = tokio::join!(temps_de_recharge(pool, at(30)), temps_de_recharge(pool, at(30)));
    assert_eq!(un.unwrap() + deux.unwrap(), 2, "two nodes at once do each once");
    assert_eq!(secondes().await, [40, 50]);
    temps_de_recharge(pool, at(75)).await.unwrap();
    assert_eq!(secondes().await, [0, 5]);
    assert_eq!(temps_de_recharge(pool, at(90)).await.unwrap(), 1, "what is ready is left alone");
    assert_eq!(secondes().await, [0, 0]);
    assert_equal(&verify_competences(&terrain.store).await.unwrap());
}

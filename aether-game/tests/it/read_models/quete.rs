//! The tables of quests.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, Context, Facts};
use aether_game::joueur::creer;
use aether_game::queries;
use aether_game::quete::*;
use aether_game::read_models::{PlayerProjection, QuestProjection, QueteJoueur, verify_quetes};
use aether_game::values::*;
use chrono::{DateTime, Utc};
use proptest::prelude::any;

use super::fixtures::*;
use crate::joueur::fixtures::{gagne, nouveau};
use crate::quete::fixtures::*;
use crate::quete::proprietes::{any_command, longue};

/// Quests of many kinds: once, again at once, each day, each week; some after others, some for higher levels.
fn fiches() -> Vec<FicheQuete> {
    let quete = |n: u8| {
        let mut fiche = longue(!n.is_multiple_of(4));
        fiche.quete_id = quete_id(n.into());
        fiche.frequence_repetition = match n % 4 {
            2 => Some(FrequenceRepetition::Quotidien),
            3 => Some(FrequenceRepetition::Hebdomadaire),
            _ => None,
        };
        fiche.niveau_requis = niveau(1 + n / 4);
        fiche.duree_limite_minutes = n.is_multiple_of(3).then_some(600);
        if n >= 6 {
            fiche.pre_requis.quetes = vec![quete_id((n - 6).into()), quete_id((n - 5).into())];
        }
        // short ones, so that what comes to mind finishes some
        fiche.objectifs.truncate(1);
        fiche.objectifs.push(objectif(3, TypeObjectif::Dialogue, 1, 2));
        if n.is_multiple_of(5) {
            fiche.recompenses = RecompensesQuete::default();
        }
        fiche
    };
    (0..14).map(quete).collect()
}

async fn progres(terrain: &Terrain, quete: QueteId, joueur: JoueurId) -> Progres {
    terrain.state(ProgresId::du_joueur(quete, joueur)).await
}

/// Two players who did what came to mind about those quests, for a week.
async fn quetes(terrain: &Terrain) -> [JoueurId; 2] {
    let fiches = fiches();
    for fiche in &fiches {
        terrain.at(at(0), fiche.quete_id, QueteCommand::Creer(Box::new(fiche.clone()))).await;
    }
    let mut joueurs = [JoueurId::generate(), JoueurId::generate()];
    joueurs.sort();
    for (minute, picks) in (0..).zip(drawn(any::<[usize; 5]>(), 1_500)) {
        let joueur = joueurs[(picks[0] / 12) % 2];
        let fiche = &fiches[(picks[1] / 12) % if minute < 700 { 4 } else { fiches.len() }];
        let connu = progres(terrain, fiche.quete_id, joueur).await;
        let mut command = any_command(&connu, picks);
        let tentative = connu.tentative();
        match &command {
            ProgresCommand::Abandonner { .. } | ProgresCommand::Echouer { .. }
                if picks[3] % 4 > 0 =>
            {
                command = ProgresCommand::Terminer { tentative };
            }
            ProgresCommand::Livrer(_) => {
                let transaction = transaction(minute as u128);
                command = ProgresCommand::Recompenser { tentative, transaction };
            }
            _ => {}
        }
        if let ProgresCommand::Accepter(demande) = &mut command {
            let acquis = std::mem::take(&mut demande.acquis);
            **demande = accepter(terrain, fiche, joueur, niveau(9)).await;
            demande.acquis = acquis;
        }
        terrain.at(at(7 * minute), ProgresId::du_joueur(fiche.quete_id, joueur), command).await;
    }
    joueurs
}

/// What a player of this level asks for who wants this quest.
async fn accepter(
    terrain: &Terrain,
    fiche: &FicheQuete,
    joueur: JoueurId,
    niveau: Niveau,
) -> Accepter {
    let mut demande = Accepter::new(&creee(fiche.clone()), joueur, niveau).unwrap();
    for avant in &fiche.pre_requis.quetes {
        if progres(terrain, *avant, joueur).await.est_terminee() {
            demande.quetes_terminees.insert(*avant);
        }
    }
    demande
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_quests_say_what_the_events_say_wherever_a_batch_is_cut() {
    let terrain = Terrain::open().await;
    quetes(&terrain).await;
    for batch_size in [1, 7, 1000] {
        terrain.run("TRUNCATE quetes, quetes_joueur").await;
        terrain.deliver(&QuestProjection, batch_size).await;
        assert_equal(&verify_quetes(&terrain.store).await.unwrap());
    }
    // and an older event never overwrites a newer value
    terrain.deliver(&QuestProjection, 5).await;
    assert_equal(&verify_quetes(&terrain.store).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_in_a_quest_that_was_never_accepted_fails_instead_of_vanishing() {
    let terrain = Terrain::open().await;
    let id = ProgresId::du_joueur(quete_id(1), joueur());
    for command in [crate::quete::fixtures::accepter(fiche()), tue(1), tue(2)] {
        terrain.at(at(0), id, command).await;
    }
    let events = terrain.heard(&QuestProjection).await;
    assert_eq!(events.len(), 3);
    for lost in 1..3 {
        let outcome = terrain.batch(&QuestProjection, &events[lost..]).await;
        assert!(outcome.is_err(), "without the first {lost} events");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_what_was_changed_about_quests() {
    let terrain = Terrain::open().await;
    quetes(&terrain).await;
    terrain.project(QuestProjection, 1000).await;
    assert_equal(&verify_quetes(&terrain.store).await.unwrap());
    for (known, damage) in (1..).zip([
        "UPDATE quetes SET duree_limite_minutes = 7 WHERE duree_limite_minutes IS NULL
         AND quete_id = (SELECT max(quete_id::text)::uuid FROM quetes WHERE duree_limite_minutes IS NULL)",
        "UPDATE quetes_joueur SET suivie = NOT suivie
         WHERE quete_joueur_id = (SELECT min(quete_joueur_id::text)::uuid FROM quetes_joueur)",
        "UPDATE quetes_joueur SET disponible_a = disponible_a + interval '1 day'
         WHERE quete_joueur_id = (SELECT min(quete_joueur_id::text)::uuid FROM quetes_joueur WHERE disponible_a IS NOT NULL)",
        "DELETE FROM quetes WHERE quete_id = (SELECT min(quete_id::text)::uuid FROM quetes)",
    ]) {
        terrain.run(damage).await;
        let report = verify_quetes(&terrain.store).await.unwrap();
        assert_eq!(report.difference_count, known, "{damage}: {:#?}", report.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quests_in_progress_are_read_with_their_progress_page_by_page() {
    let terrain = Terrain::open().await;
    let joueurs = quetes(&terrain).await;
    terrain.project(QuestProjection, 1000).await;
    for joueur in joueurs {
        let mut lues = vec![];
        loop {
            let after = lues.last().map(|it: &queries::QueteEnCours| &it.progres);
            let page = queries::quetes_en_cours(&terrain.pool, joueur, after, 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            lues.extend(page);
        }
        assert!(lues.is_sorted_by(|a, b| a.progres.acceptee_a >= b.progres.acceptee_a));
        let mut attendues = BTreeMap::new();
        for fiche in fiches() {
            let progres = progres(&terrain, fiche.quete_id, joueur).await;
            if progres.etat() == Some(EtatQuete::EnCours) {
                let faits = progres.objectifs().map(|(it, fait)| (it.id, fait));
                attendues.insert(fiche.quete_id, (fiche.nom, faits.collect::<BTreeMap<_, _>>()));
            }
        }
        let faits = |it: QueteJoueur| {
            it.progres_objectifs.into_iter().map(|(id, it)| (id, it.fait)).collect()
        };
        let nombre = lues.len();
        let lues: BTreeMap<_, _> = lues
            .into_iter()
            .map(|it| (it.quete.quete_id, (it.quete.nom, faits(it.progres))))
            .collect();
        assert_eq!(lues, attendues);
        assert!(nombre == lues.len() && nombre > 2, "{nombre}");
    }
}

/// The quests that a player of this level may accept now, by the rules.
async fn acceptables(
    terrain: &Terrain,
    joueur: JoueurId,
    niveau: Niveau,
    maintenant: DateTime<Utc>,
) -> Vec<QueteId> {
    let mut acceptables = vec![];
    for fiche in fiches() {
        let connu = progres(terrain, fiche.quete_id, joueur).await;
        let demande = accepter(terrain, &fiche, joueur, niveau).await;
        let command = ProgresCommand::Accepter(Box::new(demande));
        if connu.decide(&command, &Facts::at(maintenant)).is_ok() {
            acceptables.push((fiche.niveau_requis, fiche.quete_id));
        }
    }
    acceptables.sort();
    acceptables.into_iter().map(|(_, quete)| quete).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn quests_are_open_to_a_player_exactly_when_the_rules_accept_them() {
    let terrain = Terrain::open().await;
    let joueurs = quetes(&terrain).await;
    let [un, deux] = joueurs;
    let engine = &terrain.engine;
    creer(engine, Context::new(), un, nouveau("Alba")).commit().await.unwrap();
    creer(engine, Context::new(), deux, nouveau("Berthe")).commit().await.unwrap();
    terrain.live(deux, [gagne(900)]).await;
    terrain.project(QuestProjection, 1000).await;
    terrain.project(PlayerProjection, 1000).await;

    let fin = 1_500 * 7;
    let inconnu = JoueurId::generate();
    let mut vues = BTreeMap::new();
    for (joueur, niveau) in [(un, niveau(1)), (deux, niveau(4)), (inconnu, niveau(1))] {
        for minute in [0, fin, fin + 24 * 60, fin + 8 * 24 * 60] {
            let mut lues = vec![];
            loop {
                let page =
                    queries::quetes_ouvertes(&terrain.pool, joueur, at(minute), lues.last(), 3);
                let page = page.await.unwrap();
                if page.is_empty() {
                    break;
                }
                lues.extend(page);
            }
            let lues: Vec<_> = lues.iter().map(|it| it.quete_id).collect();
            let attendues = acceptables(&terrain, joueur, niveau, at(minute)).await;
            assert_eq!(lues, attendues, "{joueur} at minute {minute}");
            vues.insert((joueur, minute), lues);
        }
    }
    // it was not all the same
    let distinctes: std::collections::BTreeSet<_> = vues.values().collect();
    assert!(distinctes.len() >= 5, "{vues:?}");
}

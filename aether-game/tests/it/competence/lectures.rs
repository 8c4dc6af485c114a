//! What learning reads from other streams.

use aether_core::Engine;
use aether_core::memory::MemoryStore;
use aether_game::competence::*;
use aether_game::values::*;

use super::fixtures::*;

#[tokio::test]
async fn a_skill_is_learned_after_the_one_before_and_up_to_its_level() {
    let engine = Engine::new(MemoryStore::new());
    let first = avec(|it| {
        it.competence_id = competence_id(2);
        it.niveau_requis = Niveau::MIN;
        it.cooldown_tours = 0;
    });
    let needs = |niveau| CompetenceRequise { competence_id: competence_id(2), niveau };
    let second = avec(|it| {
        it.niveau_requis = Niveau::MIN;
        it.pre_requis.competences = vec![needs(rang(2))];
    });
    for fiche in [&first, &second] {
        let creer = CompetenceCommand::Creer(Box::new(fiche.clone()));
        engine.execute(fiche.competence_id, creer).await.unwrap();
    }
    let id = |n| ApprentissageId::du_joueur(competence_id(n), joueur());
    let learns = async |n| {
        let demande = Apprendre::lire(&engine, competence_id(n), joueur()).await.unwrap();
        let command = ApprentissageCommand::Apprendre(Box::new(demande));
        engine.execute(id(n), command).await.map(drop)
    };

    let missing =
        ApprentissageRefus::PreRequisManquant { competence: competence_id(2), niveau: rang(2) };
    assert_eq!(learns(1).await.unwrap_err().rejection(), Some(&missing));
    learns(2).await.unwrap();
    assert_eq!(learns(1).await.unwrap_err().rejection(), Some(&missing));
    for _ in 0..10 {
        engine.execute(id(2), UTILISER).await.unwrap();
    }
    engine.execute(id(2), ameliorer(2, 2)).await.unwrap();
    learns(1).await.unwrap();
}

#[tokio::test]
async fn a_skill_that_does_not_exist_is_refused() {
    let engine = Engine::new(MemoryStore::new());
    let refused = Apprendre::lire(&engine, competence_id(1), joueur()).await.unwrap_err();
    assert_eq!(refused.rejection(), Some(&CompetenceRefus::Inconnue));
}

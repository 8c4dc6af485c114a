//! Who may learn a skill.

use aether_game::competence::*;
use aether_game::values::*;

use super::fixtures::*;

#[test]
fn what_is_learned_says_all_that_its_use_needs() {
    nouveau().when(apprendre(fiche())).then([ApprentissageEvent::CompetenceApprise(Box::new(
        CompetenceApprise {
            joueur_id: joueur(),
            competence_id: competence_id(1),
            niveau_competence: rang(1),
            experience_competence: Experience::ZERO,
            modificateurs_actifs: ModificateursActifs::default(),
            type_competence: TypeCompetence::Active,
            niveau_requis: niveau(5),
            cout_mana: stat(25),
            cout_stamina: Stat::ZERO,
            cooldown_tours: 2,
            modificateurs_niveau: fiche().modificateurs_niveau,
            apprise_a: at(0),
        },
    ))]);
}

#[test]
fn a_skill_is_learned_once() {
    apprise(fiche()).when(apprendre(fiche())).then_rejected(ApprentissageRefus::DejaApprise);
}

#[test]
fn a_skill_needs_its_level() {
    let mut early = demande(fiche());
    early.niveau = niveau(4);
    nouveau().when(ApprentissageCommand::Apprendre(Box::new(early))).then_rejected(
        ApprentissageRefus::NiveauInsuffisant { requis: niveau(5), niveau: niveau(4) },
    );
}

#[test]
fn a_skill_needs_every_skill_before_it_up_to_its_level() {
    let needs = |n| CompetenceRequise { competence_id: competence_id(n), niveau: rang(3) };
    let with = |known: &[(u128, u8)]| {
        let mut demande = demande(avec(|it| it.pre_requis.competences = vec![needs(2), needs(3)]));
        demande.apprises = known.iter().map(|(n, at)| (competence_id(*n), rang(*at))).collect();
        ApprentissageCommand::Apprendre(Box::new(demande))
    };
    let missing =
        |n| ApprentissageRefus::PreRequisManquant { competence: competence_id(n), niveau: rang(3) };
    nouveau()
        .when(with(&[]))
        .then_rejected(missing(2))
        .when(with(&[(2, 3), (3, 2)]))
        .then_rejected(missing(3))
        .when(with(&[(2, 3), (3, 10)]))
        .then_state(|it| assert_eq!(it.niveau(), Some(rang(1))));
}

//! Every refusal of skills is reached by a command.

use aether_core::{Aggregate as _, Facts};
use aether_game::combat::{Pouvoir, TypeEffet};
use aether_game::competence::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;
use crate::refus::assert_all_reached;

fn creation(change: impl FnOnce(&mut FicheCompetence)) -> CompetenceRefus {
    let command = CompetenceCommand::Creer(Box::new(avec(change)));
    Competence::default().decide(&command, &Facts::at(at(0))).unwrap_err()
}

#[test]
fn every_refusal_of_a_definition_is_reached() {
    let again = CompetenceCommand::Creer(Box::new(fiche()));
    let requise = |n| CompetenceRequise { competence_id: competence_id(n), niveau: rang(1) };
    let poison = |duree_tours, chance| {
        let type_effet = TypeEffet::Poison;
        vec![Pouvoir::Effet { type_effet, puissance: 1, duree_tours, chance }]
    };
    assert_all_reached([
        creee(fiche()).decide(&again, &Facts::at(at(0))).unwrap_err(),
        Apprendre::new(&Competence::default(), joueur(), niveau(1)).unwrap_err(),
        creation(|it| it.effets.clear()),
        creation(|it| it.effets = vec![Pouvoir::Soin { puissance: u32::MAX }]),
        creation(|it| it.effets = poison(0, 1)),
        creation(|it| it.effets = poison(1, 101)),
        creation(|it| it.modificateurs_niveau.puissance = 101),
        creation(|it| it.pre_requis.competences = (2..8).map(requise).collect()),
        creation(|it| it.pre_requis.competences = vec![requise(1)]),
        creation(|it| it.type_competence = TypeCompetence::Passive),
    ]);
}

/// What a command meets after `past`.
fn meets(past: Scenario<Apprentissage>, command: ApprentissageCommand) -> ApprentissageRefus {
    let mut refused = None;
    let facts = Facts::at(at(1));
    let _ = past.then_state(|it| refused = it.decide(&command, &facts).err());
    refused.unwrap_or_else(|| panic!("{command:?} was carried out"))
}

#[test]
fn every_refusal_of_a_players_skill_is_reached() {
    let mut early = demande(fiche());
    early.niveau = niveau(1);
    let requise = CompetenceRequise { competence_id: competence_id(2), niveau: rang(1) };
    let later = apprendre(avec(|it| it.pre_requis.competences = vec![requise]));
    let highest = (2..=10)
        .fold(apprise(passive()), |it, vers| it.when(ameliorer(100, vers)).then_state(|_| {}));
    assert_all_reached([
        meets(nouveau(), UTILISER),
        meets(apprise(fiche()), apprendre(fiche())),
        meets(nouveau(), ApprentissageCommand::Apprendre(Box::new(early))),
        meets(nouveau(), later),
        meets(apprise(fiche()), ameliorer(1, 2)),
        meets(apprise(fiche()), ameliorer(100, 2)),
        meets(apprise(fiche()), ameliorer(100, 3)),
        meets(highest, ameliorer(100, 10)),
        meets(utilisee(fiche(), 1), UTILISER),
        meets(apprise(passive()), UTILISER),
    ]);
}

#[test]
fn every_refusal_of_a_bar_is_reached() {
    let placer = |n| BarreCommand::Placer {
        joueur_id: JoueurId::new(uuid::Uuid::from_u128(n)),
        competence_id: competence_id(1),
        position: PositionBarre::MIN,
    };
    let facts = Facts::at(at(0));
    let mut barre = Barre::default();
    for event in barre.decide(&placer(1), &facts).unwrap() {
        barre.apply(&event);
    }
    assert_all_reached([barre.decide(&placer(2), &facts).unwrap_err()]);
}

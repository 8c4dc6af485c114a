//! Factors of the economy, and rankings.

use aether_game::monde::*;
use uuid::Uuid;

use super::fixtures::*;

fn modifie(valeur: u16) -> MondeCommand {
    let facteur = Facteur::Reparations;
    MondeCommand::ModifierFacteur { facteur, valeur, intervention: intervention() }
}

#[test]
fn an_operator_changes_a_factor_with_a_reason() {
    monde([])
        .when(modifie(150))
        .then([MondeEvent::FacteurEconomiqueModifie {
            facteur: Facteur::Reparations,
            avant: 100,
            apres: 150,
            intervention: intervention(),
        }])
        .then_state(|monde| {
            assert_eq!(monde.facteur(Facteur::Reparations), 150);
            assert_eq!(monde.facteur(Facteur::Recompenses), 100);
        })
        .when(modifie(150))
        .then_nothing();
    for valeur in [0, 1_001, u16::MAX] {
        let refus = MondeRefus::FacteurHorsBornes { valeur, maximum: 1_000 };
        monde([]).when(modifie(valeur)).then_rejected(refus);
    }
}

#[test]
fn equal_scores_have_equal_ranks() {
    let ligne = |(n, score)| NouvelleLigne { id: Uuid::from_u128(n), nom: nom("Alba"), score };
    let publie = |scores: &[(u128, u64)]| MondeCommand::PublierClassement {
        classement: TypeClassement::Arene,
        lignes: scores.iter().copied().map(ligne).collect(),
    };
    let rang =
        |rang, n, score| LigneClassement { rang, id: Uuid::from_u128(n), nom: nom("Alba"), score };
    monde([])
        .when(publie(&[(1, 30), (2, 20), (3, 20), (4, 10)]))
        .then([MondeEvent::ClassementPublie {
            classement: TypeClassement::Arene,
            lignes: vec![rang(1, 1, 30), rang(2, 2, 20), rang(2, 3, 20), rang(4, 4, 10)],
            publie_a: a(0),
        }])
        .when(publie(&[(1, 20), (2, 30)]))
        .then_rejected(MondeRefus::ClassementEnDesordre)
        .when(publie(&[(1, 20), (1, 20)]))
        .then_rejected(MondeRefus::DoublonDansLot);
}

//! What counts for an objective, in which order, and how far.

use aether_game::quete::*;
use aether_game::values::*;

use super::fixtures::*;

fn pourcent(n: u8) -> Pourcent {
    Pourcent::new(n).unwrap()
}

fn progresse(objectif: u128, avant: u16, apres: u16, fait: u128, percent: [u8; 2]) -> ProgresEvent {
    let requis = fiche().objectifs[objectif as usize - 1].requis.get();
    ProgresEvent::ObjectifProgresse {
        joueur_id: joueur(),
        quete_id: quete_id(1),
        tentative: 1,
        objectif_id: objectif_id(objectif),
        avant,
        apres,
        requis,
        pourcentage_avant: pourcent(percent[0]),
        pourcentage_apres: pourcent(percent[1]),
        fait_id: fait_id(fait),
    }
}

#[test]
fn a_kill_counts_and_the_last_one_opens_the_next_stage() {
    en_cours(fiche())
        .when(tue(1))
        .then([progresse(1, 0, 1, 1, [0, 11])])
        .when(tue(2))
        .then([progresse(1, 1, 2, 2, [11, 22])])
        .when(tue(3))
        .then([
            progresse(1, 2, 3, 3, [22, 33]),
            ProgresEvent::ObjectifComplete {
                joueur_id: joueur(),
                quete_id: quete_id(1),
                tentative: 1,
                objectif_id: objectif_id(1),
                debloques: vec![objectif_id(2), objectif_id(3)],
                dernier: false,
                complete_a: at(1),
            },
        ]);
}

#[test]
fn the_last_objective_says_that_it_is_the_last() {
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    en_cours(visite(|_| {})).when(visiter).then([
        ProgresEvent::ObjectifProgresse {
            joueur_id: joueur(),
            quete_id: quete_id(1),
            tentative: 1,
            objectif_id: objectif_id(1),
            avant: 0,
            apres: 1,
            requis: 1,
            pourcentage_avant: Pourcent::ZERO,
            pourcentage_apres: Pourcent::MAX,
            fait_id: fait_id(1),
        },
        ProgresEvent::ObjectifComplete {
            joueur_id: joueur(),
            quete_id: quete_id(1),
            tentative: 1,
            objectif_id: objectif_id(1),
            debloques: vec![],
            dernier: true,
            complete_a: at(1),
        },
    ]);
}

#[test]
fn progress_is_never_above_what_is_required() {
    en_cours(fiche())
        .when(progresser(fait(1, TypeObjectif::Kill, 1, 9_999)))
        .then_state(|progres| assert_eq!(avances(progres), [3, 0, 0]))
        .when(tue(2))
        .then_nothing();
}

#[test]
fn a_fact_that_is_reported_again_counts_once() {
    en_cours(fiche())
        .when(tue(1))
        .then_state(|progres| assert_eq!(avances(progres), [1, 0, 0]))
        .when(tue(1))
        .then_nothing()
        .when(progresser(fait(1, TypeObjectif::Kill, 1, 2)))
        .then_nothing();
}

#[test]
fn a_fact_counts_once_although_the_next_stage_asks_for_the_same() {
    let twice = avec(|it| {
        it.objectifs = vec![
            objectif(1, TypeObjectif::Kill, 1, 1),
            Objectif { cible: cible(1), ..objectif(2, TypeObjectif::Kill, 1, 2) },
        ];
    });
    en_cours(twice)
        .when(tue(1))
        .then_state(|progres| assert_eq!(avances(progres), [1, 0]))
        .when(tue(1))
        .then_nothing()
        .when(tue(2))
        .then_state(|progres| assert!(progres.est_complete()));
}

#[test]
fn objectives_are_done_in_their_order() {
    en_cours(fiche()).when(progresser(fait(1, TypeObjectif::Dialogue, 3, 1))).then_nothing();
}

#[test]
fn what_serves_no_objective_changes_nothing() {
    en_cours(fiche())
        .when(progresser(fait(1, TypeObjectif::Kill, 9, 1)))
        .then_nothing()
        .when(progresser(fait(1, TypeObjectif::Explore, 1, 1)))
        .then_nothing();
}

#[test]
fn a_fact_for_another_attempt_or_after_the_end_changes_nothing() {
    let for_attempt = |tentative| {
        let fait = fait(9, TypeObjectif::Kill, 1, 1);
        ProgresCommand::Progresser { tentative, fait }
    };
    nouveau().when(for_attempt(1)).then_nothing();
    en_cours(fiche())
        .when(for_attempt(2))
        .then_nothing()
        .when(ProgresCommand::Abandonner { tentative: 1 })
        .then_state(|_| {})
        .when(for_attempt(1))
        .then_nothing();
    let tard = Fait { survenu_a: at(60), ..fait(9, TypeObjectif::Kill, 1, 1) };
    en_cours(fiche()).when(progresser(tard)).then_nothing();
}

#[test]
fn a_quest_is_followed_until_the_player_says_otherwise() {
    let suivre = |suivie| ProgresCommand::Suivre { suivie };
    en_cours(fiche())
        .when(suivre(true))
        .then_nothing()
        .when(suivre(false))
        .then([ProgresEvent::SuiviModifie {
            joueur_id: joueur(),
            quete_id: quete_id(1),
            tentative: 1,
            suivie_avant: true,
            suivie_apres: false,
        }])
        .then_state(|progres| assert!(!progres.est_suivie()));
    nouveau().when(suivre(true)).then_rejected(ProgresRefus::PasAcceptee);
}

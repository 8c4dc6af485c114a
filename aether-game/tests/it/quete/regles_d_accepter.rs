//! Who may accept a quest, when again, and what counts at once.

use aether_game::quete::*;
use aether_game::values::*;
use chrono::{DateTime, Utc};

use super::fixtures::*;

fn accepter_avec(change: impl FnOnce(&mut Accepter)) -> ProgresCommand {
    let mut demande = demande(fiche());
    change(&mut demande);
    ProgresCommand::Accepter(Box::new(demande))
}

#[test]
fn an_acceptance_says_all_that_the_attempt_needs() {
    nouveau().when(accepter(fiche())).then([ProgresEvent::QueteAcceptee(Box::new(Engagement {
        joueur_id: joueur(),
        quete_id: quete_id(1),
        tentative: 1,
        objectifs: fiche().objectifs,
        recompenses: recompenses(),
        repete: false,
        frequence_repetition: None,
        suivie: true,
        acceptee_a: at(0),
        expire_a: Some(at(60)),
    }))]);
}

#[test]
fn a_quest_needs_its_level() {
    let (requis, four) = (niveau(5), niveau(4));
    nouveau()
        .when(accepter_avec(|it| it.niveau = four))
        .then_rejected(ProgresRefus::NiveauInsuffisant { requis, niveau: four })
        .when(accepter_avec(|it| it.niveau = requis))
        .then_state(|progres| assert_eq!(progres.etat(), Some(EtatQuete::EnCours)));
}

#[test]
fn a_quest_needs_every_quest_before_it() {
    let before = || avec(|it| it.pre_requis.quetes = vec![quete_id(2), quete_id(3)]);
    let after = |done: &[u128]| {
        let mut demande = demande(before());
        demande.quetes_terminees = done.iter().map(|n| quete_id(*n)).collect();
        ProgresCommand::Accepter(Box::new(demande))
    };
    nouveau()
        .when(after(&[2]))
        .then_rejected(ProgresRefus::PreRequisManquant { quete: quete_id(3) })
        .when(after(&[2, 3]))
        .then_state(|progres| assert_eq!(progres.tentative(), 1));
}

#[test]
fn a_quest_is_accepted_once_at_a_time() {
    en_cours(fiche())
        .when(accepter(fiche()))
        .then_rejected(ProgresRefus::DejaAcceptee { tentative: 1 });
}

#[test]
fn the_progress_of_another_player_or_quest_takes_no_acceptance() {
    let (player, quest) = (joueur(), quete_id(1));
    let stranger = JoueurId::new(uuid::Uuid::from_u128(9));
    let lost = || en_cours(fiche()).when(ProgresCommand::Abandonner { tentative: 1 });
    lost()
        .then_state(|_| {})
        .when(accepter_avec(|it| it.joueur_id = stranger))
        .then_rejected(ProgresRefus::AutreFlux { joueur: player, quete: quest })
        .when(accepter(avec(|it| it.quete_id = quete_id(2))))
        .then_rejected(ProgresRefus::AutreFlux { joueur: player, quete: quest });
}

#[test]
fn what_already_was_so_counts_once() {
    let known = fait(1, TypeObjectif::Dialogue, 3, 1);
    let kill = |n| fait(n, TypeObjectif::Kill, 1, 1);
    nouveau()
        .when(accepter_avec(|it| it.acquis = vec![known, kill(2), kill(2), kill(3), known]))
        .then_state(|progres| assert_eq!(avances(progres), [2, 0, 1], "each fact once"))
        .when(tue(2))
        .then_nothing()
        .when(tue(4))
        .then_state(|progres| assert_eq!(avances(progres), [3, 0, 1]))
        .when(progresser(known))
        .then_nothing();
}

#[test]
fn what_already_was_so_never_counts_past_what_is_required() {
    nouveau()
        .when(accepter_avec(|it| it.acquis = vec![fait(1, TypeObjectif::Kill, 1, 9_999)]))
        .then_state(|progres| {
            assert_eq!(avances(progres), [3, 0, 0]);
            assert_eq!(progres.etape(), Some(2), "the next stage is open at once");
        });
}

#[test]
fn items_that_the_player_has_do_not_count_before_they_are_delivered() {
    nouveau()
        .when(accepter_avec(|it| it.acquis = vec![fait(1, TypeObjectif::Collect, 2, 5)]))
        .then_state(|progres| assert_eq!(avances(progres), [0, 0, 0]));
}

#[test]
fn a_list_of_facts_is_bounded() {
    let many = (0..101).map(|n| fait(n, TypeObjectif::Kill, 1, 1)).collect();
    nouveau()
        .when(accepter_avec(|it| it.acquis = many))
        .then_rejected(ProgresRefus::TropDAcquis { nombre: 101, maximum: 100 });
}

#[test]
fn a_quest_that_failed_or_was_given_up_can_be_tried_again() {
    for end in [ProgresCommand::Abandonner { tentative: 1 }, echouer()] {
        apres(en_cours(fiche()), [tue(1), end]).when(accepter(fiche())).then_state(|progres| {
            assert_eq!((progres.tentative(), avances(progres)), (2, vec![0, 0, 0]));
        });
    }
}

fn echouer() -> ProgresCommand {
    ProgresCommand::Echouer { tentative: 1, raison: RaisonEchec::Mort }
}

#[test]
fn a_quest_that_is_not_repeated_is_finished_once() {
    let again = || accepter(visite(|_| {}));
    terminee(|_| {})
        .when(again())
        .then_rejected(ProgresRefus::RecompenseAPrendre { tentative: 1 })
        .when(recompenser(1))
        .then_state(|_| {})
        .when(again())
        .then_rejected(ProgresRefus::PasRepetable { terminee_a: at(1) });
}

#[test]
fn a_quest_without_frequency_is_repeated_at_once() {
    apres(terminee(|it| it.repete = true), [recompenser(1)])
        .when(accepter(visite(|it| it.repete = true)))
        .then_state(|progres| assert_eq!(progres.tentative(), 2));
}

#[test]
fn a_daily_quest_comes_again_at_midnight_and_a_weekly_one_on_monday() {
    let midnight = at(12 * 60);
    let monday = "2026-05-11T00:00:00Z".parse().unwrap();
    let cases =
        [(FrequenceRepetition::Quotidien, midnight), (FrequenceRepetition::Hebdomadaire, monday)];
    for (frequence, a_partir_de) in cases {
        let repeated = |it: &mut FicheQuete| {
            it.repete = true;
            it.frequence_repetition = Some(frequence);
        };
        apres(terminee(repeated), [recompenser(1)])
            .at(a_partir_de - chrono::TimeDelta::microseconds(1))
            .when(accepter(visite(repeated)))
            .then_rejected(ProgresRefus::TropTot { a_partir_de })
            .at(a_partir_de)
            .when(accepter(visite(repeated)))
            .then_state(|progres| assert_eq!(progres.tentative(), 2));
    }
}

#[test]
fn a_week_that_ends_on_sunday_is_followed_by_monday() {
    let date = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let sunday = date("2026-05-10T23:59:59Z");
    let monday = date("2026-05-11T00:00:00Z");
    assert_eq!(FrequenceRepetition::Hebdomadaire.a_partir_de(sunday), monday);
    assert_eq!(FrequenceRepetition::Quotidien.a_partir_de(sunday), monday);
    let next = date("2026-05-18T00:00:00Z");
    assert_eq!(FrequenceRepetition::Hebdomadaire.a_partir_de(monday), next);
}

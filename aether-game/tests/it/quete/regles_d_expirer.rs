//! Time limits, failure and abandonment.

use aether_game::quete::*;
use aether_game::values::*;

use super::fixtures::*;

fn echouee(raison: RaisonEchec, pourcentage: u8, minute: i64) -> ProgresEvent {
    ProgresEvent::QueteEchouee {
        joueur_id: joueur(),
        quete_id: quete_id(1),
        tentative: 1,
        raison,
        pourcentage: Pourcent::new(pourcentage).unwrap(),
        echouee_a: at(minute),
    }
}

#[test]
fn a_timer_that_comes_too_early_is_refused() {
    en_cours(fiche())
        .at(at(59))
        .when(EXPIRER)
        .then_rejected(ProgresRefus::PasEncoreExpiree { expire_a: at(60) });
}

fn echeance(minute: i64) -> ProgresEvent {
    ProgresEvent::EcheanceAtteinte {
        joueur_id: joueur(),
        quete_id: quete_id(1),
        tentative: 1,
        expire_a: at(60),
        constatee_a: at(minute),
    }
}

#[test]
fn a_quest_fails_when_its_time_is_over_and_a_second_timer_finds_nothing() {
    apres(en_cours(fiche()), [tue(1)])
        .at(at(60))
        .when(ECHOUER)
        .then_rejected(ProgresRefus::PasEncoreExpiree { expire_a: at(60) })
        .when(EXPIRER)
        .then([echeance(60)])
        .when(EXPIRER)
        .then_nothing()
        .when(ECHOUER)
        .then([echouee(RaisonEchec::Expiration, 11, 60)])
        .when(EXPIRER)
        .then_nothing()
        .then_state(|progres| assert_eq!(progres.etat(), Some(EtatQuete::Echouee)));
}

#[test]
fn a_timer_that_comes_a_year_late_still_lets_it_fail() {
    en_cours(fiche())
        .at(at(525_600))
        .when(EXPIRER)
        .then([echeance(525_600)])
        .when(ECHOUER)
        .then([echouee(RaisonEchec::Expiration, 0, 525_600)]);
}

#[test]
fn what_was_done_in_time_counts_however_late_it_is_heard_of_until_the_quest_has_failed() {
    let trop_tard = apres(en_cours(visite(|_| {})).at(at(600)), [EXPIRER]);
    trop_tard
        .when(visiter_a(60))
        .then_nothing()
        .when(visiter_a(59))
        .then_state(|progres| assert!(progres.est_complete()))
        .when(ECHOUER)
        .then_nothing()
        .when(TERMINER)
        .then_state(|progres| assert!(progres.est_terminee()));
    apres(en_cours(visite(|_| {})).at(at(600)), [EXPIRER, ECHOUER])
        .when(visiter_a(59))
        .then_nothing();
}

#[test]
fn a_late_timer_does_not_meet_the_next_attempt() {
    apres(en_cours(fiche()), [ProgresCommand::Abandonner { tentative: 1 }, accepter(fiche())])
        .at(at(600))
        .when(EXPIRER)
        .then_nothing()
        .when(ProgresCommand::Expirer { tentative: 3 })
        .then_rejected(ProgresRefus::AutreTentative { tentative: 3, actuelle: 2 });
}

#[test]
fn nothing_counts_after_its_time_although_the_timer_is_late() {
    en_cours(visite(|_| {}))
        .at(at(60))
        .when(visiter_a(60))
        .then_nothing()
        .when(TERMINER)
        .then_rejected(ProgresRefus::Expiree { expire_a: at(60) });
}

#[test]
fn what_was_complete_in_time_is_finished_also_after_that_and_does_not_expire() {
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    apres(en_cours(visite(|_| {})), [visiter])
        .at(at(600))
        .when(EXPIRER)
        .then_nothing()
        .when(TERMINER)
        .then_state(|progres| assert!(progres.est_terminee()));
}

#[test]
fn a_quest_without_limit_never_expires() {
    en_cours(avec(|it| it.duree_limite_minutes = None))
        .at(at(100_000_000))
        .when(EXPIRER)
        .then_nothing()
        .when(ECHOUER)
        .then_nothing()
        .when(tue(1))
        .then_state(|progres| assert_eq!(avances(progres), [1, 0, 0]));
}

#[test]
fn a_quest_fails_for_other_reasons_too() {
    en_cours(fiche())
        .when(ProgresCommand::Echouer { tentative: 1, raison: RaisonEchec::Mort })
        .then([echouee(RaisonEchec::Mort, 0, 1)])
        .when(ProgresCommand::Echouer { tentative: 1, raison: RaisonEchec::ObjectifPerdu })
        .then_rejected(ProgresRefus::PasEnCours { etat: EtatQuete::Echouee });
}

#[test]
fn a_player_gives_up_once() {
    apres(en_cours(fiche()), [tue(1)])
        .when(ProgresCommand::Abandonner { tentative: 1 })
        .then([ProgresEvent::QueteAbandonnee {
            joueur_id: joueur(),
            quete_id: quete_id(1),
            tentative: 1,
            pourcentage: Pourcent::new(11).unwrap(),
            abandonnee_a: at(1),
        }])
        .when(ProgresCommand::Abandonner { tentative: 1 })
        .then_rejected(ProgresRefus::PasEnCours { etat: EtatQuete::Abandonee })
        .when(ProgresCommand::Suivre { suivie: false })
        .then_rejected(ProgresRefus::PasEnCours { etat: EtatQuete::Abandonee });
    nouveau()
        .when(ProgresCommand::Abandonner { tentative: 1 })
        .then_rejected(ProgresRefus::PasAcceptee);
}

//! Use and rest.

use aether_game::competence::*;
use aether_game::values::*;

use super::fixtures::*;

fn xp(n: u32) -> Experience {
    Experience::new(n).unwrap()
}

fn utilisee_a(seconds: i64, avant: Option<i64>, experience: u32) -> ApprentissageEvent {
    ApprentissageEvent::CompetenceUtilisee {
        joueur_id: joueur(),
        competence_id: competence_id(1),
        niveau_competence: rang(1),
        cout_mana: stat(25),
        cout_stamina: Stat::ZERO,
        experience_avant: xp(experience - 10),
        experience_apres: xp(experience),
        dernier_usage_avant: avant.map(at),
        utilisee_a: at(seconds),
    }
}

fn cooldown(debut: i64) -> ApprentissageEvent {
    ApprentissageEvent::CooldownDemarre {
        joueur_id: joueur(),
        competence_id: competence_id(1),
        duree_secondes: 60,
        debute_a: at(debut),
        finit_a: at(debut + 60),
    }
}

#[test]
fn a_skill_that_is_used_teaches_and_rests() {
    apprise(fiche())
        .when(UTILISER)
        .then([utilisee_a(0, None, 10), cooldown(0)])
        .at(at(60))
        .when(UTILISER)
        .then([utilisee_a(60, Some(0), 20), cooldown(60)]);
}

#[test]
fn a_skill_is_never_used_while_it_rests() {
    let rests = || ApprentissageRefus::AuRepos { jusqu_a: at(60) };
    let just_before = at(60) - chrono::TimeDelta::microseconds(1);
    utilisee(fiche(), 1)
        .when(UTILISER)
        .then_rejected(rests())
        .at(just_before)
        .when(UTILISER)
        .then_rejected(rests())
        .at(at(60))
        .when(UTILISER)
        .then_state(|it| assert_eq!(it.dernier_usage(), Some(at(60))));
}

#[test]
fn a_clock_that_is_behind_does_not_end_the_rest() {
    utilisee(fiche(), 1)
        .at(at(-3_600))
        .when(UTILISER)
        .then_rejected(ApprentissageRefus::AuRepos { jusqu_a: at(60) });
}

#[test]
fn an_improvement_does_not_end_the_rest() {
    let rests = ApprentissageRefus::AuRepos { jusqu_a: at(600) };
    utilisee(fiche(), 10)
        .when(ameliorer(100, 2))
        .then_state(|it| assert_eq!(it.niveau(), Some(rang(2))))
        .when(UTILISER)
        .then_rejected(rests);
}

#[test]
fn a_skill_without_rest_can_be_used_again_at_once() {
    apprise(avec(|it| it.cooldown_tours = 0))
        .when(UTILISER)
        .then([utilisee_a(0, None, 10)])
        .when(UTILISER)
        .then([utilisee_a(0, Some(0), 20)]);
}

#[test]
fn the_longest_rest_is_two_hours_and_seven_minutes() {
    apprise(avec(|it| it.cooldown_tours = u8::MAX))
        .when(UTILISER)
        .then_state(|it| assert_eq!(it.au_repos(at(0)), Some(at(7_650))));
}

#[test]
fn only_what_was_learned_and_is_not_passive_is_used() {
    nouveau().when(UTILISER).then_rejected(ApprentissageRefus::PasApprise);
    apprise(passive()).when(UTILISER).then_rejected(ApprentissageRefus::Passive);
}

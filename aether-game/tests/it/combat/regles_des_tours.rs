//! Who may act when.

use aether_core::Aggregate as _;
use aether_game::combat::*;

use super::fixtures::*;

#[test]
fn turns_go_by_initiative_then_dexterity_then_as_listed() {
    let quick = with(ally(7), |it| it.stats.dexterite = 11);
    let even = |n| with(foe(n), |it| it.initiative = 93);
    let combat = after(vec![even(8), even(9), quick, ally(3)], &[]);
    let order: Vec<_> = combat.ordre_tour().collect();
    assert_eq!(order, [pid(3), pid(7), pid(8), pid(9)]);
    assert_eq!(combat.participant_actif(), Some(pid(3)));
}

#[test]
fn turns_go_round() {
    let commands = [passes(1), passes(2), passes(3)];
    let combat = after(vec![ally(1), foe(2), ally(3)], &commands);
    assert_eq!((combat.participant_actif(), combat.numero_tour()), (Some(pid(1)), 4));
}

#[test]
fn only_the_active_participant_acts() {
    let not_yet = CombatRefus::PasSonTour { acteur: pid(2), actif: pid(1) };
    begun(vec![ally(1), foe(2)]).when(strikes(2, 1)).then_rejected(not_yet.clone());
    begun(vec![ally(1), foe(2)]).when(passes(2)).then_rejected(not_yet);
}

#[test]
fn a_stranger_does_not_act() {
    begun(vec![ally(1), foe(2)])
        .when(strikes(9, 1))
        .then_rejected(CombatRefus::ParticipantInconnu { participant: pid(9) });
}

#[test]
fn the_dead_do_not_act() {
    let frail = with(foe(2), |it| it.hp = 1);
    begun(vec![ally(1), frail, foe(3)])
        .when(strikes(1, 2))
        .then_state(|combat| assert_eq!(etat(combat, 2), EtatParticipant::Mort))
        .when(strikes(2, 1))
        .then_rejected(CombatRefus::HorsCombat { acteur: pid(2), etat: EtatParticipant::Mort });
}

#[test]
fn who_fell_in_an_arena_is_alive_but_does_not_act() {
    let mut command = demarrer(vec![ally(1), with(foe(2), |it| it.hp = 1), foe(3)]);
    command.type_combat = TypeCombat::Arene;
    scenario()
        .when(CombatCommand::Demarrer(Box::new(command)))
        .then_state(|_| {})
        .when(strikes(1, 2))
        .then_state(|_| {})
        .when(passes(2))
        .then_rejected(CombatRefus::HorsCombat { acteur: pid(2), etat: EtatParticipant::Ko });
}

#[test]
fn who_fled_does_not_act() {
    let quick = with(ally(1), |it| it.stats.dexterite = 1000);
    let mut combat = after(vec![quick, foe(2), ally(3)], &[]);
    // 95 in 100 at the most: until it works
    while etat(&combat, 1) == EtatParticipant::Actif {
        let active = combat.participant_actif().unwrap();
        let action = if active == pid(1) { Action::Fuite } else { Action::Defense };
        play(&mut combat, &CombatCommand::Agir { acteur: active, action });
    }
    let refused = combat.decide(&passes(1), &facts(1000));
    let etat = EtatParticipant::Fuite;
    assert_eq!(refused, Err(CombatRefus::HorsCombat { acteur: pid(1), etat }));
}

#[test]
fn turns_pass_over_the_fallen() {
    let frail = with(foe(2), |it| it.hp = 1);
    let combat = after(vec![ally(1), frail, foe(3)], &[strikes(1, 2)]);
    assert_eq!(combat.participant_actif(), Some(pid(3)));
}

#[test]
fn nothing_happens_before_the_start() {
    scenario().when(strikes(1, 2)).then_rejected(CombatRefus::PasDemarre);
    let timer = CombatCommand::ExpirerTour { numero_tour: 1 };
    scenario().when(timer).then_rejected(CombatRefus::PasDemarre);
}

#[test]
fn a_combat_starts_once() {
    let roster = || vec![ally(1), foe(2)];
    begun(roster()).when(start(roster())).then_rejected(CombatRefus::DejaDemarre);
}

#[test]
fn a_turn_ends_when_its_time_is_over() {
    let timer = CombatCommand::ExpirerTour { numero_tour: 1 };
    let echeance = at(30_000);
    begun(vec![ally(1), foe(2)])
        .at(at(29_999))
        .when(timer.clone())
        .then_rejected(CombatRefus::TourEnCours { numero_tour: 1, echeance })
        .at(echeance)
        .when(timer)
        .then_state(|combat| assert_eq!(combat.participant_actif(), Some(pid(2))));
}

#[test]
fn a_timer_that_comes_late_or_twice_does_nothing() {
    let timer = CombatCommand::ExpirerTour { numero_tour: 1 };
    begun(vec![ally(1), foe(2)])
        .at(at(30_000))
        .when(timer.clone())
        .then_state(|_| {})
        .when(timer)
        .then_nothing();
}

#[test]
fn a_timer_of_the_future_is_refused() {
    begun(vec![ally(1), foe(2)])
        .at(at(90_000))
        .when(CombatCommand::ExpirerTour { numero_tour: 2 })
        .then_rejected(CombatRefus::TourFutur { numero_tour: 2, actuel: 1 });
}

#[test]
fn who_is_too_late_does_not_act() {
    let echeance = at(30_000);
    begun(vec![ally(1), foe(2)])
        .at(echeance)
        .when(passes(1))
        .then_rejected(CombatRefus::TourExpire { numero_tour: 1, echeance });
}

#[test]
fn a_clock_that_goes_backwards_harms_nobody() {
    let mut combat = after(vec![ally(1), foe(2)], &[]);
    play_at(-5000, &mut combat, &passes(1));
    play_at(-9000, &mut combat, &CombatCommand::VerifierLimite);
    assert_eq!(combat.participant_actif(), Some(pid(2)));
}

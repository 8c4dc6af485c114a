//! The process of a combat, without a store.

use std::time::Duration;

use aether_game::combat::*;
use aether_game::processes::CombatLifecycle;
use aether_game::processes::combat_lifecycle::EtapeCombat;
use aether_game::values::BossId;
use aether_testkit::process::Process;

use crate::combat::fixtures::*;

fn combat_id() -> CombatId {
    CombatId::new(uuid::Uuid::from_u128(77))
}

/// The process hears what a combat says to a command.
fn entend(
    process: Process<CombatLifecycle>,
    combat: &mut Combat,
    command: &CombatCommand,
) -> Process<CombatLifecycle> {
    let heard = |event: &CombatEvent| {
        use CombatEvent as E;
        matches!(event, E::CombatDemarre { .. } | E::TourDebute { .. } | E::CombatTermine { .. })
    };
    let events = play(combat, command).into_iter().filter(heard);
    events.fold(process.at(at(0)), |process, event| {
        let process = process.heard(combat_id(), event);
        match combat.resultat() {
            Some(_) => process,
            None => process.sends_nothing(),
        }
    })
}

fn quitte(n: u128, recompense: bool) -> EtapeCombat {
    let joueur_id = ally(n).entite_id.joueur();
    EtapeCombat::Quitter { combat_id: combat_id(), joueur_id, recompense }
}

fn commence(foe: Participant) -> (Process<CombatLifecycle>, Combat) {
    let mut combat = Combat::default();
    let process = Process::of(CombatLifecycle);
    let process = entend(process, &mut combat, &start(vec![ally(1), ally(2), foe]));
    (process, combat)
}

#[test]
fn a_turn_has_a_timer_and_the_combat_has_another() {
    let (process, mut combat) = commence(foe(3));
    let process = process
        .sets("tour", Duration::from_secs(30))
        .sets("limite", Duration::from_mins(10))
        .rings("tour")
        .sends([EtapeCombat::ExpirerTour { combat_id: combat_id(), numero_tour: 1 }])
        .done();
    // the turn ends, and the next one has its own timer
    let process = entend(process, &mut combat, &passes(1)).rings("tour");
    process
        .sends([EtapeCombat::ExpirerTour { combat_id: combat_id(), numero_tour: 2 }])
        .refused("TOUR_EN_COURS")
        .sets("tour", Duration::from_secs(1))
        .rings("limite")
        .sends([EtapeCombat::VerifierLimite { combat_id: combat_id() }])
        .done()
        .sets("limite", Duration::from_secs(1))
        .sends_nothing()
        .continues();
}

#[test]
fn a_turn_that_ended_before_its_timer_was_heard_is_not_asked_about_again() {
    let (process, mut combat) = commence(foe(3));
    let process = process.rings("tour");
    let asked = [EtapeCombat::ExpirerTour { combat_id: combat_id(), numero_tour: 1 }];
    let process = entend(process.sends(asked), &mut combat, &passes(1));
    process
        .sets("tour", Duration::from_secs(31))
        .refused("TOUR_EN_COURS")
        .sends_nothing()
        .continues();
}

#[test]
fn each_player_leaves_when_the_combat_is_over() {
    let (process, mut combat) = commence(with(foe(3), |it| it.hp = 1));
    let process = entend(process, &mut combat, &strikes(1, 3));
    process.sends([quitte(1, true), quitte(2, true)]).ended();
}

#[test]
fn the_world_hears_first_that_a_boss_fell_and_who_comes_late_is_not_paid() {
    let boss = with(foe(3), |it| {
        it.type_entite = TypeEntite::Boss;
        it.hp = 1;
    });
    let boss_id = BossId::new(boss.entite_id.as_uuid());
    let vaincre = || [EtapeCombat::VaincreBoss { combat_id: combat_id(), boss_id }];
    let over = || {
        let (process, mut combat) = commence(boss.clone());
        entend(process, &mut combat, &strikes(1, 3)).sends(vaincre())
    };
    over().done().sends([quitte(1, true), quitte(2, true)]).ended();
    over().refused("BOSS_DEJA_VAINCU").sends([quitte(1, false), quitte(2, false)]).ended();
}

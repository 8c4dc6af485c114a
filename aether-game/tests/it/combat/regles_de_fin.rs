//! How a combat ends.

use aether_game::combat::*;

use super::fixtures::*;

#[test]
fn a_combat_ends_when_one_side_has_nobody_standing() {
    let mut combat = after(vec![ally(1), with(foe(2), |it| it.hp = 1)], &[]);
    let events = play(&mut combat, &strikes(1, 2));
    let Some(CombatEvent::CombatTermine {
        resultat,
        vainqueurs,
        vaincus,
        statistiques,
        recompenses,
        ..
    }) = events.last()
    else {
        panic!("not over: {events:?}");
    };
    assert_eq!(*resultat, ResultatCombat::Victoire);
    assert_eq!((&vainqueurs[..], &vaincus[..]), (&[pid(1)][..], &[pid(2)][..]));
    assert_eq!((statistiques.morts, statistiques.degats, statistiques.tours), (1, 1, 1));
    assert_eq!(statistiques.duree, 1000);
    assert_eq!((recompenses.experience, recompenses.or), (100, 7));
    assert_eq!(combat.etat(), EtatCombat::Termine);
    assert_eq!(combat.participant_actif(), None);
}

#[test]
fn monsters_that_win_are_given_nothing() {
    let mut combat = after(vec![foe(1), with(ally(2), |it| it.hp = 1)], &[]);
    let events = play(&mut combat, &strikes(1, 2));
    let Some(CombatEvent::CombatTermine { resultat, recompenses, .. }) = events.last() else {
        panic!("not over: {events:?}");
    };
    assert_eq!(*resultat, ResultatCombat::Defaite);
    assert_eq!(*recompenses, Recompenses::default());
}

#[test]
fn the_fall_of_the_boss_may_be_enough() {
    let boss = with(foe(2), |it| {
        it.type_entite = TypeEntite::Boss;
        it.hp = 1;
    });
    let mut command = demarrer(vec![ally(1), boss, foe(3)]);
    command.conditions.victoire = ConditionVictoire::BossVaincu;
    let mut combat = Combat::default();
    play(&mut combat, &CombatCommand::Demarrer(Box::new(command)));
    play(&mut combat, &strikes(1, 2));
    assert_eq!(combat.resultat(), Some(ResultatCombat::Victoire));
}

#[test]
fn a_combat_ends_when_the_last_of_a_side_flees() {
    let quick = with(ally(1), |it| it.stats.dexterite = 1000);
    let mut combat = after(vec![quick, foe(2)], &[]);
    while combat.resultat().is_none() {
        let active = combat.participant_actif().unwrap();
        let action = if active == pid(1) { Action::Fuite } else { Action::Defense };
        play(&mut combat, &CombatCommand::Agir { acteur: active, action });
    }
    assert_eq!(combat.resultat(), Some(ResultatCombat::Fuite));
    assert_eq!(combat.etat(), EtatCombat::Abandonne);
}

#[test]
fn a_combat_ends_at_its_time_limit() {
    let limit = 600_000;
    begun(vec![ally(1), foe(2)])
        .at(at(limit - 1))
        .when(CombatCommand::VerifierLimite)
        .then_nothing()
        .at(at(limit))
        .when(CombatCommand::VerifierLimite)
        .then_state(|combat| assert_eq!(combat.resultat(), Some(ResultatCombat::TempsEcoule)));
}

#[test]
fn nobody_wins_when_time_runs_out() {
    let mut combat = after(vec![ally(1), foe(2)], &[]);
    let events = play_at(600_000, &mut combat, &CombatCommand::VerifierLimite);
    let Some(CombatEvent::CombatTermine { vainqueurs, vaincus, recompenses, .. }) = events.last()
    else {
        panic!("not over: {events:?}");
    };
    assert!(vainqueurs.is_empty() && vaincus.is_empty());
    assert_eq!(*recompenses, Recompenses::default());
}

#[test]
fn nothing_is_accepted_after_the_time_limit_but_the_end() {
    let limite = at(600_000);
    begun(vec![ally(1), foe(2)])
        .at(limite)
        .when(passes(1))
        .then_rejected(CombatRefus::LimiteAtteinte { limite });
}

#[test]
fn a_combat_ends_at_its_limit_of_turns() {
    let mut command = demarrer(vec![ally(1), foe(2)]);
    command.conditions.limite_tours = 2;
    let mut combat = Combat::default();
    play(&mut combat, &CombatCommand::Demarrer(Box::new(command)));
    play(&mut combat, &passes(1));
    assert_eq!(combat.resultat(), None);
    play(&mut combat, &passes(2));
    assert_eq!(combat.resultat(), Some(ResultatCombat::TempsEcoule));
}

#[test]
fn nothing_is_accepted_after_the_end() {
    let over = CombatRefus::DejaTermine { resultat: ResultatCombat::Victoire };
    let won = || {
        begun(vec![ally(1), with(foe(2), |it| it.hp = 1)]).when(strikes(1, 2)).then_state(|_| {})
    };
    won().when(strikes(1, 2)).then_rejected(over.clone());
    won().when(passes(1)).then_rejected(over.clone());
    let timer = CombatCommand::ExpirerTour { numero_tour: 1 };
    won().at(at(90_000)).when(timer).then_rejected(over.clone());
    won().at(at(900_000)).when(CombatCommand::VerifierLimite).then_rejected(over);
    won().when(start(vec![ally(1), foe(2)])).then_rejected(CombatRefus::DejaDemarre);
}

//! The process of world events, without a store.

use std::time::Duration;

use aether_core::{Aggregate as _, ProcessManager as _, Recorded, RecordedEvent};
use aether_game::joueur::{Bilan, IssueCombat, JoueurEvent};
use aether_game::monde::*;
use aether_game::processes::EvenementMondial;
use aether_game::processes::evenement_mondial::EtapeEvenement;
use aether_game::values::*;
use aether_testkit::process::Process;

use crate::monde::fixtures::*;

/// What the world says to these commands.
fn dit(commands: &[MondeCommand]) -> Vec<MondeEvent> {
    let mut monde = Monde::default();
    let mut events = vec![];
    for command in commands {
        let said = monde.decide(command, &aether_core::Facts::at(a(0))).expect("accepted");
        said.iter().for_each(|event| monde.apply(event));
        events.extend(said);
    }
    events
}

fn evenement_du_genre(type_evenement: TypeEvenement, requis: u32) -> MondeCommand {
    let recompense = RecompenseEvenement { or: Or::fixe::<10>(), ..RecompenseEvenement::default() };
    MondeCommand::DeclencherEvenement(DeclencherEvenement {
        type_evenement,
        recompense,
        ..evenement_de(1, requis)
    })
}

/// The process that counts has heard that an event of this kind is on.
fn qui_compte(genre: TypeEvenement) -> Process<EvenementMondial> {
    let [declenche] = &dit(&[evenement_du_genre(genre, 10)])[..] else { panic!("begun") };
    Process::of(EvenementMondial).at(a(0)).heard(MondeId::UNIQUE, declenche.clone())
}

fn recoltees(zone_id: ZoneId, n: u16) -> MondeEvent {
    let recolte = Recolte {
        ressource_id: ressource(1),
        item_id: item(1),
        quantite: Quantite::new(n).unwrap(),
        avant: 100,
        apres: 100 - u32::from(n),
    };
    MondeEvent::RessourcesRecoltees {
        zone_id,
        joueur_id: joueur(1),
        recoltes: vec![recolte],
        heure: 0,
    }
}

fn compter(contributions: &[(u128, u32)]) -> EtapeEvenement {
    let contributions = contributions.iter();
    let contributions = contributions.map(|(n, de)| (evenement(1), joueur(*n), nombre(*de)));
    EtapeEvenement::Compter {
        contributions: contributions.collect(),
        combats: vec![],
        invasions: vec![],
    }
}

#[test]
fn what_is_done_while_a_batch_is_on_its_way_goes_into_the_next_one() {
    let here = || recoltees(zone(1), 3);
    qui_compte(TypeEvenement::Collecte)
        .sends_nothing()
        .heard(MondeId::UNIQUE, here())
        .sends([compter(&[(1, 3)])])
        .heard(MondeId::UNIQUE, here())
        .sends_nothing()
        .heard(MondeId::UNIQUE, here())
        .sends_nothing()
        .done()
        .sends([compter(&[(1, 6)])])
        .refused("EVENEMENT_EXPIRE")
        .sends_nothing()
        .heard(MondeId::UNIQUE, here())
        .sends([compter(&[(1, 3)])])
        .continues();
}

#[test]
fn what_is_done_elsewhere_or_is_of_another_kind_does_not_count() {
    let elsewhere = recoltees(zone(2), 3);
    let process = qui_compte(TypeEvenement::Collecte).heard(MondeId::UNIQUE, elsewhere);
    process.sends_nothing().continues();
    let harvest = recoltees(zone(1), 3);
    let process = qui_compte(TypeEvenement::Invasion).heard(MondeId::UNIQUE, harvest);
    process.sends_nothing().continues();
}

#[test]
fn combats_count_while_monsters_invade() {
    let combat_id = combat(1);
    let quitte = JoueurEvent::CombatQuitte {
        combat_id,
        issue: IssueCombat::Victoire,
        bilan: Bilan::default(),
        quitte_a: a(0),
    };
    let invasion = EtapeEvenement::Compter {
        contributions: vec![],
        combats: vec![(joueur(1), combat_id)],
        invasions: vec![(evenement(1), Some(zone(1)))],
    };
    let process = qui_compte(TypeEvenement::Invasion).heard(joueur(1), quitte.clone());
    process.sends([invasion]).continues();
    qui_compte(TypeEvenement::Festival).heard(joueur(1), quitte).sends_nothing().continues();
}

#[test]
fn who_beats_a_boss_takes_part_in_the_hunt() {
    let [.., vaincu] = &dit(&[apparait(1), vainc(1, 1)])[..] else { panic!("beaten") };
    qui_compte(TypeEvenement::Chasse)
        .heard(MondeId::UNIQUE, vaincu.clone())
        .sends([compter(&[(1, 1), (2, 1)])])
        .continues();
}

#[test]
fn nothing_counts_for_an_event_that_is_over() {
    let over = dit(&[declenche(1, 1), progresse(1, &[(1, 1)])]);
    let process = qui_compte(TypeEvenement::Collecte);
    let process = process.heard(MondeId::UNIQUE, recoltees(zone(1), 3)).sends([compter(&[(1, 3)])]);
    process
        .heard(MondeId::UNIQUE, recoltees(zone(1), 3))
        .heard(MondeId::UNIQUE, over[2].clone())
        .done()
        .sends_nothing()
        .continues();
}

/// The processes that hear an event, but for the one that counts.
fn autres(event: &MondeEvent) -> Vec<uuid::Uuid> {
    let recorded = RecordedEvent::build(event).of::<Monde>(MondeId::UNIQUE);
    let recorded = Recorded::read(recorded).unwrap().unwrap();
    let route = EvenementMondial.route(&recorded);
    route.processes().iter().copied().filter(|it| !it.is_nil()).collect()
}

#[test]
fn an_event_ends_at_its_time_a_boss_comes_back_and_everybody_who_took_part_is_rewarded_once() {
    use aether_core::process::{Input, Reaction};
    let everybody: Vec<_> = (1..=40).map(|n| (n, 1)).collect();
    let begun = evenement_du_genre(TypeEvenement::Collecte, 40);
    let events = dit(&[begun, progresse(1, &everybody), apparait(1), vainc(1, 1)]);
    let [declenche, _, termine, _, vaincu] = &events[..] else { panic!("{events:?}") };
    let hears = |process: uuid::Uuid, event: &MondeEvent| {
        let recorded = RecordedEvent::build(event).of::<Monde>(MondeId::UNIQUE);
        let recorded = Recorded::read(recorded).unwrap().unwrap();
        let (mut state, mut then) = (Default::default(), Reaction::new(process, a(0)));
        EvenementMondial.react(&mut state, Input::Event(&recorded), &mut then).unwrap();
        (state, then)
    };
    let [own] = autres(declenche)[..] else { panic!("one process") };
    let (mut state, then) = hears(own, declenche);
    assert_eq!(then.due("fin"), Some(a(3_600)));
    let mut then = Reaction::new(own, a(3_600));
    EvenementMondial.react(&mut state, Input::Timer("fin"), &mut then).unwrap();
    assert_eq!(then.sent(), [EtapeEvenement::Expirer { evenement_id: evenement(1) }]);
    let refused = Input::Refused { command: &then.sent()[0].clone(), reason: "EVENEMENT_EN_COURS" };
    let mut then = Reaction::new(own, a(0));
    EvenementMondial.react(&mut state, refused, &mut then).unwrap();
    assert_eq!(then.due("fin"), Some(a(1)));

    let processes = autres(termine);
    assert_eq!(processes.len(), 1 + usize::from(EvenementMondial::FILES));
    let mut rewarded = vec![];
    for process in processes {
        let (_, then) = hears(process, termine);
        assert!(then.is_end());
        for etape in then.sent() {
            let EtapeEvenement::Recompenser { joueur_id, recompense, .. } = etape else {
                panic!("{etape:?}")
            };
            assert_eq!(recompense.or, Or::fixe::<10>());
            rewarded.push(*joueur_id);
        }
    }
    rewarded.sort();
    assert_eq!(rewarded, (1..=40).map(joueur).collect::<Vec<_>>());

    let [boss_process] = autres(vaincu)[..] else { panic!("one process") };
    let (mut state, then) = hears(boss_process, vaincu);
    assert_eq!(then.due("retour"), Some(a(0) + Duration::from_secs(3_600)));
    let mut then = Reaction::new(boss_process, a(3_600));
    EvenementMondial.react(&mut state, Input::Timer("retour"), &mut then).unwrap();
    let (boss_id, nom, zone_id, repos_s) = (boss(1), nom("Hydre"), zone(1), 3_600);
    assert_eq!(then.sent(), [EtapeEvenement::FaireApparaitre { boss_id, nom, zone_id, repos_s }]);
}

#[test]
fn an_event_that_ran_out_of_time_rewards_nobody() {
    let events = dit(&[
        evenement_du_genre(TypeEvenement::Collecte, 10),
        progresse(1, &[(1, 1)]),
        MondeCommand::AnnulerEvenement { evenement: evenement(1), intervention: intervention() },
    ]);
    let [declenche, _, termine] = &events[..] else { panic!("{events:?}") };
    Process::of(EvenementMondial)
        .at(a(0))
        .heard(MondeId::UNIQUE, declenche.clone())
        .heard(MondeId::UNIQUE, termine.clone())
        .sends_nothing()
        .continues();
    use aether_core::process::{Input, Reaction};
    for process in autres(termine) {
        let recorded = RecordedEvent::build(termine).of::<Monde>(MondeId::UNIQUE);
        let recorded = Recorded::read(recorded).unwrap().unwrap();
        let (mut state, mut then) = (Default::default(), Reaction::new(process, a(0)));
        EvenementMondial.react(&mut state, Input::Event(&recorded), &mut then).unwrap();
        assert!(then.sent().is_empty() && then.is_end());
    }
}

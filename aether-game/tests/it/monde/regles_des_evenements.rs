//! World events: start, progress, end.

use aether_game::monde::*;
use aether_game::values::*;

use super::fixtures::*;

fn fin(
    resultat: ResultatEvenement,
    progres: u32,
    participants: &[(u128, u64)],
    s: i64,
) -> MondeEvent {
    let participant =
        |(de, total): &(u128, u64)| Participation { joueur_id: joueur(*de), total: *total };
    MondeEvent::EvenementMondialTermine {
        evenement_id: evenement(1),
        resultat,
        progres,
        requis: 10,
        participants: participants.iter().map(participant).collect(),
        recompense: RecompenseEvenement::default(),
        intervention: None,
        termine_a: a(s),
    }
}

fn progres(contributions: &[(u128, u32, u64)], avant: u32, apres: u32) -> MondeEvent {
    let contribution = |(de, quantite, total): &(u128, u32, u64)| Contribution {
        joueur_id: joueur(*de),
        quantite: *quantite,
        total: *total,
    };
    MondeEvent::EvenementMondialProgresse {
        evenement_id: evenement(1),
        contributions: contributions.iter().map(contribution).collect(),
        avant,
        apres,
        requis: 10,
    }
}

#[test]
fn an_event_begins_counts_what_players_do_and_ends_when_it_is_done() {
    monde([])
        .when(declenche(1, 10))
        .then([MondeEvent::EvenementMondialDeclenche(EvenementDeclenche {
            evenement_id: evenement(1),
            nom: nom("Invasion"),
            type_evenement: TypeEvenement::Invasion,
            zone_id: Some(zone(1)),
            requis: 10,
            recompense: RecompenseEvenement::default(),
            debute_a: a(0),
            fin_a: a(3_600),
        })])
        .when(progresse(1, &[(2, 3), (1, 4)]))
        .then([progres(&[(2, 3, 3), (1, 4, 4)], 0, 7)])
        .when(progresse(1, &[(2, 3)]))
        .then([
            progres(&[(2, 3, 6)], 7, 10),
            fin(ResultatEvenement::Reussi, 10, &[(1, 4), (2, 6)], 0),
        ])
        .then_state(|monde| assert!(monde.evenement(evenement(1)).is_none()))
        .when(progresse(1, &[(2, 3)]))
        .then_rejected(MondeRefus::EvenementIntrouvable { evenement: evenement(1) });
}

#[test]
fn progress_is_never_above_what_is_required() {
    monde([declenche(1, 10)]).when(progresse(1, &[(1, u32::MAX), (2, u32::MAX)])).then([
        progres(&[(1, u32::MAX, u64::from(u32::MAX)), (2, u32::MAX, u64::from(u32::MAX))], 0, 10),
        fin(
            ResultatEvenement::Reussi,
            10,
            &[(1, u64::from(u32::MAX)), (2, u64::from(u32::MAX))],
            0,
        ),
    ]);
}

#[test]
fn an_event_ends_when_its_time_is_over_and_not_before() {
    let fin_a = a(3_600);
    monde([declenche(1, 10), progresse(1, &[(1, 9)])])
        .at(a(3_599))
        .when(MondeCommand::ExpirerEvenement { evenement: evenement(1) })
        .then_rejected(MondeRefus::EvenementEnCours { evenement: evenement(1), fin_a })
        .at(fin_a)
        // what comes before the timer, but after the time, does not count
        .when(progresse(1, &[(1, 1)]))
        .then_rejected(MondeRefus::EvenementExpire { evenement: evenement(1), fin_a })
        .when(MondeCommand::ExpirerEvenement { evenement: evenement(1) })
        .then([fin(ResultatEvenement::TempsEcoule, 9, &[(1, 9)], 3_600)])
        // the timer comes again
        .when(MondeCommand::ExpirerEvenement { evenement: evenement(1) })
        .then_nothing();
}

#[test]
fn an_event_begins_once() {
    let refus = MondeRefus::EvenementDejaLance { evenement: evenement(1) };
    monde([declenche(1, 1)])
        .when(declenche(1, 1))
        .then_rejected(refus.clone())
        .when(progresse(1, &[(1, 1)]))
        .then_state(|_| {})
        .when(declenche(1, 1))
        .then_rejected(refus);
}

#[test]
fn an_operator_ends_an_event_with_a_reason() {
    let annule =
        MondeCommand::AnnulerEvenement { evenement: evenement(1), intervention: intervention() };
    monde([declenche(1, 10)])
        .when(annule.clone())
        .then_state(|monde| assert!(monde.evenement(evenement(1)).is_none()))
        .when(annule)
        .then_rejected(MondeRefus::EvenementIntrouvable { evenement: evenement(1) });
}

#[test]
fn an_event_lasts_a_minute_to_thirty_days_and_grants_ten_kinds_of_items() {
    let (minimum_s, maximum_s) = (60, 2_592_000);
    for duree_s in [0, 59, 2_592_001, u32::MAX] {
        let demande = DeclencherEvenement { duree_s, ..evenement_de(1, 1) };
        let refus = MondeRefus::DureeEvenement { duree_s, minimum_s, maximum_s };
        monde([]).when(MondeCommand::DeclencherEvenement(demande)).then_rejected(refus);
    }
    let accorde = |n| ItemAccorde { item_id: item(n), quantite: Quantite::MAX };
    let recompense =
        RecompenseEvenement { items: (0..11).map(accorde).collect(), ..Default::default() };
    let demande = DeclencherEvenement { recompense, ..evenement_de(1, 1) };
    let refus = MondeRefus::RecompenseTropLongue { nombre: 11, maximum: 10 };
    monde([]).when(MondeCommand::DeclencherEvenement(demande)).then_rejected(refus);
}

#[test]
fn twenty_events_are_on_at_most() {
    monde((0..20).map(|n| declenche(n, 1)))
        .when(declenche(20, 1))
        .then_rejected(MondeRefus::TropDEvenements { maximum: 20 })
        .when(progresse(7, &[(1, 1)]))
        .then_state(|_| {})
        .when(declenche(20, 1))
        .then_state(|monde| assert!(monde.evenement(evenement(20)).is_some()));
}

#[test]
fn a_batch_of_progress_names_each_player_once() {
    let cent_un: Vec<_> = (0..101).map(|n| (n, 1)).collect();
    let lot = |nombre| MondeRefus::LotInvalide { nombre, maximum: 100 };
    monde([declenche(1, 1_000)])
        .when(progresse(1, &[]))
        .then_rejected(lot(0))
        .when(progresse(1, &cent_un))
        .then_rejected(lot(101))
        .when(progresse(1, &[(1, 1), (1, 2)]))
        .then_rejected(MondeRefus::DoublonDansLot);
}

#[test]
fn ten_thousand_players_take_part_at_most() {
    let mut monde = Monde::default();
    joue(&mut monde, &declenche(1, u32::MAX), a(0)).unwrap();
    for lot in 0..100 {
        let lot: Vec<_> = (0..100).map(|n| (100 * lot + n, 1)).collect();
        joue(&mut monde, &progresse(1, &lot), a(0)).unwrap();
    }
    let refus = MondeRefus::EvenementComplet { joueur: joueur(10_000), maximum: 10_000 };
    assert_eq!(joue(&mut monde, &progresse(1, &[(5, 1), (10_000, 1)]), a(0)), Err(refus));
    joue(&mut monde, &progresse(1, &[(5, 1)]), a(0)).unwrap();
    // and the event that names them all can be stored
    let fin = MondeCommand::ExpirerEvenement { evenement: evenement(1) };
    let events = joue(&mut monde, &fin, a(3_600)).unwrap();
    let payload = aether_core::Event::encode(&events[0]).unwrap();
    let octets = payload.to_string().len();
    assert!(octets < 1 << 20, "{octets} bytes");
}

//! The clock, seasons, and zones that are discovered.

use aether_game::monde::*;
use chrono::{DateTime, Utc};

use super::fixtures::*;

#[test]
fn the_clock_moves_hour_by_hour() {
    let moment = |n| Moment::a(heures(n));
    monde([])
        .when(MondeCommand::AvancerCycle)
        .then([MondeEvent::CycleJourNuitChange { avant: None, apres: moment(0), change_a: a(0) }])
        .at(a(Moment::HEURE_S))
        .when(MondeCommand::AvancerCycle)
        .then([MondeEvent::CycleJourNuitChange {
            avant: Some(moment(0)),
            apres: moment(1),
            change_a: a(Moment::HEURE_S),
        }]);
}

#[test]
fn a_timer_of_the_clock_comes_twice_late_or_early() {
    monde([MondeCommand::AvancerCycle])
        .at(a(Moment::HEURE_S - 1))
        .when(MondeCommand::AvancerCycle)
        .then_nothing()
        // ten minutes of outage: one event, and no hour is lost
        .at(a(2 * Moment::HEURE_S + 17))
        .when(MondeCommand::AvancerCycle)
        .then_state(|monde| assert_eq!(monde.moment(), Some(Moment::a(heures(2)))))
        .when(MondeCommand::AvancerCycle)
        .then_nothing()
        // another node's clock is late
        .at(a(Moment::HEURE_S))
        .when(MondeCommand::AvancerCycle)
        .then_nothing();
}

#[test]
fn a_day_has_24_hours_a_season_30_days_a_year_four_seasons() {
    let debut = Moment::a(heures(0));
    assert_eq!((debut.heure, debut.jour_saison, debut.saison), (0, 1, Saison::Printemps));
    let saisons = [Saison::Printemps, Saison::Ete, Saison::Automne, Saison::Hiver];
    for heure in 0..2 * 4 * 30 * 24_i64 {
        let moment = Moment::a(heures(heure));
        assert_eq!(i64::from(moment.heure), heure % 24);
        assert_eq!(i64::from(moment.jour_saison), heure / 24 % 30 + 1);
        assert_eq!(moment.saison, saisons[(heure / 24 / 30 % 4) as usize]);
        assert_eq!(moment.est_nuit(), !(6..20).contains(&moment.heure));
    }
}

#[test]
fn every_time_of_the_calendar_is_a_time_of_the_world() {
    for temps in [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC] {
        let moment = Moment::a(temps);
        assert!(moment.heure < 24 && (1..=30).contains(&moment.jour_saison));
    }
    for heure in [i64::MIN, -1, 0, i64::MAX] {
        let moment = Moment::de_l_heure(heure);
        assert!(moment.heure < 24 && (1..=30).contains(&moment.jour_saison));
    }
    assert_eq!(Moment::de_l_heure(-1).saison, Saison::Hiver);
}

#[test]
fn a_zone_is_discovered_once() {
    let decouvre = |n, de| MondeCommand::DecouvrirZone {
        zone: zone(n),
        nom: nom("Clairière"),
        joueur: joueur(de),
    };
    monde([])
        .when(decouvre(1, 1))
        .then([MondeEvent::ZoneDecouverte {
            zone_id: zone(1),
            nom: nom("Clairière"),
            joueur_id: joueur(1),
            decouverte_a: a(0),
        }])
        .then_state(|monde| {
            assert!(monde.est_decouverte(zone(1)) && !monde.est_decouverte(zone(2)));
        })
        .when(decouvre(1, 2))
        .then_nothing()
        .when(decouvre(1, 1))
        .then_nothing();
}

#[test]
fn the_world_has_a_thousand_zones_at_most() {
    let mut monde = Monde::default();
    for n in 0..=1_000 {
        let decouvre =
            MondeCommand::DecouvrirZone { zone: zone(n), nom: nom("Zone"), joueur: joueur(1) };
        let resultat = joue(&mut monde, &decouvre, a(0));
        let plein = Err(MondeRefus::TropDeZones { maximum: 1_000 });
        assert!(if n < 1_000 { resultat.is_ok() } else { resultat == plein });
    }
}

//! Resources that grow and are gathered.

use aether_game::monde::*;
use aether_game::values::*;

use super::fixtures::*;

fn quantites(monde: &Monde, n: u128) -> Vec<u32> {
    monde.zone(zone(n)).unwrap().gisements.values().map(|it| it.quantite).collect()
}

#[test]
fn resources_are_laid_out_full_and_gathered_in_batches() {
    monde([declare(1, &[gisement(1, 100, 10), gisement(2, 50, 5)])])
        .when(recolte(1, &[(1, 30), (2, 50)]))
        .then([MondeEvent::RessourcesRecoltees {
            zone_id: zone(1),
            joueur_id: joueur(1),
            recoltes: vec![
                Recolte {
                    ressource_id: ressource(1),
                    item_id: item(1),
                    quantite: Quantite::new(30).unwrap(),
                    avant: 100,
                    apres: 70,
                },
                Recolte {
                    ressource_id: ressource(2),
                    item_id: item(2),
                    quantite: Quantite::new(50).unwrap(),
                    avant: 50,
                    apres: 0,
                },
            ],
            heure: Moment::a(a(0)).heure_absolue,
        }])
        .when(recolte(1, &[(1, 70), (2, 1)]))
        .then_rejected(MondeRefus::RessourceEpuisee {
            ressource: ressource(2),
            demande: 1,
            reste: 0,
        })
        .then_state(|monde| assert_eq!(quantites(monde, 1), [70, 0]));
}

#[test]
fn a_zone_grows_by_the_hour_up_to_its_maximum() {
    let croissance =
        |ressource_id, avant, apres, maximum| Croissance { ressource_id, avant, apres, maximum };
    monde([
        declare(1, &[gisement(1, 100, 10), gisement(2, 50, 5)]),
        recolte(1, &[(1, 90), (2, 8)]),
    ])
    .at(heures(2))
    .when(regenere(&[1]))
    .then([MondeEvent::RessourceRegeneree {
        zone_id: zone(1),
        ressources: vec![
            croissance(ressource(1), 10, 30, 100),
            croissance(ressource(2), 42, 50, 50),
        ],
        heure: Moment::a(heures(2)).heure_absolue,
    }]);
}

#[test]
fn a_timer_of_resources_comes_twice_late_or_early() {
    monde([declare(1, &[gisement(1, 1_000, 1)]), recolte(1, &[(1, 1_000)])])
        .when(regenere(&[1]))
        .then_nothing()
        .at(heures(500))
        .when(regenere(&[1]))
        .then_state(|monde| assert_eq!(quantites(monde, 1), [500]))
        .when(regenere(&[1]))
        .then_nothing()
        .at(heures(3))
        .when(regenere(&[1]))
        .then_nothing()
        .when(recolte(1, &[(1, 500)]))
        .then_state(|_| {})
        .at(heures(500))
        .when(regenere(&[1]))
        .then_nothing();
}

#[test]
fn what_was_full_does_not_grow_for_the_hours_before_it_was_gathered() {
    monde([declare(1, &[gisement(1, 100, 10)])])
        .at(heures(50))
        .when(recolte(1, &[(1, 100)]))
        .then_state(|_| {})
        .at(heures(51))
        .when(regenere(&[1]))
        .then_state(|monde| assert_eq!(quantites(monde, 1), [10]));
}

#[test]
fn what_has_grown_can_be_gathered_before_the_timer_comes() {
    monde([declare(1, &[gisement(1, 100, 10)]), recolte(1, &[(1, 100)])])
        .at(heures(3))
        .when(recolte(1, &[(1, 30)]))
        .then_state(|monde| assert_eq!(quantites(monde, 1), [0]));
}

#[test]
fn growth_does_not_overflow() {
    monde([declare(1, &[gisement(1, u32::MAX, u32::MAX)]), recolte(1, &[(1, 9_999)])])
        .at(chrono::DateTime::<chrono::Utc>::MAX_UTC)
        .when(regenere(&[1]))
        .then_state(|monde| assert_eq!(quantites(monde, 1), [u32::MAX]));
}

#[test]
fn nobody_gathers_what_is_not_there() {
    monde([declare(1, &[gisement(1, 100, 10)])])
        .when(recolte(2, &[(1, 1)]))
        .then_rejected(MondeRefus::ZoneSansRessources { zone: zone(2) })
        .when(recolte(1, &[(2, 1)]))
        .then_rejected(MondeRefus::RessourceIntrouvable { ressource: ressource(2) })
        .when(recolte(1, &[(1, 1), (1, 1)]))
        .then_rejected(MondeRefus::DoublonDansLot)
        .when(recolte(1, &[]))
        .then_rejected(MondeRefus::LotInvalide { nombre: 0, maximum: 50 })
        // a zone without resources does not grow
        .at(heures(9))
        .when(regenere(&[2]))
        .then_nothing();
}

#[test]
fn a_zone_has_fifty_resources_and_the_world_a_thousand_such_zones() {
    let trop: Vec<_> = (0..51).map(|n| gisement(n, 1, 1)).collect();
    let refus = MondeRefus::LotInvalide { nombre: 51, maximum: 50 };
    monde([]).when(declare(1, &trop)).then_rejected(refus);
    let mut monde = Monde::default();
    for n in 0..1_000 {
        joue(&mut monde, &declare(n, &[gisement(1, 1, 1)]), a(0)).unwrap();
    }
    let plein = Err(MondeRefus::TropDeZones { maximum: 1_000 });
    assert_eq!(joue(&mut monde, &declare(1_000, &[gisement(1, 1, 1)]), a(0)), plein);
    joue(&mut monde, &declare(999, &[gisement(2, 1, 1)]), a(0)).unwrap();
}

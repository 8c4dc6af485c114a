//! Rules of names.

use aether_core::event::EventType;
use aether_core::uuid::Uuid;
use aether_core::{Aggregate as _, Event as _, Facts};
use aether_game::reservation::*;
use aether_game::values::{JoueurId, NomUtilisateur};
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::refus::assert_all_reached;

/// Days after the beginning.
pub(crate) fn day(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + n)
}

pub(crate) fn joueur(n: u128) -> JoueurId {
    JoueurId::new(Uuid::from_u128(n))
}

pub(crate) fn nom(nom: &str) -> NomUtilisateur {
    NomUtilisateur::new(nom).unwrap()
}

pub(crate) fn reserve(n: u128) -> ReservationCommand {
    ReservationCommand::Reserver { nom: nom("Alba"), joueur: joueur(n) }
}

pub(crate) fn attribue(n: u128) -> ReservationCommand {
    ReservationCommand::Attribuer { nom: nom("Alba"), joueur: joueur(n) }
}

pub(crate) fn renonce(n: u128) -> ReservationCommand {
    ReservationCommand::Renoncer { joueur: joueur(n) }
}

fn reserved(n: u128, from: i64) -> ReservationEvent {
    ReservationEvent::NomReserve {
        nom: "Alba".into(),
        cle: "alba".into(),
        joueur_id: joueur(n),
        reserve_a: day(from),
        expire_a: day(from + 30),
    }
}

fn given(n: u128, on: i64) -> ReservationEvent {
    ReservationEvent::NomAttribue {
        nom: "Alba".into(),
        cle: "alba".into(),
        joueur_id: joueur(n),
        attribue_a: day(on),
    }
}

fn freed(n: u128, raison: RaisonLiberation, on: i64) -> ReservationEvent {
    ReservationEvent::NomLibere {
        nom: "Alba".into(),
        cle: "alba".into(),
        joueur_id: joueur(n),
        raison,
        libere_a: day(on),
    }
}

fn free() -> Scenario<Reservation> {
    Scenario::given([]).at(day(0))
}

fn taken() -> ReservationRefus {
    ReservationRefus::NomPris { nom: "Alba".into() }
}

#[test]
fn stored_names_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<ReservationEvent>(
        "events/reservation.lock.json",
    );
}

#[test]
fn a_reserved_name_is_kept_for_thirty_days() {
    free()
        .when(reserve(1))
        .then([reserved(1, 0)])
        .when(reserve(1))
        .then_nothing()
        .at(day(29))
        .when(reserve(2))
        .then_rejected(taken())
        .when(attribue(2))
        .then_rejected(taken())
        .when(attribue(1))
        .then([given(1, 29)]);
}

#[test]
fn an_abandoned_name_is_free_after_thirty_days() {
    let expiree = RaisonLiberation::Expiree;
    let abandoned = || free().when(reserve(1)).then([reserved(1, 0)]).at(day(30));
    abandoned().when(reserve(2)).then([freed(1, expiree, 30), reserved(2, 30)]);
    abandoned().when(attribue(2)).then([freed(1, expiree, 30), reserved(2, 30), given(2, 30)]);
    abandoned().when(ReservationCommand::Expirer).then([freed(1, expiree, 30)]);
    free()
        .when(reserve(1))
        .then_state(|_| {})
        .at(day(29))
        .when(ReservationCommand::Expirer)
        .then_nothing();
}

#[test]
fn the_name_of_a_player_stays_taken_for_ever() {
    free()
        .when(attribue(1))
        .then([reserved(1, 0), given(1, 0)])
        .at(day(10_000))
        .when(ReservationCommand::Expirer)
        .then_nothing()
        .when(reserve(2))
        .then_rejected(taken())
        .when(attribue(1))
        .then_rejected(ReservationRefus::NomDejaAttribue { nom: "Alba".into() })
        .when(renonce(1))
        .then_rejected(ReservationRefus::NomDejaAttribue { nom: "Alba".into() });
}

#[test]
fn a_name_is_given_up_by_its_holder_only() {
    free()
        .when(renonce(1))
        .then_rejected(ReservationRefus::NomNonReserve)
        .when(reserve(1))
        .then_state(|_| {})
        .when(renonce(2))
        .then_rejected(ReservationRefus::NomNonReserve)
        .when(renonce(1))
        .then([freed(1, RaisonLiberation::Renoncee, 0)])
        .when(reserve(2))
        .then([reserved(2, 0)]);
}

#[test]
fn a_name_belongs_into_its_own_stream() {
    let other = ReservationCommand::Reserver { nom: nom("Berthe"), joueur: joueur(1) };
    free().when(reserve(1)).then_state(|_| {}).when(other).then_rejected(
        ReservationRefus::NomDUnAutreFlux { cle: "berthe".into(), attendue: "alba".into() },
    );
}

#[test]
fn every_refusal_of_a_name_is_reached() {
    let reserved = Reservation::fold(&[reserved(1, 0)]);
    let given = Reservation::fold(&[given(1, 0)]);
    let refuse = |state: &Reservation, command| {
        state.decide(&command, &Facts::at(day(1))).expect_err("refused")
    };
    let other = ReservationCommand::Reserver { nom: nom("Berthe"), joueur: joueur(1) };
    assert_all_reached([
        refuse(&reserved, reserve(2)),
        refuse(&given, renonce(1)),
        refuse(&reserved, renonce(2)),
        refuse(&reserved, other),
    ]);
}

pub(crate) fn commands() -> impl Strategy<Value = ReservationCommand> {
    let spelling = prop::sample::select(&["Alba", "alba", "ALBA", "Berthe"][..]);
    prop_oneof![
        (spelling.clone(), 1..4_u128)
            .prop_map(|(it, n)| ReservationCommand::Reserver { nom: nom(it), joueur: joueur(n) }),
        (spelling, 1..4_u128)
            .prop_map(|(it, n)| ReservationCommand::Attribuer { nom: nom(it), joueur: joueur(n) }),
        (1..4_u128).prop_map(renonce),
        Just(ReservationCommand::Expirer),
    ]
}

proptest! {
    #[test]
    fn a_name_has_one_holder_and_a_player_never_loses_it(
        commands in prop::collection::vec((commands(), 0..20_i64), 1..40),
    ) {
        let mut state = Reservation::default();
        let mut log = vec![];
        let mut now = 0;
        for (command, days) in commands {
            now += days;
            let before = state.clone();
            let Ok(events) = state.decide(&command, &Facts::at(day(now))) else { continue };
            for event in events {
                let EventType { name, version } = *event.event_type();
                let stored = ReservationEvent::decode(name, version, &event.encode().unwrap()).unwrap();
                prop_assert_eq!(&stored, &event);
                state.apply(&stored);
                log.push(stored);
            }
            let owner = |it: &Reservation| it.tenue().filter(|it| it.expire_a.is_none()).map(|it| it.joueur);
            if let Some(owner_before) = owner(&before) {
                prop_assert_eq!(owner(&state), Some(owner_before));
            }
        }
        prop_assert_eq!(Reservation::fold(&log), state);
    }
}

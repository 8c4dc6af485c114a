//! Years of what players did.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aether_core::{Aggregate, Version};
use aether_game::combat::Combat;
use aether_game::competence::{Apprentissage, Barre, Competence};
use aether_game::economie::Economie;
use aether_game::equipement::Equipement;
use aether_game::inventaire::Inventaire;
use aether_game::item::Item;
use aether_game::joueur::{Joueur, JoueurEvent};
use aether_game::monde::Monde;
use aether_game::pnj::Pnj;
use aether_game::quete::{Progres, Quete};
use aether_game::reservation::Reservation;
use aether_game::world::{History, World, WorldEvent};
use chrono::{DateTime, TimeDelta, Utc};

use super::replay::{Replay, typed};

fn bytes(seed: u64) -> Vec<String> {
    let text = |it: WorldEvent| format!("{} {} {:?}", it.stream, it.version, it.event);
    World::new(seed).history(20, 3_000).map(text).collect()
}

#[test]
fn the_same_seed_makes_the_same_history_byte_for_byte() {
    let once = bytes(7);
    assert!(once.len() >= 3_000);
    assert_eq!(once, bytes(7));
    assert_ne!(once, bytes(8));
}

#[test]
fn a_history_has_the_length_and_the_players_that_were_asked_for() {
    for (players, events) in [(0, 2_000), (1, 2_000), (20, 3_000), (300, 5_000)] {
        let mut history = World::new(7).history(players, events);
        let written = history.by_ref().count() as u64;
        // the last unit is whole
        assert!((events..events + 200).contains(&written), "{written} events of {events}");
        assert!(history.players().len() <= players as usize);
        assert_eq!(history.players().len() == 0, players == 0);
    }
}

#[test]
fn time_rises_over_the_years_that_were_asked_for() {
    let start: DateTime<Utc> = "2021-06-01T00:00:00Z".parse().unwrap();
    let world = World::new(7).starting(start).lasting(TimeDelta::days(730));
    let mut last = start;
    let mut months = BTreeSet::new();
    for event in world.history(40, 12_000) {
        let time = event.event.timestamp();
        assert!(time >= last);
        last = time;
        months.insert(time.format("%Y-%m").to_string());
    }
    let days = (last - start).num_days();
    assert!((440..=900).contains(&days), "{days} days");
    assert!(months.len() >= 14, "{months:?}");
}

/// Each stream has versions from 1 on, and the state that its fold gives is the one that the history holds.
fn folds_to_what_is_held<A: Aggregate + PartialEq + std::fmt::Debug>(
    history: &History,
    replay: &Replay,
) -> usize {
    let mut folded = 0;
    for (id, state) in replay.of_type::<A>() {
        let held = history.state::<A>(aether_core::AggregateId::new(id));
        // what has ended is held no longer
        if *held != A::default() {
            assert_eq!(*held, state, "{} {id}", A::TYPE);
            folded += 1;
        }
    }
    folded
}

#[test]
fn every_stream_replays_without_gaps_to_the_state_that_the_history_holds() {
    let mut history = World::new(7).history(30, 15_000);
    let replay = Replay::of(history.by_ref());
    for (id, events) in replay.streams() {
        let versions: Vec<_> = events.iter().map(|it| it.version).collect();
        let expected: Vec<_> = (1..=versions.len() as u32).map(Version::new).collect();
        assert_eq!(versions, expected, "{id}");
        assert!(events.iter().all(|it| it.stream == events[0].stream));
    }
    let (h, r) = (&history, &replay);
    let folded = [
        folds_to_what_is_held::<Joueur>(h, r),
        folds_to_what_is_held::<Reservation>(h, r),
        folds_to_what_is_held::<Inventaire>(h, r),
        folds_to_what_is_held::<Equipement>(h, r),
        folds_to_what_is_held::<Progres>(h, r),
        folds_to_what_is_held::<Apprentissage>(h, r),
        folds_to_what_is_held::<Barre>(h, r),
        folds_to_what_is_held::<Economie>(h, r),
    ];
    assert!(folded.iter().all(|it| *it >= 3), "{folded:?}");
    assert_eq!(folds_to_what_is_held::<Item>(h, r), 500);
    assert_eq!(folds_to_what_is_held::<Competence>(h, r), 120);
    assert_eq!(folds_to_what_is_held::<Quete>(h, r), 300);
    assert_eq!(folds_to_what_is_held::<Pnj>(h, r), 200);
    assert_eq!(folds_to_what_is_held::<Monde>(h, r), 1);
    // combats that are over are held no longer, and all of them are over or were interrupted by the end
    let open = replay.of_type::<Combat>().filter(|(_, it)| it.resultat().is_none()).count();
    assert_eq!(folds_to_what_is_held::<Combat>(h, r), open);
}

#[test]
fn no_two_players_have_one_name() {
    let mut keys = HashSet::new();
    let replay = Replay::of(World::new(7).history(150, 12_000));
    let mut players = 0;
    for (_, events) in replay.streams().filter(|(_, it)| super::replay::is_of::<Joueur>(it)) {
        let JoueurEvent::JoueurCree { username_cle, .. } = typed::<Joueur>(&events[0]) else {
            panic!("a player begins with its creation");
        };
        assert!(keys.insert(username_cle));
        players += 1;
    }
    assert!(players > 50);
}

#[test]
fn rules_refuse_next_to_nothing_of_what_players_do() {
    let mut history = World::new(7).history(40, 20_000);
    let written = history.by_ref().count();
    assert!(history.refusals() * 500 < written as u64, "{} refusals", history.refusals());
}

/// What is so rare that a history of this test's length may lack it. Rewards of a history never wait as parcels: they stay due.
const RARE: [&str; 11] = [
    "ClasseChangee",
    "ColisDepose",
    "ColisRetire",
    "EquipementCede",
    "EquipementDetruit",
    "ItemConsigne",
    "ItemDetruit",
    "NomLibere",
    "PnjMort",
    "ProprietesModifiees",
    "RecompenseDeposee",
];

#[test]
fn players_do_everything_that_can_be_done() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for event in World::new(7).history(60, 60_000) {
        *counts.entry(event.event.event_type().to_string()).or_default() += 1;
    }
    let never: Vec<_> = crate::evenements::stored()
        .into_iter()
        .filter(|name| !counts.contains_key(name) && !RARE.contains(&name.as_str()))
        .collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn no_event_of_a_history_is_made_by_hand() {
    // events come out of decisions: no source of the world names a type of events of an aggregate
    for (path, text) in crate::sources::of("world") {
        for (number, line) in (1..).zip(text.lines()) {
            let code = line.split("//").next().unwrap_or(line);
            let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            let known = ["WorldEvent", "NewEvent", "ImportEvent", "Event"];
            let by_hand = words.find(|word| word.ends_with("Event") && !known.contains(word));
            assert_eq!(by_hand, None, "src/{path}:{number}");
        }
    }
}

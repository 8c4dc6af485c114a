//! Events to measure with: real combats, fought by bots, and an aggregate that answers with one event.

use aether_core::log::Metadata;
use aether_core::{Aggregate, Event as _, Facts, Shape};
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{Combat, CombatCommand, CombatEvent, TypeDegats};
use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The beginnings of combats, `length` events each, without end. The same seed makes the same ones.
pub fn fights(seed: u64, length: usize) -> impl Iterator<Item = Vec<CombatEvent>> {
    let mut rosters = Rosters::new(seed);
    std::iter::from_fn(move || Some(fight(&mut rosters, length))).flatten()
}

/// `None` if the combat ends before it has that many events.
fn fight(rosters: &mut Rosters, length: usize) -> Option<Vec<CombatEvent>> {
    let mut now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let (id, start) = rosters.next_combat();
    let seed = id.as_uuid().as_u64_pair().0;
    let mut combat = Combat::default();
    let mut events = Vec::with_capacity(length + 8);
    let mut command = CombatCommand::Demarrer(Box::new(start));
    loop {
        let decided = combat.decide(&command, &Facts::at(now).with_seed(seed)).ok()?;
        decided.iter().for_each(|event| combat.apply(event));
        events.extend(decided);
        if events.len() >= length {
            events.truncate(length);
            return Some(events);
        }
        now += TimeDelta::seconds(1);
        let active = combat.participant(combat.participant_actif()?)?;
        command = Tactic::suited_to(active.fiche).choose(&combat, active.id());
    }
}

/// `count` events of combats whose payloads are 250 to 400 bytes long.
#[must_use]
pub fn middling_events(count: usize) -> Vec<CombatEvent> {
    let middling = |event: &CombatEvent| {
        event.encode().is_ok_and(|json| (250..=400).contains(&json.as_str().len()))
    };
    fights(1, 40).flatten().filter(middling).take(count).collect()
}

/// The metadata of one request: a correlation id of its own, and a user.
#[must_use]
pub fn metadata() -> Metadata {
    Metadata {
        correlation_id: Some(Uuid::now_v7()),
        user_id: Some("player-1042".to_owned()),
        ..Metadata::default()
    }
}

/// A combat that answers each blow with exactly one event: what the command works measure.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub struct Brawl {
    combat: Combat,
}

/// The blow.
#[derive(Debug, Clone, Copy)]
pub struct Strike {
    /// How hard.
    pub damage: u32,
}

/// Nobody is there to be struck.
#[derive(Debug, thiserror::Error)]
#[error("the combat has not begun")]
pub struct NotBegun;

impl Aggregate for Brawl {
    const TYPE: &'static str = "Combat";
    type Command = Strike;
    type Event = CombatEvent;
    type Error = NotBegun;

    fn decide(&self, strike: &Strike, _: &Facts) -> Result<Vec<CombatEvent>, NotBegun> {
        let source = self.combat.participants().next().ok_or(NotBegun)?;
        let target = self.combat.participants().last().ok_or(NotBegun)?;
        let hp_avant = target.combattant.hp;
        let degats_finaux = strike.damage.min(hp_avant.saturating_sub(1));
        Ok(vec![CombatEvent::DegatsInfliges {
            action_id: Some(Uuid::now_v7().into()),
            numero_tour: self.combat.numero_tour(),
            source: source.id(),
            cible: target.id(),
            type_degats: TypeDegats::Physique,
            degats_bruts: strike.damage,
            reduction: strike.damage - degats_finaux,
            degats_finaux,
            critique: false,
            hp_avant,
            hp_apres: hp_avant - degats_finaux,
            mort: false,
        }])
    }

    fn apply(&mut self, event: &CombatEvent) {
        self.combat.apply(event);
    }
}

//! Events into the counters of their day.

use std::collections::HashSet;

use aether_core::{BoxError, EventSet, Projection, Recorded, RecordedEvent};
use aether_redis::{Counters, RedisTx};
use chrono::{TimeDelta, Utc};
use futures::future::{try_join_all, try_join3};
use serde::Deserialize;

use super::{ACTIVE_PLAYERS, COMBATS, TRANSACTIONS};
use crate::combat::{Combat, CombatEvent};
use crate::economie::{Economie, EconomieEvent};
use crate::joueur::{Joueur, JoueurEvent};

/// What is older than this belongs to no day that is still counted, whatever clock is asked.
const OVER: TimeDelta = TimeDelta::days(2);
/// How many events are counted at the same time.
const SIDE_BY_SIDE: usize = 64;

/// Counts combats, trades and active players of the day.
///
/// Each event is a source of its own (about 100 bytes until midnight), so that it counts once in whichever order they come: a
/// batch that finds Redis flushed counts before those that are delivered again.
#[derive(Debug, Clone, Copy, Default)]
pub struct DailyCountersProjection;

/// What it listens to.
#[derive(Debug, Clone, EventSet)]
pub enum ActesDuJour {
    /// Of a combat.
    #[event(of = Combat)]
    Combat(Departs),
    /// Of a book.
    #[event(of = Economie)]
    Marche(Echanges),
    /// Of a player.
    #[event(of = Joueur)]
    Joueur(Presences),
}

/// A combat began.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = CombatEvent)]
#[doc(hidden)]
pub enum Departs {
    /// It did.
    CombatDemarre {},
}

/// Two orders met.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = EconomieEvent)]
#[doc(hidden)]
pub enum Echanges {
    /// They did.
    TransactionExecutee {},
}

/// A player is there.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = JoueurEvent)]
#[doc(hidden)]
pub enum Presences {
    /// Signed in.
    JoueurConnecte {},
    /// Is in a combat.
    CombatRejoint {},
}

impl Projection<RedisTx> for DailyCountersProjection {
    type Events = ActesDuJour;

    fn name(&self) -> &'static str {
        "compteurs"
    }

    async fn project(
        &self,
        events: &[Recorded<ActesDuJour>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        let counters = Counters::new(tx.client().clone(), tx.keys().clone());
        let recent = Utc::now() - OVER;
        let mut lot = Lot::default();
        events.iter().filter(|it| it.recorded_at > recent).for_each(|it| lot.add(it));
        let counted = try_join3(
            count(&counters, COMBATS, &lot.combats),
            count(&counters, TRANSACTIONS, &lot.transactions),
            mark(&counters, &lot.presences),
        );
        counted.await.map_err(aether_core::Error::from)?;
        Ok(())
    }
}

async fn count(
    counters: &Counters,
    name: &str,
    events: &[&RecordedEvent],
) -> aether_redis::Result<()> {
    for events in events.chunks(SIDE_BY_SIDE) {
        let mut counts = Vec::with_capacity(events.len());
        for event in events {
            counts.push(counters.add_event(name, 1, event.event_id, *event));
        }
        try_join_all(counts).await?;
    }
    Ok(())
}

async fn mark(counters: &Counters, events: &[&RecordedEvent]) -> aether_redis::Result<()> {
    let mut seen = HashSet::new();
    for event in events {
        let day = event.recorded_at.date_naive();
        if seen.insert((event.aggregate_id, day)) {
            counters.mark_event(ACTIVE_PLAYERS, event.aggregate_id, *event).await?;
        }
    }
    Ok(())
}

/// The events of a batch, by what they count for.
#[derive(Default)]
struct Lot<'a> {
    combats: Vec<&'a RecordedEvent>,
    transactions: Vec<&'a RecordedEvent>,
    presences: Vec<&'a RecordedEvent>,
}

impl<'a> Lot<'a> {
    fn add(&mut self, recorded: &'a Recorded<ActesDuJour>) {
        let list = match recorded.event {
            ActesDuJour::Combat(_) => &mut self.combats,
            ActesDuJour::Marche(_) => &mut self.transactions,
            ActesDuJour::Joueur(_) => &mut self.presences,
        };
        list.push(&recorded.envelope);
    }
}

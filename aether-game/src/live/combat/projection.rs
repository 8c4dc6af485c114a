//! Combat events into Redis.

use std::collections::HashMap;

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_redis::RedisTx;

use super::step::{Start, Step};
use crate::combat::{Combat, CombatEvent, CombatId};
use crate::live::keys::{CombatKeys, ZoneKeys};

/// Keeps the live state of every combat in Redis, one guarded write per event.
#[derive(Debug, Clone, Copy, Default)]
pub struct LiveCombatProjection;

impl LiveCombatProjection {
    /// What its checkpoint is kept under.
    pub const NAME: &'static str = "live_combat";
}

impl Projection<RedisTx> for LiveCombatProjection {
    type Events = CombatEvent;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// The kinds of entities.
    fn tables(&self) -> &'static [&'static str] {
        &["combat", "zone"]
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    async fn project(
        &self,
        events: &[Recorded<CombatEvent>],
        tx: &mut RedisTx,
    ) -> Result<(), BoxError> {
        let mut started: HashMap<CombatId, Start> = HashMap::new();
        for recorded in events {
            let id = CombatId::from(recorded.aggregate_id);
            let combat = Step::new(tx.keys(), id, recorded);
            match &recorded.event {
                CombatEvent::CombatDemarre { zone_id, participants, .. } => {
                    tx.write(combat.started(*zone_id, participants));
                    let member = combat.membership(&ZoneKeys::new(tx.keys(), *zone_id), true);
                    tx.write(member);
                    let participants = participants.iter().map(|it| it.participant_id).collect();
                    started.insert(id, Start { zone: *zone_id, participants });
                }
                CombatEvent::CombatTermine { resultat, .. } => {
                    let start = match started.remove(&id) {
                        Some(start) => Some(start),
                        None => stored_start(tx, &combat.keys).await?,
                    };
                    // gone from Redis: nothing to end
                    let Some(start) = start else { continue };
                    tx.write(combat.ended(resultat.etat_final(), &start));
                    let member = combat.membership(&ZoneKeys::new(tx.keys(), start.zone), false);
                    tx.write(member);
                }
                event => tx.write(combat.went_on(event)?),
            }
        }
        Ok(())
    }
}

/// The start of a combat that an earlier batch put into Redis.
async fn stored_start(tx: &RedisTx, keys: &CombatKeys) -> Result<Option<Start>, BoxError> {
    let (state, order) = (keys.state(), keys.turn_order());
    let most = Combat::PARTICIPANTS_MAX as u32;
    let state = tx.client().hash(&state).await.map_err(aether_core::Error::from)?;
    let order = tx.client().sorted_set(&order, most).await.map_err(aether_core::Error::from)?;
    let Some(zone) = state.get("zone_id") else {
        return Ok(None);
    };
    let participants = order.iter().map(|(id, _)| Ok(id.parse::<uuid::Uuid>()?.into()));
    Ok(Some(Start {
        zone: zone.parse::<uuid::Uuid>()?.into(),
        participants: participants.collect::<Result<_, uuid::Error>>()?,
    }))
}

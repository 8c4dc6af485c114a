//! `participants_combat` and `effets_statut`: who fights, and the effects on them.
//!
//! An effect that ended leaves the table, and with it goes what would keep an older event from bringing it back. So effects are guarded by the
//! row of their bearer, which stays, and are written before it.

mod effets;
mod participants;
mod rows;
mod verify;

pub use rows::{CompetencesCombat, EffetStatut, EquipementCombat, ParticipantCombat};

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};
use serde::Serialize;

use self::effets::Effets;
use self::participants::Participants;
use super::combat::Instances;
use super::verify::VerifyReport;
use crate::combat::{Combat, CombatEvent, CombatId};

/// Fills `participants_combat` and `effets_statut`, with one statement each per batch, and one more each if combats ended. A further one
/// sees to it that there are combats to refer to.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParticipantProjection;

/// A combat that ended.
#[derive(Serialize)]
struct Fin {
    combat_id: CombatId,
    last_event_sequence: i64,
}

impl Projection<PgTx> for ParticipantProjection {
    type Events = CombatEvent;

    fn name(&self) -> &'static str {
        "participant"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["participants_combat", "effets_statut"]
    }

    async fn project(
        &self,
        events: &[Recorded<CombatEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut instances = Instances::default();
        let mut participants = Participants::default();
        let mut effets = Effets::default();
        for recorded in events {
            // only as they start: the rest is for the projection that owns them
            if matches!(recorded.event, CombatEvent::CombatDemarre { .. }) {
                instances.apply(recorded);
            }
            participants.apply(recorded);
            effets.apply(recorded);
        }
        instances.ensure(tx).await?;
        effets.write(tx).await?;
        participants.write(tx).await
    }
}

/// Compares the tables of participants with a fold of the log, when both are at rest. Keeps the combats in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_participants(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Participants>(store).await
}

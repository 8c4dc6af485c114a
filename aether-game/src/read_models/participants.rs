//! Participants and the effects on them.

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::PgTx;

use super::instances::Instances;
use super::sheets::Sheets;
use super::statuses::Statuses;
use crate::combat::{Combat, CombatEvent};

/// Fills `participants_combat` and `effets_statut`. At most seven statements per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParticipantProjection;

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
        let mut sheets = Sheets::default();
        let mut statuses = Statuses::default();
        for recorded in events {
            let event = &recorded.event;
            // only as they start: the rest is for the projection that owns them
            if matches!(event, CombatEvent::CombatDemarre { .. }) {
                instances.apply(recorded, event)?;
            }
            sheets.apply(recorded, event)?;
            statuses.apply(recorded, event)?;
        }
        instances.ensure(tx).await?;
        sheets.write(tx).await?;
        statuses.write(tx).await
    }
}

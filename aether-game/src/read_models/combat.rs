//! `instances_combat`, `actions_combat` and `historique_combat`: combats, what was done in them, and all that happened.

mod instances;
mod journal;
mod mots;
mod rows;
mod verify;

pub use mots::{Severite, TypeEvenement};
pub use rows::{ActionCombat, Details, DonneesAction, HistoriqueCombat, InstanceCombat};

pub(super) use instances::Instances;

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::journal::{Actions, Historique};
use super::verify::VerifyReport;
use crate::combat::{Combat, CombatEvent};

/// Fills `instances_combat`, `actions_combat` and `historique_combat`, with one statement each per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct CombatProjection;

impl Projection<PgTx> for CombatProjection {
    type Events = CombatEvent;

    fn name(&self) -> &'static str {
        "combat"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Combat::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["instances_combat", "actions_combat", "historique_combat"]
    }

    async fn project(
        &self,
        events: &[Recorded<CombatEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut instances = Instances::default();
        let mut actions = Actions::default();
        let mut historique = Historique::default();
        for recorded in events {
            instances.apply(recorded);
            actions.apply(recorded);
            historique.apply(recorded)?;
        }
        instances.write(tx).await?;
        actions.write(tx).await?;
        historique.write(tx).await
    }
}

/// Compares the tables of combats with a fold of the log, when both are at rest. Keeps combats and actions in memory, and of each event
/// what it is compared by.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_combats(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Combats>(store).await
}

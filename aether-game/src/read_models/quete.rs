//! `quetes` and `quetes_joueur`: quests, and how far players have come in them.
//!
//! A player has one row for each quest that he ever accepted. It tells the last attempt, and whether one was ever finished.

mod changes;
mod rows;
mod verify;

pub use rows::{Avancement, Quete, QueteJoueur};

use aether_core::{Aggregate as _, BoxError, EventSet, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::changes::{Progressions, Quetes};
use super::verify::VerifyReport;
use crate::quete::{ProgresEvent, QueteEvent};

/// All that is stored under the type of quests.
#[derive(Debug, Clone, EventSet)]
pub enum EvenementDeQuete {
    /// Of a definition.
    Definition(QueteEvent),
    /// Of a player's progress.
    Progres(ProgresEvent),
}

/// Fills `quetes` and `quetes_joueur`, with one statement each per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuestProjection;

impl Projection<PgTx> for QuestProjection {
    type Events = EvenementDeQuete;

    fn name(&self) -> &'static str {
        "quetes"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([crate::quete::Quete::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["quetes", "quetes_joueur"]
    }

    async fn project(
        &self,
        events: &[Recorded<EvenementDeQuete>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut quetes = Quetes::default();
        let mut progressions = Progressions::default();
        for recorded in events {
            match &recorded.event {
                EvenementDeQuete::Definition(event) => quetes.apply(recorded, event),
                EvenementDeQuete::Progres(event) => progressions.apply(recorded, event),
            }
        }
        quetes.write(tx).await?;
        progressions.write(tx).await
    }
}

/// Compares the tables of quests with a fold of the log, when both are at rest. Keeps definitions and progress in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_quetes(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Quetes>(store).await
}

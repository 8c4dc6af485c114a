//! `etat_monde`: the world, in one row.

mod changes;
mod rows;
mod verify;

pub use rows::{
    BossPresent, BossVaincu, Classement, EtatMonde, EvenementActif, Ressource, RessourcesDeZone,
    ZoneDecouverte,
};

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use super::verify::VerifyReport;
use crate::monde::{Monde, MondeEvent};

/// Fills `etat_monde`, with one statement per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct WorldProjection;

impl Projection<PgTx> for WorldProjection {
    type Events = MondeEvent;

    fn name(&self) -> &'static str {
        "monde"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Monde::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["etat_monde"]
    }

    async fn project(
        &self,
        events: &[Recorded<MondeEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut change = changes::Change::default();
        for recorded in events {
            change.apply(recorded)?;
        }
        change.write(tx).await
    }
}

/// Compares the state of the world with a fold of the log, when both are at rest.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_monde(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Etat>(store).await
}

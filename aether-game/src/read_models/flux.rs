//! `flux_livre`: what came into the game and left it, by reason. It is one side of the [ledger](crate::livre).

mod changes;
mod rows;
mod verify;

pub use rows::Flux;

use aether_core::{BoxError, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use super::verify::VerifyReport;
use crate::livre::EvenementDuLivre;

/// Fills `flux_livre`, with one statement per batch. Needs a single shard: purses, bags and books add to the same rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct LedgerProjection;

impl Projection<PgTx> for LedgerProjection {
    type Events = EvenementDuLivre;

    fn name(&self) -> &'static str {
        "flux"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["flux_livre"]
    }

    async fn project(
        &self,
        events: &[Recorded<EvenementDuLivre>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut changes = changes::Changes::default();
        for recorded in events {
            changes.apply(recorded);
        }
        changes.write(tx).await
    }
}

/// Compares the table of sources and sinks with a fold of the log, when both are at rest.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_flux(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Fluxes>(store).await
}

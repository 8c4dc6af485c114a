//! `ordres_economie`, `transactions_economie`, `prix_marche` and `colis_economie`: the market.
//!
//! Names of players come from the events, as they were when the order was placed. The tables hold all that a ledger sums: what open orders
//! have set aside, what trades owe until `reglee_a`, and parcels. The columns of `prix_marche` that follow the clock are left to
//! [`PrixHoraires`](crate::jobs::PrixHoraires); after a rebuild they are empty until its next run.

mod changes;
mod rows;
mod verify;

pub use rows::{ColisEconomie, CoursHoraire, OrdreEconomie, PrixMarche, TransactionEconomie};

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::changes::{Colis, Ordres, Prix, Transactions};
use super::verify::VerifyReport;
use crate::economie::{Economie, EconomieEvent};

/// Fills the tables of the market, with one statement each per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct EconomyProjection;

impl Projection<PgTx> for EconomyProjection {
    type Events = EconomieEvent;

    fn name(&self) -> &'static str {
        "economie"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([Economie::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["ordres_economie", "transactions_economie", "prix_marche", "colis_economie"]
    }

    async fn project(
        &self,
        events: &[Recorded<EconomieEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut ordres = Ordres::default();
        let mut transactions = Transactions::default();
        let mut prix = Prix::default();
        let mut colis = Colis::default();
        for recorded in events {
            ordres.apply(recorded);
            transactions.apply(recorded);
            prix.apply(recorded);
            colis.apply(recorded);
        }
        ordres.write(tx).await?;
        transactions.write(tx).await?;
        prix.write(tx).await?;
        colis.write(tx).await
    }
}

/// Compares the tables of the market with a fold of the log, when both are at rest. Keeps orders and trades in memory. Columns that
/// follow the clock are compared as of the last run of their job.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_economie(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Marche>(store).await
}

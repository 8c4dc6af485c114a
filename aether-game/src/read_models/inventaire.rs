//! `inventaires` and `items_inventaire`: bags, and what lies in them.
//!
//! A slot that is emptied leaves the table, and with it goes what would keep an older event from bringing it back. So slots are guarded by
//! their bag's row, which stays: what a bag's row has seen changes none of its slots any more. For that reason slots are written first.

mod changes;
mod rows;
mod slots;
mod verify;

pub use rows::{Instance, Inventaire, ItemInventaire};

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::changes::Inventaires;
use self::slots::Slots;
use super::verify::VerifyReport;
use crate::inventaire::InventaireEvent;

/// Fills `inventaires` and `items_inventaire`, with one statement each per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct InventoryProjection;

impl Projection<PgTx> for InventoryProjection {
    type Events = InventaireEvent;

    fn name(&self) -> &'static str {
        "inventaires"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([crate::inventaire::Inventaire::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["inventaires", "items_inventaire"]
    }

    async fn project(
        &self,
        events: &[Recorded<InventaireEvent>],
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let mut inventaires = Inventaires::default();
        let mut slots = Slots::default();
        for recorded in events {
            inventaires.apply(recorded);
            slots.apply(recorded);
        }
        slots.write(tx).await?;
        inventaires.write(tx).await
    }
}

/// Compares the tables of bags with a fold of the log, when both are at rest. Keeps the bags in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_inventaires(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Inventaires>(store).await
}

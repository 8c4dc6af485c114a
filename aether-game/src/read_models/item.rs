//! `items`: the catalogue.

mod changes;
mod rows;
mod verify;

pub use rows::Item;

use aether_core::{Aggregate as _, BoxError, Filter, Projection, Recorded};
use aether_postgres::{Error, PgStore, PgTx};

use self::changes::Items;
use super::verify::VerifyReport;
use crate::item::ItemEvent;

/// Fills `items`, with one statement per batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct ItemProjection;

impl Projection<PgTx> for ItemProjection {
    type Events = ItemEvent;

    fn name(&self) -> &'static str {
        "items"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types([crate::item::Item::TYPE])
    }

    fn tables(&self) -> &'static [&'static str] {
        &["items"]
    }

    async fn project(&self, events: &[Recorded<ItemEvent>], tx: &mut PgTx) -> Result<(), BoxError> {
        let mut items = Items::default();
        for recorded in events {
            items.apply(recorded);
        }
        items.write(tx).await
    }
}

/// Compares the table of the catalogue with a fold of the log, when both are at rest. Keeps the catalogue in memory.
///
/// # Errors
///
/// What the store or the database say, and [`Undecodable`](aether_core::Error::Undecodable) events. A difference is no error.
pub async fn verify_items(store: &PgStore) -> Result<VerifyReport, Error> {
    super::verify::verify::<verify::Items>(store).await
}

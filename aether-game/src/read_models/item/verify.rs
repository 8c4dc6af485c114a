//! What the table of the catalogue has to say: the states of the aggregates.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use sqlx::PgPool;

use super::rows::Item as Row;
use crate::item::{Item, ItemEvent};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::ItemId;

#[derive(Default)]
pub(super) struct Items(BTreeMap<ItemId, Folded>);

#[derive(Default)]
struct Folded {
    item: Item,
    sequence: i64,
}

impl Fold for Items {
    const AGGREGATES: &'static [&'static str] = &[Item::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: ItemEvent = recorded.decode()?;
        let item_id = ItemId::from(recorded.aggregate_id.as_uuid());
        let folded = self.0.entry(item_id).or_default();
        folded.item.apply(&event);
        folded.sequence = sequence(recorded.position);
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let rows = self.0.into_iter().filter_map(|(id, folded)| folded.row(id));
        report.compare(pool, rows).await
    }
}

impl Folded {
    fn row(self, item_id: ItemId) -> Option<Row> {
        let presentation = self.item.presentation()?.clone();
        let proprietes = self.item.proprietes()?.clone();
        let fiche = proprietes.fiche(item_id);
        Some(Row {
            item_id,
            nom: presentation.nom,
            description: presentation.description,
            type_item: proprietes.type_item,
            rarete: presentation.rarete,
            niveau_requis: proprietes.niveau_requis,
            stats: fiche.piece().cloned(),
            effets: proprietes.usage,
            valeur_or: presentation.valeur_or,
            poids: proprietes.poids,
            empilable: fiche.piece().is_none(),
            stack_max: fiche.par_slot(),
            echangeable: proprietes.echangeable,
            destructible: proprietes.destructible,
            icone_url: presentation.icone_url,
            recette_craft: proprietes.recette,
            last_event_sequence: self.sequence,
            retire: self.item.est_detruit(),
        })
    }
}

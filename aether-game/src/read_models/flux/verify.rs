//! What the table of sources and sinks has to say: the ledger, folded from the log.

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, Recorded, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use sqlx::PgPool;

use super::rows::Flux;
use crate::economie::{Economie, EconomieEvent};
use crate::inventaire::{Inventaire, InventaireEvent};
use crate::joueur::Joueur;
use crate::livre::{Compte, EvenementDuLivre, Livre};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::ItemId;

#[derive(Default)]
pub(super) struct Fluxes {
    livre: Livre,
    /// By key, the event that changed the sum last.
    last: BTreeMap<(ItemId, String), (i128, i64)>,
}

impl Fold for Fluxes {
    const AGGREGATES: &'static [&'static str] = &[Joueur::TYPE, Inventaire::TYPE, Economie::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let Some(read) = Recorded::<EvenementDuLivre>::read(recorded.clone())? else {
            return Ok(());
        };
        self.livre.inscrit(&read.event);
        self.note(&sums(Flux::OR, &self.livre.or), sequence(recorded.position));
        let of_a_bag = match read.event {
            EvenementDuLivre::Sac(event) => item(&event),
            EvenementDuLivre::Carnet(EconomieEvent::RecompenseDeposee(depose)) => {
                Some(depose.item_id)
            }
            _ => None,
        };
        if let Some((item, compte)) = of_a_bag.and_then(|it| self.livre.items.get_key_value(&it)) {
            self.note(&sums(*item, compte), sequence(recorded.position));
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let rows = self.last.into_iter().map(|((item_id, raison), (sum, last))| Flux {
            item_id,
            raison,
            quantite: i64::try_from(sum).unwrap_or(i64::MAX),
            last_event_sequence: last,
        });
        report.compare(pool, rows).await
    }
}

impl Fluxes {
    fn note(&mut self, sums: &[((ItemId, String), i128)], position: i64) {
        for (key, sum) in sums {
            let known = self.last.entry(key.clone()).or_default();
            if known.0 != *sum {
                *known = (*sum, position);
            }
        }
    }
}

fn sums<R: ToString>(item: ItemId, compte: &Compte<R>) -> Vec<((ItemId, String), i128)> {
    let all = compte.crees.iter().chain(&compte.detruits);
    all.map(|(raison, sum)| ((item, raison.to_string()), *sum)).collect()
}

/// The item that comes into the game or leaves it.
const fn item(event: &InventaireEvent) -> Option<ItemId> {
    match event {
        InventaireEvent::ItemAjoute(ajoute) => Some(ajoute.item_id),
        InventaireEvent::ItemRetire(retire) => Some(retire.item_id),
        InventaireEvent::ItemUtilise(utilise) => Some(utilise.item_id),
        _ => None,
    }
}

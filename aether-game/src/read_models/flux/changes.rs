//! What a batch adds to sources and sinks: one sum per row.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use serde::Serialize;

use super::rows::Flux;
use crate::economie::{EconomieEvent, RecompenseDeposee, TypeContenu};
use crate::inventaire::{InventaireEvent, ItemAjoute, ItemRetire, ItemUtilise};
use crate::joueur::JoueurEvent;
use crate::livre::EvenementDuLivre;
use crate::read_models::{row, sequence};
use crate::values::{Flux as Sens, ItemId, Or, RaisonItem, RaisonOr};

/// Sums by item and reason, in the order of their keys.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<(ItemId, &'static str), Sum>);

#[derive(Default, Clone, Copy)]
struct Sum {
    quantite: i64,
    first: i64,
    last: i64,
}

#[derive(Serialize)]
struct Change {
    item_id: ItemId,
    raison: &'static str,
    quantite: i64,
    first_event_sequence: i64,
    last_event_sequence: i64,
}

impl Changes {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<EvenementDuLivre>) {
        let position = sequence(recorded.position);
        match &recorded.event {
            EvenementDuLivre::Bourse(JoueurEvent::JoueurCree { or, .. }) => {
                self.or(RaisonOr::Creation, or.get().into(), position);
            }
            EvenementDuLivre::Bourse(JoueurEvent::OrModifie { avant, apres, raison, .. }) => {
                self.or(*raison, avant.get().abs_diff(apres.get()).into(), position);
            }
            EvenementDuLivre::Sac(InventaireEvent::ItemAjoute(ItemAjoute {
                item_id,
                quantite,
                source: raison,
                ..
            }))
            | EvenementDuLivre::Sac(InventaireEvent::ItemRetire(ItemRetire {
                item_id,
                quantite,
                raison,
                ..
            }))
            | EvenementDuLivre::Sac(InventaireEvent::ItemUtilise(ItemUtilise {
                item_id,
                quantite,
                raison,
                ..
            })) => self.item(*item_id, *raison, quantite.get().into(), position),
            EvenementDuLivre::Carnet(EconomieEvent::TransactionExecutee(transaction))
                if transaction.taxe > Or::ZERO =>
            {
                self.or(RaisonOr::TaxeMarche, transaction.taxe.get().into(), position);
            }
            EvenementDuLivre::Carnet(EconomieEvent::RecompenseDeposee(depose)) => {
                self.recompense(depose, position);
            }
            _ => {}
        }
    }

    fn recompense(&mut self, depose: &RecompenseDeposee, position: i64) {
        let RecompenseDeposee { item_id, quantite, origine, .. } = *depose;
        match depose.type_contenu {
            TypeContenu::Or => self.or(origine.raison_or(), quantite.into(), position),
            TypeContenu::Item => {
                self.item(item_id, origine.raison_item(), quantite.into(), position);
            }
        }
    }

    fn or(&mut self, raison: RaisonOr, quantite: i64, position: i64) {
        if raison.flux() != Sens::Mouvement {
            self.add((Flux::OR, raison.as_str()), quantite, position);
        }
    }

    fn item(&mut self, item: ItemId, raison: RaisonItem, quantite: i64, position: i64) {
        if raison.flux() != Sens::Mouvement {
            self.add((item, raison.as_str()), quantite, position);
        }
    }

    fn add(&mut self, key: (ItemId, &'static str), quantite: i64, position: i64) {
        let first = Sum { first: position, ..Sum::default() };
        let sum = self.0.entry(key).or_insert(first);
        sum.quantite += quantite;
        sum.last = position;
    }

    pub(super) async fn write(self, tx: &mut PgTx) -> Result<(), BoxError> {
        let changes = self.0.into_iter().map(|((item_id, raison), sum)| Change {
            item_id,
            raison,
            quantite: sum.quantite,
            first_event_sequence: sum.first,
            last_event_sequence: sum.last,
        });
        let changes: Vec<_> = changes.collect();
        row::write(&changes, include_str!("sql/merge_flux.sql"), tx).await
    }
}

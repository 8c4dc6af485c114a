//! The process of the market: it hands over what trades owe, and closes orders whose time is over.
//!
//! A trade is a process of one step. An order is a process that waits: for its time to be over, or for its end before that. The id of
//! an order is used once in its book: a second order under it would have no timer.

use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::uuid::Uuid;
use aether_core::{AggregateId, BoxError, EventSet, ProcessManager, Recorded};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::SURSIS;
use super::etape::mener;
use crate::economie::{EconomieEvent, EconomieRefus};
use crate::refus::Refus;
use crate::values::{ItemId, OrdreId, TransactionId};

mod execute;

/// Settles what a book has matched, and lets orders expire.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransactionMarche;

/// What is to be done on the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EtapeMarche {
    /// Hand over what a trade owes.
    Regler {
        /// The item that the book trades.
        item_id: ItemId,
        /// The trade.
        transaction_id: TransactionId,
    },
    /// Close an order whose time is over.
    Expirer {
        /// The item that the book trades.
        item_id: ItemId,
        /// The order.
        ordre_id: OrdreId,
    },
}

/// What the process of an order remembers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdreSuivi(Option<(ItemId, OrdreId)>);

/// What it hears of books.
#[derive(Debug, Deserialize, EventSet)]
#[serde(rename_all_fields = "camelCase")]
#[event(part_of = EconomieEvent)]
#[allow(missing_docs, reason = "as in EconomieEvent")]
pub enum Marche {
    OrdreVenteCree {
        ordre_id: OrdreId,
        item_id: ItemId,
        expire_a: DateTime<Utc>,
    },
    OrdreAchatCree {
        ordre_id: OrdreId,
        item_id: ItemId,
        expire_a: DateTime<Utc>,
    },
    TransactionExecutee {
        transaction_id: TransactionId,
        item_id: ItemId,
        ordre_vente_id: OrdreId,
        reste_vente_apres: u16,
        ordre_achat_id: OrdreId,
        reste_achat_apres: u16,
    },
    OrdreAnnule {
        ordre_id: OrdreId,
    },
}

const EXPIRATION: &str = "expiration";

impl ProcessManager for TransactionMarche {
    type State = OrdreSuivi;
    type Command = EtapeMarche;
    type Events = Marche;

    fn name(&self) -> &'static str {
        "transaction_marche"
    }

    fn route(&self, event: &Recorded<Marche>) -> Route {
        let carnet = event.aggregate_id;
        match event.event {
            Marche::OrdreVenteCree { ordre_id, .. }
            | Marche::OrdreAchatCree { ordre_id, .. }
            | Marche::OrdreAnnule { ordre_id } => Route::to(process_de_l_ordre(carnet, ordre_id)),
            Marche::TransactionExecutee {
                transaction_id,
                ordre_vente_id,
                reste_vente_apres,
                ordre_achat_id,
                reste_achat_apres,
                ..
            } => {
                let ordres =
                    [(ordre_vente_id, reste_vente_apres), (ordre_achat_id, reste_achat_apres)];
                let finis = ordres.into_iter().filter(|(_, reste)| *reste == 0);
                let finis = finis.map(|(ordre, _)| process_de_l_ordre(carnet, ordre));
                Route::each([transaction_id.as_uuid()].into_iter().chain(finis))
            }
        }
    }

    fn react(
        &self,
        suivi: &mut OrdreSuivi,
        input: Input<'_, Marche, EtapeMarche>,
        then: &mut Reaction<EtapeMarche>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => suivi.entend(&event.event, then),
            Input::Timer(_) => {
                if let Some((item_id, ordre_id)) = suivi.0 {
                    then.send(EtapeMarche::Expirer { item_id, ordre_id });
                }
            }
            // the clock that decided lags behind the one that rang
            Input::Refused { reason, .. } if reason == trop_tot() => then.after(EXPIRATION, SURSIS),
            _ => then.end(),
        }
        Ok(())
    }

    async fn execute(&self, etape: &EtapeMarche, run: Run<'_>) -> Result<Outcome, BoxError> {
        match *etape {
            EtapeMarche::Regler { item_id, transaction_id } => {
                mener(&execute::Reglement { item_id, transaction_id }, run).await
            }
            EtapeMarche::Expirer { item_id, ordre_id } => {
                mener(&execute::Expiration { item_id, ordre_id }, run).await
            }
        }
    }
}

impl OrdreSuivi {
    fn entend(&mut self, event: &Marche, then: &mut Reaction<EtapeMarche>) {
        match *event {
            Marche::OrdreVenteCree { ordre_id, item_id, expire_a }
            | Marche::OrdreAchatCree { ordre_id, item_id, expire_a } => {
                self.0 = Some((item_id, ordre_id));
                then.at(EXPIRATION, expire_a);
            }
            Marche::TransactionExecutee { transaction_id, item_id, .. } => {
                if then.process() == transaction_id.as_uuid() {
                    then.send(EtapeMarche::Regler { item_id, transaction_id });
                }
                then.end();
            }
            Marche::OrdreAnnule { .. } => then.end(),
        }
    }
}

/// One order id may be in two books.
fn process_de_l_ordre(carnet: AggregateId, ordre: OrdreId) -> Uuid {
    Uuid::new_v5(&carnet.as_uuid(), ordre.as_uuid().as_bytes())
}

/// How a book refuses to close an order whose time is not over.
fn trop_tot() -> &'static str {
    let (ordre, expire_a) = (OrdreId::new(Uuid::nil()), DateTime::UNIX_EPOCH);
    EconomieRefus::OrdreEnCours { ordre, expire_a }.code()
}

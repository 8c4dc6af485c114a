//! An order to sell or to buy.

use aether_core::{Aggregate, AggregateId, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub enum Ordre {
    /// Not given yet.
    #[default]
    Absent,
    /// Given.
    Ouvert,
    /// Carried out.
    Execute,
    /// Come to nothing.
    Annule,
}

/// An item is for sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Vente {
    /// This order.
    pub ordre: AggregateId,
    /// The seller's bag.
    pub sac: AggregateId,
    /// The seller's purse.
    pub bourse: AggregateId,
    /// The purse that gets the commission.
    pub maison: AggregateId,
    /// What is for sale.
    pub objet: Uuid,
}

/// Somebody wants to buy it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Achat {
    /// The order to sell.
    pub vente: AggregateId,
    /// The buyer's bag.
    pub sac: AggregateId,
    /// The buyer's purse.
    pub bourse: AggregateId,
    /// What is paid.
    pub prix: u32,
}

/// What can be asked of an order.
#[derive(Debug, Clone)]
pub enum OrdreCommand {
    /// Gives an order to sell.
    Vendre(Vente),
    /// Gives an order to buy.
    Acheter(Achat),
    /// Notes that it was carried out.
    Executer,
    /// Notes that it came to nothing.
    Annuler(String),
}

/// What happens to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "as the commands")]
pub enum OrdreEvent {
    OrdreVenteCree(Vente),
    OrdreAchatCree(Achat),
    OrdreExecute,
    OrdreAnnule { raison: String },
}

/// Why an order refuses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {0:?} already")]
pub struct OrdreRefus(Ordre);

impl Aggregate for Ordre {
    const TYPE: &'static str = "Ordre";
    type Command = OrdreCommand;
    type Event = OrdreEvent;
    type Error = OrdreRefus;

    fn decide(&self, command: &OrdreCommand, _: &Facts) -> Result<Vec<OrdreEvent>, OrdreRefus> {
        Ok(vec![match (self, command) {
            (Self::Absent, OrdreCommand::Vendre(vente)) => {
                OrdreEvent::OrdreVenteCree(vente.clone())
            }
            (Self::Absent, OrdreCommand::Acheter(achat)) => {
                OrdreEvent::OrdreAchatCree(achat.clone())
            }
            (Self::Ouvert, OrdreCommand::Executer) => OrdreEvent::OrdreExecute,
            (Self::Ouvert, OrdreCommand::Annuler(raison)) => {
                OrdreEvent::OrdreAnnule { raison: raison.clone() }
            }
            _ => return Err(OrdreRefus(*self)),
        }])
    }

    fn apply(&mut self, event: &OrdreEvent) {
        *self = match event {
            OrdreEvent::OrdreVenteCree(_) | OrdreEvent::OrdreAchatCree(_) => Self::Ouvert,
            OrdreEvent::OrdreExecute => Self::Execute,
            OrdreEvent::OrdreAnnule { .. } => Self::Annule,
        };
    }
}

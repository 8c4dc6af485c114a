//! An order to sell or to buy.

use aether_core::{Aggregate, AggregateId, Event, Facts, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub enum Order {
    /// Not given yet.
    #[default]
    Absent,
    /// Given.
    Open,
    /// Carried out.
    Executed,
    /// Come to nothing.
    Cancelled,
}

/// An item is for sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Offer {
    /// This order.
    pub order: AggregateId,
    /// The seller's bag.
    pub bag: AggregateId,
    /// The seller's purse.
    pub purse: AggregateId,
    /// The purse that gets the commission.
    pub house: AggregateId,
    /// What is for sale.
    pub item: Uuid,
}

/// Somebody wants to buy it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Bid {
    /// The order to sell.
    pub offer: AggregateId,
    /// The buyer's bag.
    pub bag: AggregateId,
    /// The buyer's purse.
    pub purse: AggregateId,
    /// What is paid.
    pub price: u32,
}

/// What can be asked of an order.
#[derive(Debug, Clone)]
pub enum OrderCommand {
    /// Gives an order to sell.
    Sell(Offer),
    /// Gives an order to buy.
    Buy(Bid),
    /// Notes that it was carried out.
    Execute,
    /// Notes that it came to nothing.
    Cancel(String),
}

/// What happens to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[expect(missing_docs, reason = "as the commands")]
pub enum OrderEvent {
    SellOrderPlaced(Offer),
    BuyOrderPlaced(Bid),
    OrderExecuted,
    OrderCancelled { reason: String },
}

/// Why an order refuses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {0:?} already")]
pub struct OrderRefusal(Order);

impl Aggregate for Order {
    const TYPE: &'static str = "Order";
    type Command = OrderCommand;
    type Event = OrderEvent;
    type Error = OrderRefusal;

    fn decide(&self, command: &OrderCommand, _: &Facts) -> Result<Vec<OrderEvent>, OrderRefusal> {
        Ok(vec![match (self, command) {
            (Self::Absent, OrderCommand::Sell(offer)) => OrderEvent::SellOrderPlaced(offer.clone()),
            (Self::Absent, OrderCommand::Buy(bid)) => OrderEvent::BuyOrderPlaced(bid.clone()),
            (Self::Open, OrderCommand::Execute) => OrderEvent::OrderExecuted,
            (Self::Open, OrderCommand::Cancel(reason)) => {
                OrderEvent::OrderCancelled { reason: reason.clone() }
            }
            _ => return Err(OrderRefusal(*self)),
        }])
    }

    fn apply(&mut self, event: &OrderEvent) {
        *self = match event {
            OrderEvent::SellOrderPlaced(_) | OrderEvent::BuyOrderPlaced(_) => Self::Open,
            OrderEvent::OrderExecuted => Self::Executed,
            OrderEvent::OrderCancelled { .. } => Self::Cancelled,
        };
    }
}

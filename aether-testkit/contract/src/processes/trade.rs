//! A trade between two players: the process manager, and what it moves.

use std::time::Duration;

use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{AggregateId, BoxError, EventSet, ProcessManager, Recorded};
use serde::{Deserialize, Serialize};

mod bag;
mod order;
mod purse;

pub use bag::{Bag, BagCommand, BagEvent, BagRefusal};
pub use order::{Bid, Offer, Order, OrderCommand, OrderEvent, OrderRefusal};
pub use purse::{Purse, PurseCommand, PurseEvent, PurseRefusal};

/// Leads one sale: sets the seller's item and the buyer's gold aside, moves the item, moves the gold less
/// 5 % commission. Any failure gives everything back.
///
/// The aggregates know nothing of trades and recognise no repetition: gold that is paid twice is gone
/// twice. That each command is carried out once is up to the library.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sales;

/// How far a sale has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sale {
    offer: Option<Offer>,
    bid: Option<(AggregateId, Bid)>,
    item: Place,
    gold: Place,
    failure: Option<String>,
}

/// Where an item or gold is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Place {
    /// With its owner.
    #[default]
    Home,
    /// On its way to be set aside.
    Asked,
    /// Set aside.
    Reserved,
    /// With its new owner.
    Delivered,
}

/// What a sale can ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Sets the item aside.
    ReserveItem(Offer),
    /// Sets the gold aside.
    ReserveGold(Bid),
    /// Moves the item to the buyer.
    DeliverItem(Offer, Bid),
    /// Moves the gold to the seller, and the commission to the house.
    PayGold(Offer, Bid),
    /// Gives the item back that was set aside.
    ReturnItem(Offer),
    /// Gives the gold back that was set aside.
    ReturnGold(Bid),
    /// Takes the item back from the buyer.
    TakeItemBack(Offer, Bid),
    /// Notes on an order that it was carried out.
    Execute(AggregateId),
    /// Notes on an order that it came to nothing.
    Cancel(AggregateId, String),
}

/// For how long a sale waits for its buyer.
pub const PATIENCE: Duration = Duration::from_hours(1);

type Then<'a> = &'a mut Reaction<Step>;

/// Of orders, what a trade begins with.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = OrderEvent)]
pub enum Announced {
    /// Somebody sells.
    SellOrderPlaced(Offer),
    /// Somebody buys.
    BuyOrderPlaced(Bid),
}

impl ProcessManager for Sales {
    type State = Sale;
    type Command = Step;
    type Events = Announced;

    fn name(&self) -> &'static str {
        "Sales"
    }

    fn route(&self, event: &Recorded<Announced>) -> Route {
        match &event.event {
            Announced::SellOrderPlaced(offer) => Route::to(offer.order),
            Announced::BuyOrderPlaced(bid) => Route::to(bid.offer),
        }
    }

    fn react(
        &self,
        sale: &mut Sale,
        input: Input<'_, Announced, Step>,
        then: Then<'_>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => match event.event.clone() {
                Announced::SellOrderPlaced(offer) => sale.open(offer, then),
                Announced::BuyOrderPlaced(bid) => sale.find_buyer(event.aggregate_id, bid, then),
            },
            Input::Timer(_) => sale.fail("nobody bought it in time", then),
            Input::Done(step) => sale.advance(step, then),
            Input::Refused { command, reason } => {
                sale.note_refusal(command);
                sale.fail(reason, then);
            }
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, step: &Step, run: Run<'_>) -> Result<Outcome, BoxError> {
        step.execute_in(run).await
    }
}

impl Sale {
    fn open(&mut self, offer: Offer, then: Then<'_>) {
        self.item = Place::Asked;
        then.send(Step::ReserveItem(offer.clone()));
        then.after("expiration", PATIENCE);
        self.offer = Some(offer);
    }

    fn find_buyer(&mut self, order: AggregateId, bid: Bid, then: Then<'_>) {
        if self.failure.is_some() || self.bid.is_some() {
            then.send(Step::Cancel(order, "the sale is over".to_owned()));
            return;
        }
        self.gold = Place::Asked;
        then.send(Step::ReserveGold(bid.clone()));
        self.bid = Some((order, bid));
    }

    fn advance(&mut self, step: &Step, then: Then<'_>) {
        match step {
            Step::ReserveItem(_) => self.item = Place::Reserved,
            Step::ReserveGold(_) => self.gold = Place::Reserved,
            Step::DeliverItem(offer, bid) => {
                self.item = Place::Delivered;
                then.send(Step::PayGold(offer.clone(), bid.clone()));
                return;
            }
            Step::PayGold(offer, _) => {
                then.send(Step::Execute(offer.order));
                if let Some((order, _)) = &self.bid {
                    then.send(Step::Execute(*order));
                }
                then.end();
                return;
            }
            _ => return,
        }
        if self.failure.is_some() {
            // it failed while this was on its way
            self.give_back(then);
        } else if let (Some(offer), Some((_, bid))) = (&self.offer, &self.bid)
            && (self.item, self.gold) == (Place::Reserved, Place::Reserved)
        {
            then.cancel("expiration");
            then.send(Step::DeliverItem(offer.clone(), bid.clone()));
        }
    }

    fn note_refusal(&mut self, step: &Step) {
        match step {
            Step::ReserveItem(_) => self.item = Place::Home,
            Step::ReserveGold(_) => self.gold = Place::Home,
            _ => {}
        }
    }

    fn fail(&mut self, reason: &str, then: Then<'_>) {
        if self.failure.is_none() {
            self.failure = Some(reason.to_owned());
            let bid = self.bid.as_ref().map(|(order, _)| *order);
            for order in self.offer.as_ref().map(|offer| offer.order).into_iter().chain(bid) {
                then.send(Step::Cancel(order, reason.to_owned()));
            }
        }
        self.give_back(then);
    }

    /// Gives back what is here; ends when nothing is on its way any more.
    fn give_back(&mut self, then: Then<'_>) {
        let bid = self.bid.as_ref().map(|(_, bid)| bid);
        if let Some(offer) = &self.offer {
            match (self.item, bid) {
                (Place::Reserved, _) => then.send(Step::ReturnItem(offer.clone())),
                (Place::Delivered, Some(bid)) => {
                    then.send(Step::TakeItemBack(offer.clone(), bid.clone()));
                }
                _ => {}
            }
        }
        if let (Place::Reserved, Some(bid)) = (self.gold, bid) {
            then.send(Step::ReturnGold(bid.clone()));
        }
        for place in [&mut self.item, &mut self.gold] {
            if *place != Place::Asked {
                *place = Place::Home;
            }
        }
        if (self.item, self.gold) == (Place::Home, Place::Home) {
            then.end();
        }
    }
}

impl Step {
    async fn execute_in(&self, run: Run<'_>) -> Result<Outcome, BoxError> {
        match self {
            Self::ReserveItem(offer) => {
                run.command::<Bag>(offer.bag, BagCommand::Reserve(offer.item)).await
            }
            Self::ReturnItem(offer) => {
                run.command::<Bag>(offer.bag, BagCommand::Return(offer.item)).await
            }
            Self::ReserveGold(bid) => {
                run.command::<Purse>(bid.purse, PurseCommand::Reserve(bid.price)).await
            }
            Self::ReturnGold(bid) => {
                run.command::<Purse>(bid.purse, PurseCommand::Return(bid.price)).await
            }
            Self::DeliverItem(offer, bid) => {
                run.atomic()
                    .command::<Bag>(offer.bag, BagCommand::HandOver(offer.item))
                    .command::<Bag>(bid.bag, BagCommand::Receive(offer.item))
                    .commit()
                    .await
            }
            Self::TakeItemBack(offer, bid) => {
                run.atomic()
                    .command::<Bag>(bid.bag, BagCommand::Give(offer.item))
                    .command::<Bag>(offer.bag, BagCommand::Receive(offer.item))
                    .commit()
                    .await
            }
            Self::PayGold(offer, bid) => {
                let commission = bid.price * 5 / 100;
                let proceeds = PurseCommand::Receive(bid.price - commission);
                run.atomic()
                    .command::<Purse>(bid.purse, PurseCommand::Pay(bid.price))
                    .command::<Purse>(offer.purse, proceeds)
                    .command::<Purse>(offer.house, PurseCommand::Receive(commission))
                    .commit()
                    .await
            }
            Self::Execute(order) => run.command::<Order>(*order, OrderCommand::Execute).await,
            Self::Cancel(order, reason) => {
                run.command::<Order>(*order, OrderCommand::Cancel(reason.clone())).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aether_core::uuid::Uuid;
    use aether_testkit::process::Process;

    use super::*;

    fn id(number: u128) -> AggregateId {
        AggregateId::new(Uuid::from_u128(number))
    }

    #[test]
    fn a_buyer_without_gold_gives_the_item_back_to_its_seller() {
        let item = Uuid::from_u128(7);
        let offer = Offer { order: id(1), bag: id(2), purse: id(3), house: id(4), item };
        let bid = Bid { offer: id(1), bag: id(5), purse: id(6), price: 100 };
        let cancel = |order| Step::Cancel(order, "no gold".to_owned());

        Process::of(Sales)
            .heard::<Order>(id(1), OrderEvent::SellOrderPlaced(offer.clone()))
            .sends([Step::ReserveItem(offer.clone())])
            .sets("expiration", PATIENCE)
            .done()
            .heard::<Order>(id(8), OrderEvent::BuyOrderPlaced(bid.clone()))
            .sends([Step::ReserveGold(bid)])
            .refused("no gold")
            .sends([cancel(id(1)), cancel(id(8)), Step::ReturnItem(offer)])
            .ended();
    }
}

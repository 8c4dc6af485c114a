//! Promises about several nodes: at once, paused, and woken up too late.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::Processes;
use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{AggregateId, BoxError, EventSet, ProcessManager, Recorded};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate, Operation};
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::Steps;
use aether_testkit::eventually;
use uuid::Uuid;

use super::crashes::agreed;
use super::node::{Node, clock};
use super::trade::{Offer, Order, OrderCommand, OrderEvent, Purse, PurseCommand, Sales};
use super::{Handles, Place};

/// A node whose store can be held up.
async fn held_up<P: Processes + Clone, M: ProcessManager>(
    backend: &Place<P>,
    manager: M,
    clock: &ManualClock,
) -> (ChaosStore, Arc<Node<P, M>>) {
    let (store, processes) = backend.connect().await;
    let chaos = ChaosStore::wrap(store, Faults::none());
    let handles: Handles<P> = (Arc::new(chaos.clone()), processes);
    let node = Node::on(handles, manager, clock, &Steps::safe());
    (chaos, node)
}

/// Lets a node work until it stands at a gate.
async fn until_held<P: Processes + Clone, M: ProcessManager>(
    node: &Arc<Node<P, M>>,
    chaos: &ChaosStore,
) -> tokio::task::JoinHandle<()> {
    let (node, held) = (node.clone(), chaos.injected().held);
    let paused = tokio::spawn(async move {
        node.runner().work().await.expect("it works");
    });
    eventually("the node stands at the gate", async || {
        (chaos.injected().held > held).then_some(())
    })
    .await;
    paused
}

/// A node is paused before it has looked at the buyer's purse. Another finds the buyer too poor, and
/// everything is given back. Then the buyer gets rich, and the first node wakes up: it finds enough gold,
/// and may not take it any more.
pub async fn a_refusal_is_final_under_a_paused_node<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (clock, handles) = (clock(), backend.connect().await);
    let trade = agreed(&handles, &clock, 99).await;
    let (chaos, paused) = held_up(&*backend, Sales, &clock).await;
    let other = Node::start(&*backend, Sales, &clock, &Steps::safe()).await;
    other.hear().await.expect("it hears");
    // the first load is of the seller's bag, the second of the buyer's purse
    chaos.next_load(Fault::Latency(std::time::Duration::ZERO));
    let gate = Gate::new();
    chaos.next_load(Fault::Hold(gate.clone()));
    let waking = until_held(&paused, &chaos).await;

    other.settle().await;
    trade.purse(other.engine(), trade.purses[1], PurseCommand::Deposit(10_000)).await;
    let ledger = trade.ledger(other.engine()).await;
    assert_eq!(ledger.orders, [Order::Cancelled, Order::Cancelled], "given back");

    gate.open();
    waking.await.expect("no panic");
    other.settle().await;
    paused.settle().await;
    assert_eq!(trade.ledger(other.engine()).await, ledger, "nothing may happen any more");
    assert_eq!(ledger.free_gold(), [900, 10_099, 0]);
    assert_eq!(other.runner().stuck().await.expect("it can look").len(), 0);
}

/// Empties a purse when an order is given; then an other purse is none of its business.
struct Collector;

#[derive(Debug, serde::Deserialize, EventSet)]
#[event(part_of = OrderEvent)]
enum Offers {
    SellOrderPlaced(Offer),
}

impl ProcessManager for Collector {
    type State = Vec<String>;
    type Command = AggregateId;
    type Events = Offers;

    fn name(&self) -> &'static str {
        "Collector"
    }

    fn route(&self, event: &Recorded<Offers>) -> Route {
        Route::to(event.aggregate_id)
    }

    fn react(
        &self,
        heard: &mut Vec<String>,
        input: Input<'_, Offers, AggregateId>,
        then: &mut Reaction<AggregateId>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => {
                let Offers::SellOrderPlaced(offer) = &event.event;
                then.send(offer.purse);
            }
            input => heard.push(format!("{input:?}")),
        }
        Ok(())
    }

    /// Takes what there is: of an empty purse nothing, which is no refusal.
    async fn execute(&self, purse: &AggregateId, run: Run<'_>) -> Result<Outcome, BoxError> {
        match run.find::<Purse>(*purse).await?.unwrap_or_default().state.free {
            0 => Ok(run.done()),
            gold => run.command::<Purse>(*purse, PurseCommand::Reserve(gold)).await,
        }
    }
}

/// As above, where the first node finds nothing to do: what it settles so stays settled.
pub async fn having_had_nothing_to_do_is_final_under_a_paused_node<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let clock = clock();
    let (chaos, paused) = held_up(&*backend, Collector, &clock).await;
    let other = Node::start(&*backend, Collector, &clock, &Steps::safe()).await;
    let id = || AggregateId::new(Uuid::new_v4());
    let purse = id();
    let order = id();
    let offer = Offer { order, bag: id(), purse, house: id(), item: Uuid::new_v4() };
    let sell = OrderCommand::Sell(offer);
    other.engine().execute::<Order>(order, sell).await.expect("an order");
    other.hear().await.expect("it hears");
    let gate = Gate::new();
    chaos.next_load(Fault::Hold(gate.clone()));
    let waking = until_held(&paused, &chaos).await;
    other.settle().await;
    let fill = PurseCommand::Deposit(500);
    other.engine().execute::<Purse>(purse, fill).await.expect("a purse");
    gate.open();
    waking.await.expect("no panic");
    paused.settle().await;
    let loaded = other.engine().load::<Purse>(purse).await.expect("a purse");
    assert_eq!((loaded.state.free, loaded.state.reserved), (500, 0));
}

/// A node that was paused after it carried a command out, before it could say so, finds it settled.
pub async fn a_node_paused_before_it_settles_changes_nothing<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    for operation in [Operation::Append, Operation::VoidCommand] {
        for behind in [false, true] {
            let (clock, handles) = (clock(), backend.connect().await);
            let trade = agreed(&handles, &clock, 200).await;
            let (chaos, paused) = held_up(&*backend, Sales, &clock).await;
            let other = Node::start(&*backend, Sales, &clock, &Steps::safe()).await;
            other.hear().await.expect("it hears");
            let gate = Gate::new();
            let held = if behind { Fault::HoldReply } else { Fault::Hold };
            chaos.next(operation, held(gate.clone()));
            let waking = until_held(&paused, &chaos).await;
            other.settle().await;
            let ledger = trade.ledger(other.engine()).await;
            assert_eq!(ledger.orders, [Order::Executed, Order::Executed]);
            gate.open();
            waking.await.expect("no panic");
            paused.settle().await;
            assert_eq!(trade.ledger(other.engine()).await, ledger);
            assert_eq!(ledger.free_gold(), [995, 100, 5]);
        }
    }
}

/// Three nodes without any lease carry out the same commands: each has its effect once.
pub async fn two_nodes_at_once_do_no_harm<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (clock, handles) = (clock(), backend.connect().await);
    let mut trades = Vec::new();
    for round in 0..12 {
        // some are too poor
        trades.push((agreed(&handles, &clock, 90 + 10 * (round % 3)).await, round % 3));
    }
    let hearing = Node::start(&*backend, Sales, &clock, &Steps::safe()).await;
    hearing.hear().await.expect("it hears");
    let mut working = Vec::new();
    for _ in 0..3 {
        let node = Node::start(&*backend, Sales, &clock, &Steps::safe()).await;
        working.push(tokio::spawn(async move {
            node.runner().work().await.expect("it works");
        }));
    }
    for node in working {
        node.await.expect("no panic");
    }
    hearing.settle().await;
    for (trade, kind) in trades {
        let ledger = trade.ledger(hearing.engine()).await;
        match kind {
            0 => assert_eq!(ledger.free_gold(), [900, 90, 0]),
            1 => assert_eq!(ledger.free_gold(), [995, 0, 5]),
            _ => assert_eq!(ledger.free_gold(), [995, 10, 5]),
        }
        assert_eq!(ledger.items(), if kind == 0 { [1, 0] } else { [0, 1] });
    }
    assert_eq!(hearing.runner().stuck().await.expect("it can look").len(), 0);
}

/// A command whose reply is lost, in any call of the store, is found to have been carried out.
pub async fn a_lost_reply_doubles_nothing<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (clock, handles) = (clock(), backend.connect().await);
    let trade = agreed(&handles, &clock, 200).await;
    let (chaos, node) = held_up(&*backend, Sales, &clock).await;
    for _ in 0..4 {
        chaos.next_append(Fault::LoseReply);
        chaos.next(Operation::VoidCommand, Fault::Unavailable);
    }
    for _ in 0..60 {
        node.settle().await;
        clock.advance(Duration::from_secs(1));
    }
    assert_eq!(chaos.unplayed(), 0);
    let ledger = trade.ledger(node.engine()).await;
    assert_eq!(ledger.free_gold(), [995, 100, 5]);
    assert_eq!(ledger.orders, [Order::Executed, Order::Executed]);
}

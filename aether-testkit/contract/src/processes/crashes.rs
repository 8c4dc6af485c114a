//! Promises about crashes: a trade goes on as if nothing had happened, wherever its node dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aether_core::backend::Processes;
use aether_core::log::{Load, StreamId};
use aether_core::process::Backlog;
use aether_core::time::Clock as _;
use aether_core::{AggregateId, Engine};
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::Steps;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::node::{Node, clock};
use super::trade::{
    Bag, BagCommand, Bid, Offer, Order, OrderCommand, PATIENCE, Purse, PurseCommand, Sales,
};
use super::{Handles, Place};

/// A node that crashes at any of its steps, while a trade goes well: it goes well.
pub async fn a_trade_survives_a_crash_at_every_step<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let ledger = crash_everywhere(&backend, Course::default()).await;
    assert_eq!(ledger.free_gold(), [900 + 95, 100, 5]);
    assert_eq!(ledger.items(), [0, 1]);
    assert_eq!(ledger.orders, [Order::Executed, Order::Executed]);
}

/// Where the buyer cannot pay, everything is given back, whatever crashes.
pub async fn a_poor_buyer_gets_everything_given_back_whatever_crashes<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let ledger = crash_everywhere(&backend, Course { buyer_has: 99, ..Course::default() }).await;
    assert_eq!(ledger.free_gold(), [900, 99, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Order::Cancelled, Order::Cancelled]);
}

/// Where the item cannot be moved, item and gold are given back, whatever crashes.
pub async fn a_full_bag_undoes_the_trade_whatever_crashes<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let course = Course { buyer_has_room: false, ..Course::default() };
    let ledger = crash_everywhere(&backend, course).await;
    assert_eq!(ledger.free_gold(), [900, 200, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Order::Cancelled, Order::Cancelled]);
}

/// Where the gold cannot be moved, the item that has been moved already is taken back, whatever crashes.
pub async fn a_moved_item_is_taken_back_when_the_gold_cannot_move<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let course = Course { seller_takes: 900, ..Course::default() };
    let ledger = crash_everywhere(&backend, course).await;
    assert_eq!(ledger.free_gold(), [900, 200, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Order::Cancelled, Order::Cancelled]);
}

/// Where nobody buys, the durable timer gives the item back, whatever crashes.
pub async fn a_trade_without_a_buyer_expires_whatever_crashes<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let ledger = crash_everywhere(&backend, Course { bought: false, ..Course::default() }).await;
    assert_eq!(ledger.free_gold(), [900, 200, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Order::Cancelled, Order::Absent]);
}

/// How a trade over 100 gold pieces goes.
#[derive(Debug, Clone, Copy)]
struct Course {
    buyer_has: u32,
    buyer_has_room: bool,
    seller_takes: u32,
    bought: bool,
}

impl Default for Course {
    fn default() -> Self {
        Self { buyer_has: 200, buyer_has_room: true, seller_takes: 10_000, bought: true }
    }
}

/// A trade that has been agreed on: its orders are in the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trade {
    pub(super) purses: [AggregateId; 3],
    pub(super) bags: [AggregateId; 2],
    pub(super) orders: [AggregateId; 2],
    pub(super) item: Uuid,
}

/// The end of it: the trade's streams, and what they add up to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ledger {
    /// The types of each stream's events, in order.
    events: BTreeMap<&'static str, Vec<String>>,
    pub(super) purses: [Purse; 3],
    pub(super) bags: [BTreeMap<&'static str, u32>; 2],
    pub(super) orders: [Order; 2],
}

impl Ledger {
    /// Of seller, buyer and house.
    pub(super) fn free_gold(&self) -> [u32; 3] {
        self.purses.clone().map(|purse| {
            assert_eq!(purse.reserved, 0, "nothing stays set aside");
            purse.free
        })
    }

    /// Of seller and buyer.
    pub(super) fn items(&self) -> [u32; 2] {
        self.bags.clone().map(|bag| {
            assert_eq!(bag["reserved"], 0, "nothing stays set aside");
            bag["free"]
        })
    }

    fn assert_conserved(&self, gold: u32) {
        let purses = self.purses.iter();
        assert_eq!(purses.map(|purse| purse.free + purse.reserved).sum::<u32>(), gold);
        assert_eq!(self.bags.iter().flat_map(|bag| bag.values()).sum::<u32>(), 1);
    }
}

impl Trade {
    fn new() -> Self {
        let id = || AggregateId::new(Uuid::new_v4());
        Self {
            purses: [id(), id(), id()],
            bags: [id(), id()],
            orders: [id(), id()],
            item: Uuid::new_v4(),
        }
    }

    /// Players, an item, and the orders.
    async fn agree(self, engine: &Engine, course: Course) {
        let [seller, buyer, _] = self.purses;
        self.purse(engine, seller, PurseCommand::Deposit(900)).await;
        self.purse(engine, seller, PurseCommand::Limit(course.seller_takes)).await;
        self.purse(engine, buyer, PurseCommand::Deposit(course.buyer_has)).await;
        self.bag(engine, self.bags[0], BagCommand::Add(self.item)).await;
        if !course.buyer_has_room {
            self.bag(engine, self.bags[1], BagCommand::Limit(0)).await;
        }
        self.sell(engine).await;
        if course.bought {
            self.buy(engine).await;
        }
    }

    async fn sell(self, engine: &Engine) {
        let offer = Offer {
            order: self.orders[0],
            bag: self.bags[0],
            purse: self.purses[0],
            house: self.purses[2],
            item: self.item,
        };
        let sold = engine.execute::<Order>(self.orders[0], OrderCommand::Sell(offer)).await;
        sold.expect("an order can be given");
    }

    async fn buy(self, engine: &Engine) {
        let bid =
            Bid { offer: self.orders[0], bag: self.bags[1], purse: self.purses[1], price: 100 };
        let bought = engine.execute::<Order>(self.orders[1], OrderCommand::Buy(bid)).await;
        bought.expect("an order can be given");
    }

    pub(super) async fn purse(self, engine: &Engine, id: AggregateId, command: PurseCommand) {
        engine.execute::<Purse>(id, command).await.expect("a purse can be filled");
    }

    async fn bag(self, engine: &Engine, id: AggregateId, command: BagCommand) {
        engine.execute::<Bag>(id, command).await.expect("a bag can be filled");
    }

    pub(super) async fn ledger(self, engine: &Engine) -> Ledger {
        let [seller, buyer, house] = self.purses;
        let [offer, bid] = self.orders;
        let streams = [
            ("seller's purse", "Purse", seller),
            ("buyer's purse", "Purse", buyer),
            ("house", "Purse", house),
            ("seller's bag", "Bag", self.bags[0]),
            ("buyer's bag", "Bag", self.bags[1]),
            ("offer", "Order", offer),
            ("bid", "Order", bid),
        ];
        let mut events = BTreeMap::new();
        for (name, aggregate_type, id) in streams {
            let load = Load::stream(StreamId::new(aggregate_type, id));
            let history = engine.store().load(load).await.expect("it can be loaded");
            let types = history.events.iter().map(|event| event.event_type.to_string());
            events.insert(name, types.collect());
        }
        let purse = async |id| {
            engine.find::<Purse>(id).await.expect("it can look").unwrap_or_default().state.clone()
        };
        let bag = async |id| {
            let bag = engine
                .find::<Bag>(id)
                .await
                .expect("it can look")
                .unwrap_or_default()
                .state
                .clone();
            let (free, reserved) = (bag.free.values().sum(), bag.reserved.values().sum());
            BTreeMap::from([("free", free), ("reserved", reserved)])
        };
        let order = async |id| {
            engine.find::<Order>(id).await.expect("it can look").unwrap_or_default().state
        };
        Ledger {
            events,
            purses: [purse(seller).await, purse(buyer).await, purse(house).await],
            bags: [bag(self.bags[0]).await, bag(self.bags[1]).await],
            orders: [order(offer).await, order(bid).await],
        }
    }
}

/// A trade that nobody has begun to work on.
pub(super) async fn agreed<P: Processes + Clone>(
    handles: &Handles<P>,
    clock: &ManualClock,
    buyer_has: u32,
) -> Trade {
    let trade = Trade::new();
    let node = Node::on(handles.clone(), Sales, clock, &Steps::safe());
    trade.agree(node.engine(), Course { buyer_has, ..Course::default() }).await;
    trade
}

/// What becomes of a node that crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    /// All its tasks end where they are. The connections of the process live on.
    OfTasks,
    /// The whole process ends, connections and all.
    OfProcess,
}

/// Runs a trade once without a crash, then once for each step that the node took, with a crash there and
/// a fresh node that goes on. Returns where all of them ended.
async fn crash_everywhere<P: Processes + Clone>(backend: &Arc<Place<P>>, course: Course) -> Ledger {
    let handles = backend.connect().await;
    let stage = Stage { backend, handles, course };
    let (undisturbed, steps) = stage.crash_at(usize::MAX, Death::OfTasks).await;
    undisturbed.assert_conserved(900 + course.buyer_has);
    let calls: BTreeSet<&str> = steps.names().into_iter().collect();
    for call in CALLS {
        assert!(calls.contains(call), "a trade without {call}? {calls:?}");
    }
    let taken = steps.taken();
    assert!(taken > 80, "{taken} steps");
    for step in 0..taken {
        let (ledger, steps) = stage.crash_at(step, Death::OfTasks).await;
        assert_eq!(ledger, undisturbed, "after a crash {}", steps.place(step));
    }
    undisturbed
}

/// The calls that a trade makes in any case.
const CALLS: [&str; 12] = [
    "read",
    "claim",
    "begin",
    "open",
    "take",
    "save",
    "commit",
    "conclude",
    "due",
    "load",
    "append",
    "void_command",
];

/// A process that ends with its connections open, before and after each kind of call.
pub async fn a_process_that_is_killed_loses_and_doubles_nothing<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let handles = backend.connect().await;
    let stage = Stage { backend: &backend, handles, course: Course::default() };
    let (undisturbed, steps) = stage.crash_at(usize::MAX, Death::OfProcess).await;
    let calls = steps.names();
    for kind in CALLS {
        let last = calls.iter().rposition(|call| *call == kind).expect("it is called");
        for step in [2 * last, 2 * last + 1] {
            let (ledger, steps) = stage.crash_at(step, Death::OfProcess).await;
            assert_eq!(ledger, undisturbed, "after a crash {}", steps.place(step));
        }
    }
}

/// Where trades are run.
struct Stage<'a, P: Processes + Clone> {
    backend: &'a Arc<Place<P>>,
    handles: Handles<P>,
    course: Course,
}

impl<P: Processes + Clone> Stage<'_, P> {
    async fn crash_at(&self, step: usize, death: Death) -> (Ledger, Steps) {
        let (clock, trade) = (clock(), Trade::new());
        let node = |steps: &Steps| Node::on(self.handles.clone(), Sales, &clock, steps);
        trade.agree(node(&Steps::safe()).engine(), self.course).await;
        let steps = Steps::crashing_at(step);
        match death {
            Death::OfTasks => live(&*node(&steps), &clock, &steps).await,
            Death::OfProcess => {
                live_in_a_process(self.backend.clone(), clock.clone(), steps.clone()).await;
            }
        }
        assert_eq!(steps.taken() > step, step != usize::MAX, "step {step} was not reached");
        live(&*node(&Steps::safe()), &clock, &Steps::safe()).await;
        let last = node(&Steps::safe());
        let ledger = trade.ledger(last.engine()).await;
        // nothing is left that could happen later
        clock.set(over() + PATIENCE * 10);
        last.settle().await;
        assert_eq!(last.runner().backlog().await.expect("it can look"), Backlog::default());
        assert_eq!(trade.ledger(last.engine()).await, ledger, "something happened later");
        (ledger, steps)
    }
}

/// When the time for a trade is over.
fn over() -> DateTime<Utc> {
    clock().now() + PATIENCE
}

/// The life of a node: until everything is settled, and the time for the trade is over; or until it
/// crashes, and all its tasks are gone in the middle of what they were doing.
async fn live<P: Processes + Clone>(node: &Node<P, Sales>, clock: &ManualClock, steps: &Steps) {
    let living = async {
        node.settle().await;
        clock.set(over());
        node.settle().await;
    };
    tokio::select! {
        () = living => {}
        () = steps.crash() => {}
    }
}

/// As [`live`], with a runtime and connections of its own that end with it.
async fn live_in_a_process<P: Processes + Clone>(
    backend: Arc<Place<P>>,
    clock: ManualClock,
    steps: Steps,
) {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async {
            let node = Node::start(&*backend, Sales, &clock, &steps).await;
            live(&*node, &clock, &steps).await;
        });
        drop(runtime);
        ended.send(()).ok();
    });
    end.await.expect("the node did not panic");
}

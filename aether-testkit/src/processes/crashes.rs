//! Promises about crashes: a trade goes on as if nothing had happened, wherever its node dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aether_core::{AggregateId, Engine, Load, Processes as _, StreamId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ProcessBackend;
use super::node::{Node, SharedClock};
use super::steps::Steps;
use super::trade::{
    Achat, Bourse, BourseCommand, DELAI, Ordre, OrdreCommand, Sac, SacCommand, TransactionMarche,
    Vente,
};

/// A node that crashes at any of its steps, while a trade goes well: it goes well.
pub async fn a_trade_survives_a_crash_at_every_step<B: ProcessBackend>(backend: Arc<B>) {
    let ledger = crash_everywhere(&backend, Course::default()).await;
    assert_eq!(ledger.free_gold(), [900 + 95, 100, 5]);
    assert_eq!(ledger.items(), [0, 1]);
    assert_eq!(ledger.orders, [Ordre::Execute, Ordre::Execute]);
}

/// Where the buyer can not pay, everything is given back, whatever crashes.
pub async fn a_poor_buyer_gets_everything_given_back_whatever_crashes<B: ProcessBackend>(
    backend: Arc<B>,
) {
    let ledger = crash_everywhere(&backend, Course { buyer_has: 99, ..Course::default() }).await;
    assert_eq!(ledger.free_gold(), [900, 99, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Ordre::Annule, Ordre::Annule]);
}

/// Where the item can not be moved, item and gold are given back, whatever crashes.
pub async fn a_full_bag_undoes_the_trade_whatever_crashes<B: ProcessBackend>(backend: Arc<B>) {
    let course = Course { buyer_has_room: false, ..Course::default() };
    let ledger = crash_everywhere(&backend, course).await;
    assert_eq!(ledger.free_gold(), [900, 200, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Ordre::Annule, Ordre::Annule]);
}

/// Where the gold can not be moved, the item that has been moved already is taken back, whatever crashes.
pub async fn a_moved_item_is_taken_back_when_the_gold_can_not_move<B: ProcessBackend>(
    backend: Arc<B>,
) {
    let course = Course { seller_takes: 900, ..Course::default() };
    let ledger = crash_everywhere(&backend, course).await;
    assert_eq!(ledger.free_gold(), [900, 200, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Ordre::Annule, Ordre::Annule]);
}

/// Where nobody buys, the durable timer gives the item back, whatever crashes.
pub async fn a_trade_without_a_buyer_expires_whatever_crashes<B: ProcessBackend>(backend: Arc<B>) {
    let ledger = crash_everywhere(&backend, Course { bought: false, ..Course::default() }).await;
    assert_eq!(ledger.free_gold(), [900, 200, 0]);
    assert_eq!(ledger.items(), [1, 0]);
    assert_eq!(ledger.orders, [Ordre::Annule, Ordre::Absent]);
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
    pub(super) purses: [Bourse; 3],
    pub(super) bags: [BTreeMap<&'static str, u32>; 2],
    pub(super) orders: [Ordre; 2],
}

impl Ledger {
    /// Of seller, buyer and house.
    pub(super) fn free_gold(&self) -> [u32; 3] {
        self.purses.clone().map(|purse| {
            assert_eq!(purse.reserve, 0, "nothing stays set aside");
            purse.libre
        })
    }

    /// Of seller and buyer.
    pub(super) fn items(&self) -> [u32; 2] {
        self.bags.clone().map(|bag| {
            assert_eq!(bag["reserves"], 0, "nothing stays set aside");
            bag["libres"]
        })
    }

    fn assert_conserved(&self, gold: u32) {
        let purses = self.purses.iter();
        assert_eq!(purses.map(|purse| purse.libre + purse.reserve).sum::<u32>(), gold);
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
        self.purse(engine, seller, BourseCommand::Deposer(900)).await;
        self.purse(engine, seller, BourseCommand::Plafonner(course.seller_takes)).await;
        self.purse(engine, buyer, BourseCommand::Deposer(course.buyer_has)).await;
        self.bag(engine, self.bags[0], SacCommand::Ajouter(self.item)).await;
        if !course.buyer_has_room {
            self.bag(engine, self.bags[1], SacCommand::Limiter(0)).await;
        }
        self.sell(engine).await;
        if course.bought {
            self.buy(engine).await;
        }
    }

    async fn sell(self, engine: &Engine) {
        let vente = Vente {
            ordre: self.orders[0],
            sac: self.bags[0],
            bourse: self.purses[0],
            maison: self.purses[2],
            objet: self.item,
        };
        let sold = engine.execute::<Ordre>(self.orders[0], &OrdreCommand::Vendre(vente)).await;
        sold.expect("an order can be given");
    }

    async fn buy(self, engine: &Engine) {
        let achat =
            Achat { vente: self.orders[0], sac: self.bags[1], bourse: self.purses[1], prix: 100 };
        let bought = engine.execute::<Ordre>(self.orders[1], &OrdreCommand::Acheter(achat)).await;
        bought.expect("an order can be given");
    }

    pub(super) async fn purse(self, engine: &Engine, id: AggregateId, command: BourseCommand) {
        engine.execute::<Bourse>(id, &command).await.expect("a purse can be filled");
    }

    async fn bag(self, engine: &Engine, id: AggregateId, command: SacCommand) {
        engine.execute::<Sac>(id, &command).await.expect("a bag can be filled");
    }

    pub(super) async fn ledger(self, engine: &Engine) -> Ledger {
        let [seller, buyer, house] = self.purses;
        let [offer, bid] = self.orders;
        let streams = [
            ("seller's purse", "Bourse", seller),
            ("buyer's purse", "Bourse", buyer),
            ("house", "Bourse", house),
            ("seller's bag", "Sac", self.bags[0]),
            ("buyer's bag", "Sac", self.bags[1]),
            ("offer", "Ordre", offer),
            ("bid", "Ordre", bid),
        ];
        let mut events = BTreeMap::new();
        for (name, aggregate_type, id) in streams {
            let load = Load::stream(StreamId::new(aggregate_type, id));
            let history = engine.store().load(load).await.expect("it can be loaded");
            let types = history.events.iter().map(|event| event.event_type.to_string());
            events.insert(name, types.collect());
        }
        let purse = async |id| engine.load::<Bourse>(id).await.expect("a purse").state.clone();
        let bag = async |id| {
            let sac = engine.load::<Sac>(id).await.expect("a bag").state.clone();
            let (libres, reserves) = (sac.libres.values().sum(), sac.reserves.values().sum());
            BTreeMap::from([("libres", libres), ("reserves", reserves)])
        };
        let order = async |id| engine.load::<Ordre>(id).await.expect("an order").state;
        Ledger {
            events,
            purses: [purse(seller).await, purse(buyer).await, purse(house).await],
            bags: [bag(self.bags[0]).await, bag(self.bags[1]).await],
            orders: [order(offer).await, order(bid).await],
        }
    }
}

/// A trade that nobody has begun to work on.
pub(super) async fn agreed<B: ProcessBackend>(
    backend: &B,
    clock: &SharedClock,
    buyer_has: u32,
) -> Trade {
    let trade = Trade::new();
    let node = Node::start(backend, TransactionMarche, clock, &Steps::safe()).await;
    trade.agree(&node.engine, Course { buyer_has, ..Course::default() }).await;
    trade
}

/// Runs a trade once without a crash, then once for each step that the node took, with a crash there and
/// a fresh node that goes on. Returns where all of them ended.
async fn crash_everywhere<B: ProcessBackend>(backend: &Arc<B>, course: Course) -> Ledger {
    let (undisturbed, steps) = crash_at(backend, course, usize::MAX).await;
    undisturbed.assert_conserved(900 + course.buyer_has);
    let names: BTreeSet<&str> = steps.names().into_iter().collect();
    for call in ["read", "begin", "open", "save", "commit", "due", "load", "append", "void_command"]
    {
        assert!(names.contains(call), "a trade without {call}? {names:?}");
    }
    let taken = steps.taken();
    assert!(taken > 80, "{taken} steps");
    for step in 0..taken {
        let (ledger, steps) = crash_at(backend, course, step).await;
        let call = steps.names()[step / 2];
        let place = ["before", "behind"][step % 2];
        assert_eq!(ledger, undisturbed, "after a crash at step {step}, {place} {call}");
    }
    tracing::info!(taken, ?names, "crashed at every step");
    undisturbed
}

async fn crash_at<B: ProcessBackend>(
    backend: &Arc<B>,
    course: Course,
    step: usize,
) -> (Ledger, Steps) {
    let (clock, trade) = (SharedClock::new(), Trade::new());
    let first = Node::start(&**backend, TransactionMarche, &clock, &Steps::safe()).await;
    trade.agree(&first.engine, course).await;
    drop(first);
    let steps = Steps::crashing_at(step);
    live(backend.clone(), clock.clone(), steps.clone()).await;
    let crashed = steps.taken() > step;
    assert_eq!(crashed, step != usize::MAX, "step {step} was not reached");
    if crashed {
        live(backend.clone(), clock.clone(), Steps::safe()).await;
    }
    // nothing is left that could happen later
    clock.0.set(end_of(DELAI * 10));
    let last = Node::start(&**backend, TransactionMarche, &clock, &Steps::safe()).await;
    let ledger = trade.ledger(&last.engine).await;
    last.settle().await;
    assert!(last.runner.is_idle().await.expect("it can look"));
    assert_eq!(last.runner.backlog().await.expect("it can look"), Default::default());
    assert_eq!(trade.ledger(&last.engine).await, ledger, "something happened later");
    let reader = backend.connect().await;
    assert_eq!(reader.1.stuck("TransactionMarche").await.expect("it can look").len(), 0);
    (ledger, steps)
}

fn end_of(span: chrono::TimeDelta) -> DateTime<Utc> {
    use aether_core::Clock as _;
    SharedClock::new().now() + span
}

/// The life of a node on a runtime of its own, until everything is settled, and the time for the trade
/// is over, or until it crashes: then all its tasks are gone in the middle of what they were doing.
async fn live<B: ProcessBackend>(backend: Arc<B>, clock: SharedClock, steps: Steps) {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async {
            let node = Node::start(&*backend, TransactionMarche, &clock, &steps).await;
            let living = async {
                node.settle().await;
                clock.0.set(end_of(DELAI));
                node.settle().await;
            };
            tokio::select! {
                () = living => {}
                () = steps.crash() => {}
            }
        });
        drop(runtime);
        ended.send(()).ok();
    });
    end.await.expect("the node did not panic");
}

//! Promises about many processes at once that all change one aggregate.

use std::sync::Arc;

use aether_core::backend::{EventStore as _, Processes};
use aether_core::log::Read;
use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{
    AggregateId, BoxError, Engine, EngineSettings, EventSet, Node, ProcessManager, Recorded,
};
use aether_testkit::within_deadline;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Place;
use super::trade::{Purse, PurseCommand, PurseEvent};

/// How many settlements there are.
const SETTLEMENTS: u32 = 300;

/// Settles what was paid into a till: the seller, the broker and the house get their shares, all at once.
struct Settlement {
    sellers: Vec<AggregateId>,
    brokers: Vec<AggregateId>,
    house: AggregateId,
}

/// Of purses, what is paid into them from nowhere.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = PurseEvent)]
enum Payments {
    GoldDeposited { amount: u32 },
}

/// What a settlement moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Settle {
    till: AggregateId,
    gold: u32,
}

impl ProcessManager for Settlement {
    type State = ();
    type Command = Settle;
    type Events = Payments;

    fn name(&self) -> &'static str {
        "Settlement"
    }

    fn route(&self, event: &Recorded<Payments>) -> Route {
        Route::to(event.aggregate_id)
    }

    fn react(
        &self,
        (): &mut (),
        input: Input<'_, Payments, Settle>,
        then: &mut Reaction<Settle>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => {
                let Payments::GoldDeposited { amount } = event.event;
                then.send(Settle { till: event.aggregate_id, gold: amount });
            }
            _ => then.end(),
        }
        Ok(())
    }

    async fn execute(&self, settle: &Settle, run: Run<'_>) -> Result<Outcome, BoxError> {
        let at = settle.till.as_uuid().as_u128() as usize;
        let (seller, broker) =
            (self.sellers[at % self.sellers.len()], self.brokers[at % self.brokers.len()]);
        let gold = settle.gold;
        run.atomic()
            .command::<Purse>(settle.till, PurseCommand::Reserve(gold))
            .command::<Purse>(settle.till, PurseCommand::Pay(gold))
            .command::<Purse>(seller, PurseCommand::Receive(gold / 10 * 7))
            .command::<Purse>(broker, PurseCommand::Receive(gold / 10 * 2))
            .command::<Purse>(self.house, PurseCommand::Receive(gold / 10))
            .commit()
            .await
    }
}

/// 300 settlements, each a unit over four purses of which one is the house's: every one is carried out, and once.
pub async fn settlements_that_all_pay_one_house_are_each_carried_out<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (store, processes) = backend.connect().await;
    // soon an error, if they race
    let settings = EngineSettings::default().attempts(3);
    let engine = Engine::builder(store.clone()).settings(settings).build();
    let purses = |from: u128, count: u128| -> Vec<AggregateId> {
        (from..from + count).map(|n| AggregateId::new(Uuid::from_u128(n << 64 | n))).collect()
    };
    let house = purses(1, 1)[0];
    let tills = purses(1000, SETTLEMENTS.into());
    let manager = Settlement { sellers: purses(100, 40), brokers: purses(200, 7), house };
    let sellers = manager.sellers.clone();
    let brokers = manager.brokers.clone();
    let node = Node::builder(&engine).process_manager(processes, manager).start();
    let node = node.expect("it starts");
    let pay = tills
        .iter()
        .map(|till| async { engine.execute::<Purse>(*till, PurseCommand::Deposit(100)).await });
    try_join_all(pay).await.expect("they can be paid");
    within_deadline("all is settled", engine.settle()).await.expect("it can settle");

    let gold = async |ids: &[AggregateId]| {
        let mut all = Vec::new();
        for id in ids {
            let purse = engine.find::<Purse>(*id).await.expect("it can load");
            all.push(purse.map_or(0, |purse| purse.state.free));
        }
        all
    };
    assert_eq!(gold(&[house]).await, [SETTLEMENTS * 10]);
    assert_eq!(gold(&sellers).await.iter().sum::<u32>(), SETTLEMENTS * 70);
    assert_eq!(gold(&brokers).await.iter().sum::<u32>(), SETTLEMENTS * 20);
    assert_eq!(gold(&tills).await, vec![0; tills.len()]);
    node.stop().await.expect("it stops");
    let page = store.read(Read::all().limit(10_000)).await.expect("it can read");
    assert_eq!(page.events.len() as u32, SETTLEMENTS * 6, "each once");
}

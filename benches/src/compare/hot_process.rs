//! The work `hot-process`: 5,000 settlements by a process manager, each a unit over four banks of which one is the house's.
//!
//! By hand: a transaction for each, which locks the four rows in order of id.

use std::sync::Arc;
use std::time::Instant;

use aether_core::process::{Input, Outcome, ProcessSettings, Reaction, Route, Run};
use aether_core::{AggregateId, BoxError, Engine, EventSet, Node, ProcessManager, Recorded};
use anyhow::{Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::Bench;
use super::bank::{self, Access, Bank, BankEvent, Order};
use super::load::Figures;
use super::row::Row;
use crate::fights::metadata;
use crate::server::checkpoint;

/// How many settlements a round has.
const SETTLEMENTS: usize = 5_000;
/// How many sellers and brokers there are.
const OTHERS: usize = 500;
/// What is settled each time.
const GOLD: i64 = 10;

pub(super) async fn measure(bench: &Bench, row: &mut Row) -> Result<()> {
    let banks: Arc<Banks> = Arc::new(Banks::new());
    let pool = &bench.handwritten.pool;
    bank::Row::migrate(pool).await?;
    bank::Row::open(pool, &[banks.house], 0).await?;
    bank::Row::open(pool, &banks.sellers, 0).await?;
    bank::Row::open(pool, &banks.brokers, 0).await?;
    for _ in bench.rounds() {
        let tills: Vec<Uuid> = (0..SETTLEMENTS).map(|_| Uuid::new_v4()).collect();
        let aether = settle(bench, &banks, &tills).await?;
        bank::Row::open(pool, &tills, GOLD).await?;
        checkpoint(bench.pool()).await?;
        let by_hand = settle_by_hand(bench, &banks, &tills).await?;
        row.push(aether, by_hand);
    }
    Ok(())
}

/// Who gets what is paid into a till.
#[derive(Debug)]
struct Banks {
    house: Uuid,
    sellers: Vec<Uuid>,
    brokers: Vec<Uuid>,
}

impl Banks {
    fn new() -> Self {
        let some = || (0..OTHERS).map(|_| Uuid::new_v4()).collect();
        Self { house: Uuid::new_v4(), sellers: some(), brokers: some() }
    }

    /// Who gets or gives how much.
    fn shares(&self, till: Uuid) -> [(Uuid, i64); 4] {
        let at = till.as_u128() as usize;
        let seller = self.sellers[at % OTHERS];
        let broker = self.brokers[at / OTHERS % OTHERS];
        [(till, -GOLD), (seller, 7), (broker, 2), (self.house, 1)]
    }
}

fn figures(begun: Instant) -> Figures {
    let rate = SETTLEMENTS as f64 / begun.elapsed().as_secs_f64();
    Figures { rate, ..Figures::default() }
}

/// Pays into the tills, then lets a node settle all of it: from its start until nothing is left to do.
async fn settle(bench: &Bench, banks: &Arc<Banks>, tills: &[Uuid]) -> Result<Figures> {
    let engine = Engine::new(bench.store.clone());
    let pay = tills.iter().map(|till| {
        let engine = engine.clone();
        let till = AggregateId::new(*till);
        async move { engine.execute::<Bank>(till, Order::Deposit(GOLD.unsigned_abs())).await }
    });
    stream::iter(pay).buffer_unordered(256).try_for_each(|_| async { Ok(()) }).await?;
    let house = AggregateId::new(banks.house);
    let before = engine.find::<Bank>(house).await?.map_or(0, |house| house.version.get());
    checkpoint(bench.pool()).await?;
    let settings = ProcessSettings::default().concurrency(bench.concurrency);
    let manager = Settlement(banks.clone()).with(settings);
    let begun = Instant::now();
    let node =
        Node::builder(&engine).process_manager(bench.store.read_models(), manager).start()?;
    engine.settle().await?;
    let figures = figures(begun);
    node.stop().await?;
    let after = engine.load::<Bank>(house).await?.version.get();
    ensure!((after - before) as usize == SETTLEMENTS, "{before} and then {after} in the house");
    Ok(figures)
}

struct Settlement(Arc<Banks>);

/// Of banks, what is paid in.
#[derive(Debug, Deserialize, EventSet)]
#[event(part_of = BankEvent)]
enum Payments {
    Deposited { gold: u64 },
}

/// What is to be settled: what is in this till.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Settle(Uuid);

impl ProcessManager for Settlement {
    type State = ();
    type Command = Settle;
    type Events = Payments;

    fn name(&self) -> &'static str {
        "settlement"
    }

    fn route(&self, event: &Recorded<Payments>) -> Route {
        let Payments::Deposited { gold } = event.event;
        // what is paid into a till, not what comes out of one
        if gold == GOLD.unsigned_abs() { Route::to(event.aggregate_id) } else { Route::none() }
    }

    fn react(
        &self,
        (): &mut (),
        input: Input<'_, Payments, Settle>,
        then: &mut Reaction<Settle>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => then.send(Settle(event.aggregate_id.as_uuid())),
            _ => then.end(),
        }
        Ok(())
    }

    async fn execute(&self, Settle(till): &Settle, run: Run<'_>) -> Result<Outcome, BoxError> {
        let shares = self.0.shares(*till).into_iter();
        let unit = shares.fold(run.atomic(), |unit, (id, gold)| {
            let count = gold.unsigned_abs();
            let order = if gold < 0 { Order::Withdraw(count) } else { Order::Deposit(count) };
            unit.command::<Bank>(AggregateId::new(id), order)
        });
        unit.commit().await
    }
}

async fn settle_by_hand(bench: &Bench, banks: &Banks, tills: &[Uuid]) -> Result<Figures> {
    let pool = &bench.handwritten.pool;
    let metadata = serde_json::to_string(&metadata())?;
    let begun = Instant::now();
    stream::iter(tills)
        .map(|till| settle_one(pool, banks.shares(*till), &metadata))
        .buffer_unordered(bench.concurrency)
        .try_for_each(|()| async { Ok(()) })
        .await?;
    Ok(figures(begun))
}

async fn settle_one(pool: &PgPool, mut shares: [(Uuid, i64); 4], metadata: &str) -> Result<()> {
    shares.sort_unstable();
    let mut transaction = pool.begin().await?;
    for (id, gold) in shares {
        let bank = bank::Row::find(&mut transaction, id, Access::Locked).await?;
        ensure!(bank.gold + gold >= 0, "a bank lends nothing");
        let stored = bank.change(&mut transaction, id, gold, metadata).await?;
        ensure!(stored, "the row is locked");
    }
    Ok(transaction.commit().await?)
}

//! Promises about many commands of one process for one aggregate: they take turns, and each is decided on what came
//! before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aether_core::backend::{EventStore, Reason};
use aether_core::command::Executed;
use aether_core::log::{Append, ExpectedVersion, NewEvent};
use aether_core::{
    Aggregate as _, AggregateId, CommandId, Context, Engine, EngineSettings, Error, ExecuteError,
    Position,
};
use aether_testkit::chaos::{ChaosStore, Fault, Faults, Gate};
use aether_testkit::within_deadline;
use futures::future::{BoxFuture, join_all};
use futures::poll;
use tokio::task::JoinSet;

use super::Stage;
use super::source::moment;
use super::subject::{Subject, joined};

pub(super) mod vault;

use vault::{Order, TooFew, Vault, VaultEvent, told};

/// How many call one aggregate at the same time.
const CALLERS: usize = 64;

type Answer = Result<Executed<Vault>, ExecuteError<TooFew>>;

/// An engine whose commands soon fail if they have to race. A backend may have other transactions of its own.
fn engine(store: impl EventStore) -> Engine {
    patient(store, 3)
}

fn patient(store: impl EventStore, attempts: u32) -> Engine {
    Engine::builder(store).settings(EngineSettings::default().attempts(attempts)).build()
}

fn vault(t: &Subject<'_>) -> AggregateId {
    AggregateId::new(t.source.uuid())
}

/// A command on its way, which nobody has polled yet.
fn send(
    engine: &Engine,
    id: AggregateId,
    order: Order,
    command: Option<CommandId>,
) -> BoxFuture<'static, Answer> {
    let engine = engine.clone();
    Box::pin(async move {
        let context = command.map_or_else(Context::new, |id| Context::new().command_id(id));
        engine.execute::<Vault>(id, order).with(&context).await
    })
}

fn add(engine: &Engine, id: AggregateId) -> BoxFuture<'static, Answer> {
    send(engine, id, Order::Add, None)
}

/// Lets callers of one aggregate add coins, all at the same time.
async fn call(engine: &Engine, id: AggregateId, callers: usize, each: usize) {
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let engine = engine.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                let executed = add(&engine, id).await.expect("nobody else is there");
                let [VaultEvent::CoinAdded { number }] = executed.events[..] else {
                    panic!("{executed:?}")
                };
                assert_eq!(executed.state().coins, number, "what the caller is told");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        joined(done);
    }
}

/// 64 callers of one aggregate: each command is decided on what the one before it has led to.
pub async fn each_of_many_callers_is_decided_on_what_came_before(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = engine(t.store.clone());
    let id = vault(&t);
    within_deadline("they come through", call(&engine, id, CALLERS, 20)).await;
    let (vault, events) = told(&*t.store, id).await;
    assert_eq!((vault.coins as usize, events), (CALLERS * 20, CALLERS * 20));
}

/// The first to come is the first to be decided, so that nobody starves.
pub async fn the_first_to_come_is_the_first_to_be_decided(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = engine(t.store.clone());
    let id = vault(&t);
    // a state that was loaded before the log's life had a name is loaded again, once
    add(&engine, id).await.expect("nobody else is there");
    t.store.wait(Position::START).await.expect("there is an event");
    let calls = join_all((0..300).map(|_| add(&engine, id)));
    let answers = within_deadline("they come through", calls).await;
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.expect("nobody else is there").version().get() as usize, n + 2);
    }
}

/// Another process appends as it likes, and one more gives commands: what rested on a version that it took is decided
/// again, on what is there now.
pub async fn what_another_process_gets_in_the_way_of_is_decided_again(stage: &Stage) {
    let t = Subject::of(stage);
    let [store, another] = t.handles().await;
    let engine = patient(store, 50);
    let id = vault(&t);
    let interfere = async {
        for n in 0..20 {
            let event = VaultEvent::CoinsFound { count: 1000 };
            let event = NewEvent::encode(&event, t.source.uuid().into(), moment(n));
            let events = vec![event.expect("storable")];
            let append = Append::to(Vault::stream(id), ExpectedVersion::Any, events);
            another.append(append).await.expect("under any version");
        }
    };
    let command = async {
        let another = patient(another.clone(), 10);
        for _ in 0..5 {
            while let Err(error) = add(&another, id).await {
                assert!(error.is_conflict(), "{error}");
            }
        }
    };
    let work = async { tokio::join!(call(&engine, id, CALLERS, 10), interfere, command) };
    within_deadline("all come through", work).await;
    let (vault, events) = told(&*t.store, id).await;
    assert_eq!((vault.coins as usize, events), (CALLERS * 10 + 20_005, CALLERS * 10 + 25));
}

/// Callers go away while their commands are on their way: those after them come through.
pub async fn a_caller_that_goes_away_takes_nobody_along(stage: &Stage) {
    let t = Subject::of(stage);
    let chaos = ChaosStore::wrap(t.store.clone(), Faults::none());
    let engine = engine(chaos.clone());
    let id = vault(&t);
    add(&engine, id).await.expect("nobody else is there");
    let gate = Gate::new();
    (0..CALLERS).for_each(|_| chaos.next_append(Fault::HoldReply(gate.clone())));
    let mut calls: Vec<_> = (0..CALLERS).map(|_| add(&engine, id)).collect();
    for call in &mut calls {
        assert!(poll!(call).is_pending(), "its answer is held back");
    }
    let mut nth = 0;
    calls.retain(|_| {
        nth += 1;
        nth % 3 != 1
    });
    gate.open();
    let left = calls.len();
    let answers = within_deadline("those who stay come through", join_all(calls)).await;
    for answer in answers {
        answer.expect("those who have gone are in nobody's way");
    }
    let (vault, _) = told(&*t.store, id).await;
    assert!(vault.coins as usize > left, "{vault:?}");
    within_deadline("the line is free", add(&engine, id)).await.expect("as before");
}

/// A caller goes away before its append has reached the store: what was refused because of it is decided again.
pub async fn a_refusal_rests_on_what_is_stored(stage: &Stage) {
    let t = Subject::of(stage);
    let chaos = ChaosStore::wrap(t.store.clone(), Faults::none());
    let engine = engine(chaos.clone());
    let id = vault(&t);
    for _ in 0..5 {
        add(&engine, id).await.expect("nobody else is there");
    }
    let gate = chaos.hold_next_append();
    let mut first = send(&engine, id, Order::Take(5), None);
    let reached = within_deadline("the first is held", async {
        tokio::select! {
            () = gate.reached() => true,
            _ = &mut first => false,
        }
    });
    assert!(reached.await, "it has not reached the store");
    let mut second = send(&engine, id, Order::Take(3), None);
    assert!(poll!(&mut second).is_pending(), "nothing is left, if the first one is stored");
    drop(first);
    let taken = within_deadline("the second is answered", second).await;
    assert_eq!(taken.expect("the first one was not stored").state().coins, 2);

    // one that is stored counts
    let (first, second) =
        (send(&engine, id, Order::Take(2), None), send(&engine, id, Order::Take(1), None));
    let (first, second) = within_deadline("both", async { tokio::join!(first, second) }).await;
    first.expect("two are left");
    let refused = second.expect_err("none is left");
    assert_eq!(refused.rejection(), Some(&TooFew { has: 0, wanted: 1 }));
}

/// A command id that was used before: what rested on the second command is decided again.
pub async fn a_repeated_command_takes_back_what_rests_on_it(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = engine(t.store.clone());
    let id = vault(&t);
    let command = t.source.command();
    for round in 0..5 {
        let mut calls = vec![add(&engine, id)];
        calls.push(send(&engine, id, Order::Add, Some(command)));
        calls.extend((0..CALLERS).map(|_| add(&engine, id)));
        let answers = within_deadline("they come through", join_all(calls)).await;
        let answers: Vec<_> = answers.into_iter().map(|it| it.expect("stored")).collect();
        assert_eq!(answers[1].is_duplicate(), round > 0);
        assert_eq!(answers[1].version().get(), 2);
    }
    let (_, events) = told(&*t.store, id).await;
    assert_eq!(events, 5 * (CALLERS + 1) + 1);
}

/// An append fails, or its answer is lost: what rested on it comes through all the same.
pub async fn an_uncertain_result_takes_nobody_along(stage: &Stage) {
    let t = Subject::of(stage);
    let chaos = ChaosStore::wrap(t.store.clone(), Faults::none());
    let engine = engine(chaos.clone());
    let id = vault(&t);
    for fault in [Fault::LoseReply, Fault::Timeout, Fault::Unavailable] {
        chaos.next_append(fault);
        let calls = join_all((0..CALLERS).map(|_| add(&engine, id)));
        let mut answers = within_deadline("they come through", calls).await.into_iter();
        let first = answers.next().expect("an answer for each");
        first.expect_err("on purpose");
        for answer in answers {
            answer.expect("decided again");
        }
    }
    let (_, events) = told(&*t.store, id).await;
    assert_eq!(events, 3 * (CALLERS - 1) + 1, "the reply that was lost was of a stored one");
}

/// Many commands wait for one aggregate: one for another aggregate is stored before most of them.
pub async fn a_hot_aggregate_delays_a_cold_one_by_a_batch_at_most(stage: &Stage) {
    const HOT: usize = 1500;
    let t = Subject::of(stage);
    let engine = engine(t.store.clone());
    let id = vault(&t);
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    let hot = join_all((0..HOT).map(|_| {
        let call = add(&engine, id);
        let answered = count.clone();
        async move {
            call.await.expect("nobody else is there");
            answered.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let hot = tokio::spawn(hot);
    for _ in 0..8 {
        let before = answered.load(Ordering::SeqCst);
        let cold = within_deadline("a cold one", add(&engine, vault(&t))).await;
        cold.expect("nobody else is there");
        // those that were on their way, and as many as follow while it is stored
        let meanwhile = answered.load(Ordering::SeqCst) - before;
        assert!(meanwhile <= 768 || before == 0 && meanwhile == HOT, "{meanwhile} came first");
    }
    joined(within_deadline("the hot ones", hot).await);
    assert_eq!(told(&*t.store, id).await.1, HOT);
}

/// A line is as long as it may be: the next one is refused at once, and other aggregates do not notice.
pub async fn a_full_line_refuses_at_once(stage: &Stage) {
    let t = Subject::of(stage);
    let chaos = ChaosStore::wrap(t.store.clone(), Faults::none());
    let settings = EngineSettings::default().commands_at_once(4).sent_at_once(2);
    let engine = Engine::builder(chaos.clone()).settings(settings).build();
    let id = vault(&t);
    let gate = Gate::new();
    add(&engine, id).await.expect("nobody else is there");
    (0..2).for_each(|_| chaos.next_append(Fault::HoldReply(gate.clone())));
    let mut calls: Vec<_> = (0..4).map(|_| add(&engine, id)).collect();
    let before = chaos.injected().calls;
    for call in &mut calls {
        assert!(poll!(call).is_pending());
    }
    assert_eq!(chaos.injected().calls - before, 2, "the others wait until these are answered");
    let refused = add(&engine, id).await.expect_err("four are there");
    assert!(matches!(refused.store_error(), Some(Error::Unavailable { .. })), "{refused}");
    within_deadline("another", add(&engine, vault(&t))).await.expect("its line is empty");
    gate.open();
    for answer in within_deadline("all four", join_all(calls)).await {
        answer.expect("nobody else is there");
    }
    within_deadline("there is room again", add(&engine, id)).await.expect("as before");
}

/// Units over aggregates that they have in common, in any order, among single commands: none waits for another in a
/// circle.
pub async fn units_over_common_aggregates_never_deadlock(stage: &Stage) {
    let t = Subject::of(stage);
    let engine = patient(t.store.clone(), 10);
    let ids: Vec<AggregateId> = (0..6).map(|_| vault(&t)).collect();
    let mut tasks = JoinSet::new();
    for n in 0..CALLERS {
        let engine = engine.clone();
        let ids = ids.clone();
        let mut next = t.source.bits() as usize;
        tasks.spawn(async move {
            for _ in 0..10 {
                next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n);
                let of = |k: usize| ids[(next >> (8 * k + 8)) % ids.len()];
                let done = match next >> 50 & 3 {
                    0 => add(&engine, of(0))
                        .await
                        .map(drop)
                        .map_err(|error| Reason(&error).to_string()),
                    _ => {
                        let unit =
                            engine.atomic(Context::new()).command::<Vault>(of(0), Order::Add);
                        let unit = unit.command::<Vault>(of(1), Order::Add);
                        let unit = unit.command::<Vault>(of(2), Order::Add);
                        unit.commit().await.map(drop).map_err(|error| Reason(&error).to_string())
                    }
                };
                done.expect("nobody else is there");
            }
        });
    }
    let all = async {
        while let Some(done) = tasks.join_next().await {
            joined(done);
        }
    };
    within_deadline("they come through", all).await;
    for id in ids {
        told(&*t.store, id).await;
    }
}

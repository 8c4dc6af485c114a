//! A process manager that does what events tell it, and writes down what it hears.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aether_core::backend::{Processes, ReadModels as _};
use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{
    Aggregate, AggregateId, BoxError, Context, Error, Event, ExecuteError, Facts, Filter,
    ProcessManager, Recorded, Shape,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::node::Node;
use super::trade::{Purse, PurseCommand};

/// The manager. Its commands put gold into a purse, after what the script of their amount says.
#[derive(Debug, Clone, Default)]
pub(super) struct Journal {
    script: Arc<Mutex<HashMap<u32, VecDeque<Trouble>>>>,
}

/// What goes wrong with a command, or with the reaction to its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Fails,
    Passes,
    /// As [`Trouble::Passes`], told in words of the manager's own.
    PassesBelow,
    Panics,
    Hangs,
    /// The command is carried out; the process fails at hearing so.
    IsNotUnderstood,
}

/// An error of a manager, above one of the store.
#[derive(Debug, thiserror::Error)]
#[error("the gold was not given")]
struct Below(#[source] ExecuteError<std::convert::Infallible>);

/// What a process has heard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Heard(pub(super) Vec<String>);

/// Gold for a purse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Gift {
    pub(super) purse: AggregateId,
    pub(super) amount: u32,
}

/// What an event tells a process to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub(super) enum Order {
    /// Sends commands with these amounts.
    Give(Vec<u32>),
    /// Sets a timer.
    Wait(String, u64),
    /// Cancels it.
    Forget(String),
    /// Sends a command, then fails.
    Fail,
    Nothing,
    Finish,
}

/// Where these events come from.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub(super) struct Signals;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) enum SignalsEvent {
    /// For one process, or for none.
    SignalGiven { process: Option<Uuid>, order: Order },
}

impl Aggregate for Signals {
    const TYPE: &'static str = "Signals";
    type Command = Vec<SignalsEvent>;
    type Event = SignalsEvent;
    type Error = std::convert::Infallible;

    fn decide(
        &self,
        events: &Vec<SignalsEvent>,
        _: &Facts,
    ) -> Result<Vec<SignalsEvent>, std::convert::Infallible> {
        Ok(events.clone())
    }

    fn apply(&mut self, _: &SignalsEvent) {}
}

impl Journal {
    /// The next commands with this amount meet this trouble, one each.
    pub(super) fn trouble(&self, amount: u32, trouble: &[Trouble]) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.entry(amount).or_default().extend(trouble);
    }

    fn next(&self, amount: u32, at_execution: bool) -> Option<Trouble> {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = script.get_mut(&amount)?;
        let fits = (*waiting.front()? != Trouble::IsNotUnderstood) == at_execution;
        if fits { waiting.pop_front() } else { None }
    }
}

impl ProcessManager for Journal {
    type State = Heard;
    type Command = Gift;
    type Events = SignalsEvent;

    fn name(&self) -> &'static str {
        "Journal"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types(["Signals"])
    }

    fn route(&self, event: &Recorded<SignalsEvent>) -> Route {
        let SignalsEvent::SignalGiven { process, .. } = &event.event;
        Route::each(*process)
    }

    fn react(
        &self,
        heard: &mut Heard,
        input: Input<'_, SignalsEvent, Gift>,
        then: &mut Reaction<Gift>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => {
                let SignalsEvent::SignalGiven { order, .. } = event.event.clone();
                // the purse of a process has its id
                let purse = AggregateId::new(then.process());
                if order != Order::Nothing {
                    heard.0.push(format!("{order:?}"));
                }
                match order {
                    Order::Give(amounts) => {
                        amounts.into_iter().for_each(|amount| then.send(Gift { purse, amount }));
                    }
                    Order::Wait(timer, seconds) => {
                        then.after(timer, Duration::from_secs(seconds));
                    }
                    Order::Forget(timer) => then.cancel(timer),
                    Order::Fail => {
                        then.send(Gift { purse, amount: 1 });
                        return Err("a failure on purpose".into());
                    }
                    Order::Nothing => {}
                    Order::Finish => then.end(),
                }
            }
            Input::Timer(timer) => {
                if let Some(Trouble::Fails) = self.next(0, true) {
                    return Err("a failure on purpose".into());
                }
                heard.0.push(format!("timer {timer}"));
            }
            Input::Done(gift) => {
                if self.next(gift.amount, false).is_some() {
                    return Err("a failure on purpose".into());
                }
                heard.0.push(format!("done {}", gift.amount));
            }
            Input::Refused { command, reason } => {
                heard.0.push(format!("refused {}: {reason}", command.amount));
            }
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, gift: &Gift, run: Run<'_>) -> Result<Outcome, BoxError> {
        match self.next(gift.amount, true) {
            Some(Trouble::Fails) => Err("a failure on purpose".into()),
            Some(Trouble::Passes) => Err(Error::Unavailable { source: "on purpose".into() }.into()),
            Some(Trouble::PassesBelow) => {
                let away = Error::Unavailable { source: "on purpose".into() };
                Err(Below(ExecuteError::Store(away)).into())
            }
            Some(Trouble::Panics) => panic!("a panic on purpose"),
            Some(Trouble::Hangs) => std::future::pending().await,
            Some(Trouble::IsNotUnderstood) | None => {
                let deposit = PurseCommand::Deposit(gift.amount);
                run.command::<Purse>(gift.purse, deposit).await
            }
        }
    }
}

impl<P: Processes + Clone> Node<P, Journal> {
    /// Tells processes what to do, in one append.
    pub(super) async fn tell(&self, orders: impl IntoIterator<Item = (Uuid, Order)>) {
        let event = |(process, order)| SignalsEvent::SignalGiven { process: Some(process), order };
        self.signal(orders.into_iter().map(event).collect(), &Context::new()).await;
    }

    pub(super) async fn signal(&self, events: Vec<SignalsEvent>, context: &Context) {
        let id = AggregateId::new(Uuid::new_v4());
        let told = self.engine().execute::<Signals>(id, events).with(context).await;
        told.expect("an event can be stored");
    }

    /// What a process has heard; `None` if it is not known or has ended.
    pub(super) async fn heard(&self, process: Uuid) -> Option<Vec<String>> {
        let mut tx = self.processes().begin().await.expect("a transaction");
        let found =
            self.processes().open(&mut tx, "Journal", &[process]).await.expect("it can look");
        let heard: Heard = found.first()?.state.as_ref()?.decode().expect("a state");
        Some(heard.0)
    }

    /// The gold in the purse of a process.
    pub(super) async fn gold(&self, process: Uuid) -> u32 {
        let found = self.engine().find::<Purse>(AggregateId::new(process)).await;
        found.expect("it can look").unwrap_or_default().state.free
    }

    /// Hears, works, and lets time pass for what was put off, until nothing is due.
    pub(super) async fn settle_over_time(
        &self,
        clock: &aether_testkit::clock::ManualClock,
        seconds: i64,
    ) {
        for _ in 0..seconds {
            self.settle().await;
            clock.advance(Duration::from_secs(1));
        }
        self.settle().await;
    }
}

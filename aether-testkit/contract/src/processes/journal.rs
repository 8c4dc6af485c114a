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
use super::trade::{Bourse, BourseCommand};

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
pub(super) struct Don {
    pub(super) bourse: AggregateId,
    pub(super) montant: u32,
}

/// What an event tells a process to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub(super) enum Ordre {
    /// Sends commands with these amounts.
    Donner(Vec<u32>),
    /// Sets a timer.
    Attendre(String, u64),
    /// Cancels it.
    Oublier(String),
    /// Sends a command, then fails.
    Echouer,
    Rien,
    Finir,
}

/// Where these events come from.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
pub(super) struct Signaux;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub(super) enum SignauxEvent {
    /// For one process, or for none.
    SignalDonne { process: Option<Uuid>, ordre: Ordre },
}

impl Aggregate for Signaux {
    const TYPE: &'static str = "Signaux";
    type Command = Vec<SignauxEvent>;
    type Event = SignauxEvent;
    type Error = std::convert::Infallible;

    fn decide(
        &self,
        events: &Vec<SignauxEvent>,
        _: &Facts,
    ) -> Result<Vec<SignauxEvent>, std::convert::Infallible> {
        Ok(events.clone())
    }

    fn apply(&mut self, _: &SignauxEvent) {}
}

impl Journal {
    /// The next commands with this amount meet this trouble, one each.
    pub(super) fn trouble(&self, montant: u32, trouble: &[Trouble]) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.entry(montant).or_default().extend(trouble);
    }

    fn next(&self, montant: u32, at_execution: bool) -> Option<Trouble> {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = script.get_mut(&montant)?;
        let fits = (*waiting.front()? != Trouble::IsNotUnderstood) == at_execution;
        if fits { waiting.pop_front() } else { None }
    }
}

impl ProcessManager for Journal {
    type State = Heard;
    type Command = Don;
    type Events = SignauxEvent;

    fn name(&self) -> &'static str {
        "Journal"
    }

    fn filter(&self) -> Filter {
        Filter::all().aggregate_types(["Signaux"])
    }

    fn route(&self, event: &Recorded<SignauxEvent>) -> Route {
        let SignauxEvent::SignalDonne { process, .. } = &event.event;
        Route::each(*process)
    }

    fn react(
        &self,
        heard: &mut Heard,
        input: Input<'_, SignauxEvent, Don>,
        then: &mut Reaction<Don>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => {
                let SignauxEvent::SignalDonne { ordre, .. } = event.event.clone();
                // the purse of a process has its id
                let bourse = AggregateId::new(then.process());
                if ordre != Ordre::Rien {
                    heard.0.push(format!("{ordre:?}"));
                }
                match ordre {
                    Ordre::Donner(montants) => {
                        montants.into_iter().for_each(|montant| then.send(Don { bourse, montant }));
                    }
                    Ordre::Attendre(timer, seconds) => {
                        then.after(timer, Duration::from_secs(seconds));
                    }
                    Ordre::Oublier(timer) => then.cancel(timer),
                    Ordre::Echouer => {
                        then.send(Don { bourse, montant: 1 });
                        return Err("a failure on purpose".into());
                    }
                    Ordre::Rien => {}
                    Ordre::Finir => then.end(),
                }
            }
            Input::Timer(timer) => {
                if let Some(Trouble::Fails) = self.next(0, true) {
                    return Err("a failure on purpose".into());
                }
                heard.0.push(format!("timer {timer}"));
            }
            Input::Done(don) => {
                if self.next(don.montant, false).is_some() {
                    return Err("a failure on purpose".into());
                }
                heard.0.push(format!("done {}", don.montant));
            }
            Input::Refused { command, reason } => {
                heard.0.push(format!("refused {}: {reason}", command.montant));
            }
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, don: &Don, run: Run<'_>) -> Result<Outcome, BoxError> {
        match self.next(don.montant, true) {
            Some(Trouble::Fails) => Err("a failure on purpose".into()),
            Some(Trouble::Passes) => Err(Error::Unavailable { source: "on purpose".into() }.into()),
            Some(Trouble::PassesBelow) => {
                let away = Error::Unavailable { source: "on purpose".into() };
                Err(Below(ExecuteError::Store(away)).into())
            }
            Some(Trouble::Panics) => panic!("a panic on purpose"),
            Some(Trouble::Hangs) => std::future::pending().await,
            Some(Trouble::IsNotUnderstood) | None => {
                let deposer = BourseCommand::Deposer(don.montant);
                run.command::<Bourse>(don.bourse, deposer).await
            }
        }
    }
}

impl<P: Processes + Clone> Node<P, Journal> {
    /// Tells processes what to do, in one append.
    pub(super) async fn tell(&self, orders: impl IntoIterator<Item = (Uuid, Ordre)>) {
        let event = |(process, ordre)| SignauxEvent::SignalDonne { process: Some(process), ordre };
        self.signal(orders.into_iter().map(event).collect(), &Context::new()).await;
    }

    pub(super) async fn signal(&self, events: Vec<SignauxEvent>, context: &Context) {
        let id = AggregateId::new(Uuid::new_v4());
        let told = self.engine.execute::<Signaux>(id, events).with(context).await;
        told.expect("an event can be stored");
    }

    /// What a process has heard; `None` if it is not known or has ended.
    pub(super) async fn heard(&self, process: Uuid) -> Option<Vec<String>> {
        let mut tx = self.processes.begin().await.expect("a transaction");
        let found = self.processes.open(&mut tx, "Journal", &[process]).await.expect("it can look");
        let heard: Heard = found.first()?.state.as_ref()?.decode().expect("a state");
        Some(heard.0)
    }

    /// The gold in the purse of a process.
    pub(super) async fn gold(&self, process: Uuid) -> u32 {
        let found = self.engine.find::<Bourse>(AggregateId::new(process)).await;
        found.expect("it can look").unwrap_or_default().state.libre
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

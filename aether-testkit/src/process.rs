//! Heard, sends, refused: tests of a process manager, without a store.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Debug;
use std::time::Duration;

use aether_core::backend::Reason;
use aether_core::command::IdOf;
use aether_core::log::StreamId;
use aether_core::process::{Input, Reaction};
use aether_core::uuid::Uuid;
use aether_core::{Aggregate, Json, ProcessManager, Recorded, RecordedEvent};
use chrono::{DateTime, Utc};

use crate::difference;

/// One process of a manager: inputs come to it, and the test says what follows.
///
/// [`heard`](Process::heard), [`done`](Process::done), [`refused`](Process::refused) and [`rings`](Process::rings) are
/// inputs. After each one [`sends`](Process::sends) names the commands that it leads to, all of them: a command that no
/// test names fails the next step.
///
/// ```
/// # use aether_core::{Aggregate, AggregateId, BoxError, Event, Facts, ProcessManager, Recorded, Shape, id};
/// # use aether_core::process::{Input, Outcome, Reaction, Route, Run};
/// # use std::time::Duration;
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Default, Clone, Serialize, Deserialize, Shape)]
/// # struct Order;
/// # #[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
/// # enum OrderEvent { Placed { price: u32 } }
/// # impl Aggregate for Order {
/// #     const TYPE: &'static str = "Order";
/// #     type Command = ();
/// #     type Event = OrderEvent;
/// #     type Error = std::convert::Infallible;
/// #     fn decide(&self, _: &(), _: &Facts) -> Result<Vec<OrderEvent>, Self::Error> { Ok(vec![]) }
/// #     fn apply(&mut self, _: &OrderEvent) {}
/// # }
/// # id! { struct OrderId of Order; }
/// # struct Payment;
/// # #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// # enum Step { Debit { price: u32 }, Cancel { reason: String } }
/// # impl ProcessManager for Payment {
/// #     type State = ();
/// #     type Command = Step;
/// #     type Events = OrderEvent;
/// #     fn name(&self) -> &'static str { "payment" }
/// #     fn route(&self, event: &Recorded<OrderEvent>) -> Route { Route::to(event.aggregate_id) }
/// #     fn react(
/// #         &self, _: &mut (), input: Input<'_, OrderEvent, Step>, then: &mut Reaction<Step>,
/// #     ) -> Result<(), BoxError> {
/// #         match input {
/// #             Input::Event(event) => {
/// #                 let OrderEvent::Placed { price } = event.event;
/// #                 then.send(Step::Debit { price });
/// #                 then.after("patience", Duration::from_mins(10));
/// #             }
/// #             Input::Refused { command: Step::Debit { .. }, reason } => {
/// #                 then.send(Step::Cancel { reason: reason.to_owned() });
/// #                 then.end();
/// #             }
/// #             _ => then.end(),
/// #         }
/// #         Ok(())
/// #     }
/// #     async fn execute(&self, _: &Step, run: Run<'_>) -> Result<Outcome, BoxError> { Ok(run.done()) }
/// # }
/// use aether_testkit::process::Process;
///
/// let order = OrderId::generate();
///
/// Process::of(Payment)
///     .heard(order, OrderEvent::Placed { price: 100 })
///     .sends([Step::Debit { price: 100 }])
///     .sets("patience", Duration::from_mins(10))
///     .refused("no gold")
///     .sends([Step::Cancel { reason: "no gold".into() }])
///     .ended();
/// ```
///
/// Commands and the state are encoded and decoded after each input, as the store does: what would not come back fails
/// the test that first makes it. [`ProcessManager::execute`] is not called; that is for tests with a store.
///
/// The process is the first one that the first event is [routed](ProcessManager::route) to. Inputs come at the start of
/// 1970 until [`at`](Process::at) says otherwise.
pub struct Process<M: ProcessManager> {
    manager: M,
    /// None before the first event.
    id: Option<Uuid>,
    state: M::State,
    ended: bool,
    now: DateTime<Utc>,
    position: u64,
    versions: HashMap<StreamId, u32>,
    /// What the last input has led to and the test has not named yet.
    unnamed: Vec<M::Command>,
    /// Commands that are not settled, the oldest first.
    on_their_way: VecDeque<Json>,
    timers: BTreeMap<String, DateTime<Utc>>,
}

impl<M: ProcessManager> Process<M>
where
    M::Command: Debug + PartialEq,
{
    /// A process that has not begun.
    #[must_use = "a process alone tests nothing: say what follows, with `sends` for instance"]
    pub fn of(manager: M) -> Self {
        Self {
            manager,
            id: None,
            state: M::State::default(),
            ended: false,
            now: DateTime::UNIX_EPOCH,
            position: 0,
            versions: HashMap::new(),
            unnamed: Vec::new(),
            on_their_way: VecDeque::new(),
            timers: BTreeMap::new(),
        }
    }

    /// What follows happens at this time.
    #[must_use = "a process alone tests nothing: say what follows, with `sends` for instance"]
    pub fn at(self, time: DateTime<Utc>) -> Self {
        Self { now: time, ..self }
    }

    /// The process hears an event of an aggregate. With a raw id the aggregate is named: `heard::<Order>(id, …)`.
    ///
    /// # Panics
    ///
    /// If the manager does not listen to the event or routes it to other processes, fails at it, or makes something
    /// that cannot be stored. If it has sent commands that the test has not named.
    #[track_caller]
    #[must_use = "a process alone tests nothing: say what follows, with `sends` for instance"]
    pub fn heard<A: Aggregate>(mut self, id: impl IdOf<A>, event: A::Event) -> Self {
        self.all_is_named();
        let recorded = self.record::<A>(id, &event);
        let process = self.routed(&recorded);
        self.id = Some(process);
        self.react(Input::Event(&recorded));
        self
    }

    /// The oldest command on its way was carried out.
    ///
    /// # Panics
    ///
    /// If there is none. As [`heard`](Process::heard).
    #[track_caller]
    #[must_use = "a process alone tests nothing: say what follows, with `sends` for instance"]
    pub fn done(mut self) -> Self {
        let command = self.settled("carried out");
        self.react(Input::Done(&command));
        self
    }

    /// The oldest command on its way was refused, for this reason.
    ///
    /// # Panics
    ///
    /// If there is none. As [`heard`](Process::heard).
    #[track_caller]
    #[must_use = "a process alone tests nothing: say what follows, with `sends` for instance"]
    pub fn refused(mut self, reason: &str) -> Self {
        let command = self.settled("refused");
        self.react(Input::Refused { command: &command, reason });
        self
    }

    /// The time of a timer has come: it is then, where it is not later already.
    ///
    /// # Panics
    ///
    /// If the timer is not set. As [`heard`](Process::heard).
    #[track_caller]
    #[must_use = "a process alone tests nothing: say what follows, with `sends` for instance"]
    pub fn rings(mut self, timer: &str) -> Self {
        self.all_is_named();
        let Some(due) = self.timers.remove(timer) else { self.no_timer(timer) };
        self.now = self.now.max(due);
        self.react(Input::Timer(timer));
        self
    }

    /// The last input has led to exactly these commands, in this order.
    ///
    /// # Panics
    ///
    /// If it has led to others; the message shows both as a difference.
    #[track_caller]
    pub fn sends(mut self, commands: impl IntoIterator<Item = M::Command>) -> Self {
        let expected: Vec<M::Command> = commands.into_iter().collect();
        let sent = std::mem::take(&mut self.unnamed);
        if sent != expected {
            let difference = difference::between(&expected, &sent);
            panic!("{} sent other commands than expected\n{difference}", self.manager.name());
        }
        self
    }

    /// The last input has led to no command.
    ///
    /// # Panics
    ///
    /// If it has.
    #[track_caller]
    pub fn sends_nothing(self) -> Self {
        self.sends([])
    }

    /// A timer is set and will ring after this time.
    ///
    /// # Panics
    ///
    /// If it is not set, or rings at another time.
    #[track_caller]
    pub fn sets(self, timer: &str, span: Duration) -> Self {
        let Some(due) = self.timers.get(timer) else { self.no_timer(timer) };
        let left = (*due - self.now).to_std().unwrap_or_default();
        if left != span {
            let name = self.manager.name();
            panic!("the timer {timer:?} of {name} rings after {left:?}, not after {span:?}");
        }
        self
    }

    /// Looks at the state; `check` asserts what it likes.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&M::State)) -> Self {
        check(&self.state);
        self
    }

    /// The process has ended, and the test has named all commands that it sent.
    ///
    /// # Panics
    ///
    /// If it has not ended, or has sent commands that the test has not named.
    #[track_caller]
    pub fn ended(self) -> Self {
        self.all_is_named();
        if !self.ended {
            panic!("{} has not ended: it waits for what comes", self.manager.name());
        }
        self
    }

    /// The process has not ended, and the test has named all commands that it sent.
    ///
    /// # Panics
    ///
    /// If it has ended, or has sent commands that the test has not named.
    #[track_caller]
    pub fn continues(self) -> Self {
        self.all_is_named();
        if self.ended {
            panic!("{} has ended: it hears of nothing any more", self.manager.name());
        }
        self
    }

    /// The event as the manager gets it.
    #[track_caller]
    fn record<A: Aggregate>(&mut self, id: impl IdOf<A>, event: &A::Event) -> Recorded<M::Events> {
        self.position += 1;
        let version = self.versions.entry(StreamId::new(A::TYPE, id)).or_default();
        *version += 1;
        let recorded = RecordedEvent::build(event).of::<A>(id).version(*version);
        let recorded = recorded.position(self.position).at(self.now);
        let name = self.manager.name();
        let kind = recorded.event_type.clone();
        let read = match self.manager.filter().matches(&recorded) {
            true => Recorded::read(recorded),
            false => Ok(None),
        };
        match read {
            Ok(Some(recorded)) => recorded,
            Ok(None) => panic!("{name} does not listen to {kind} of {}", A::TYPE),
            Err(error) => panic!("{name} cannot read {kind}: {error}"),
        }
    }

    /// The process of this test, if the event belongs to it.
    #[track_caller]
    fn routed(&self, event: &Recorded<M::Events>) -> Uuid {
        let name = self.manager.name();
        let kind = &event.event_type;
        let route = self.manager.route(event);
        match (self.id, route.processes()) {
            (None, [first, ..]) => *first,
            (Some(id), processes) if processes.contains(&id) => id,
            (_, []) => panic!("{name} routes {kind} to no process"),
            (Some(id), others) => panic!("{name} routes {kind} to {others:?}, not to {id}"),
        }
    }

    /// The oldest command on its way, as it comes back from the store.
    #[track_caller]
    fn settled(&mut self, how: &str) -> M::Command {
        self.all_is_named();
        match self.on_their_way.pop_front() {
            Some(command) => decoded("a command", self.manager.name(), &command),
            None => panic!("{} has no command on its way that could be {how}", self.manager.name()),
        }
    }

    #[track_caller]
    fn react(&mut self, input: Input<'_, M::Events, M::Command>) {
        let name = self.manager.name();
        let (Some(id), false) = (self.id, self.ended) else { return };
        let mut then = Reaction::new(id, self.now);
        if let Err(error) = self.manager.react(&mut self.state, input, &mut then) {
            panic!("{name} failed to react: {}", Reason(&*error));
        }
        let state = encoded("the state", name, &self.state);
        self.state = decoded("the state", name, &state);
        for command in then.sent() {
            let json = encoded("a command", name, command);
            let back: M::Command = decoded("a command", name, &json);
            if back != *command {
                panic!(
                    "a command of {name} changes when it is stored (as {json}) and read back\n{}",
                    difference::between(command, &back)
                );
            }
            self.unnamed.push(back);
            self.on_their_way.push_back(json);
        }
        for (timer, due) in then.timers() {
            match due {
                Some(due) => self.timers.insert(timer.to_owned(), due),
                None => self.timers.remove(timer),
            };
        }
        if then.is_end() {
            self.ended = true;
            self.timers.clear();
        }
    }

    #[track_caller]
    fn all_is_named(&self) {
        if !self.unnamed.is_empty() {
            panic!(
                "{} has sent commands that the test does not name with `sends`: {:#?}",
                self.manager.name(),
                self.unnamed
            );
        }
    }

    #[track_caller]
    fn no_timer(&self, timer: &str) -> ! {
        let set: Vec<&str> = self.timers.keys().map(String::as_str).collect();
        panic!("{} has no timer {timer:?}; those that are set: {set:?}", self.manager.name());
    }
}

impl<M: ProcessManager> Debug for Process<M>
where
    M::Command: Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process")
            .field("manager", &self.manager.name())
            .field("id", &self.id)
            .field("ended", &self.ended)
            .field("on_their_way", &self.on_their_way)
            .field("timers", &self.timers)
            .finish_non_exhaustive()
    }
}

#[track_caller]
fn encoded<T: serde::Serialize>(what: &str, manager: &str, value: &T) -> Json {
    match Json::encode(value) {
        Ok(json) => json,
        Err(error) => panic!("{what} of {manager} cannot be stored: {error}"),
    }
}

#[track_caller]
fn decoded<T: serde::de::DeserializeOwned>(what: &str, manager: &str, json: &Json) -> T {
    match json.decode() {
        Ok(value) => value,
        Err(error) => {
            panic!("{what} of {manager} is stored as {json}, and cannot be read back: {error}")
        }
    }
}

#[cfg(test)]
mod tests;

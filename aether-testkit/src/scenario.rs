//! Given, when, then: tests of an aggregate's rules, without a store.

use std::fmt::Debug;

use aether_core::{Aggregate, Event, Facts, Version};
use chrono::{DateTime, Utc};

use crate::difference;

/// The past of an aggregate; [`when`](Scenario::when) asks something of it.
///
/// ```
/// # use aether_core::{Aggregate, Event, Facts, Shape};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
/// # struct Chest { open: bool }
/// # enum ChestCommand { Open, Close }
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
/// # enum ChestEvent { Opened { by: String }, Closed }
/// # #[derive(Debug, PartialEq, thiserror::Error)]
/// # enum Refusal { #[error("it is open already")] AlreadyOpen }
/// # impl Aggregate for Chest {
/// #     const TYPE: &'static str = "Chest";
/// #     type Command = ChestCommand;
/// #     type Event = ChestEvent;
/// #     type Error = Refusal;
/// #     fn decide(&self, command: &ChestCommand, _: &Facts) -> Result<Vec<ChestEvent>, Refusal> {
/// #         match (command, self.open) {
/// #             (ChestCommand::Open, true) => Err(Refusal::AlreadyOpen),
/// #             (ChestCommand::Open, false) => Ok(vec![ChestEvent::Opened { by: "Brune".into() }]),
/// #             (ChestCommand::Close, true) => Ok(vec![ChestEvent::Closed]),
/// #             (ChestCommand::Close, false) => Ok(vec![]),
/// #         }
/// #     }
/// #     fn apply(&mut self, event: &ChestEvent) {
/// #         self.open = matches!(event, ChestEvent::Opened { .. });
/// #     }
/// # }
/// use aether_testkit::scenario::Scenario;
///
/// let opened = ChestEvent::Opened { by: "Brune".into() };
///
/// Scenario::<Chest>::given([opened.clone()])
///     .when(ChestCommand::Open)
///     .then_rejected(Refusal::AlreadyOpen);
///
/// // what happened is the past of what comes next
/// Scenario::<Chest>::given([])
///     .when(ChestCommand::Open)
///     .then([opened])
///     .then_state(|chest| assert!(chest.open))
///     .when(ChestCommand::Close)
///     .then([ChestEvent::Closed])
///     .when(ChestCommand::Close)
///     .then_nothing();
/// ```
///
/// Decisions are made at the start of 1970, with seed 0 and for nobody, until [`at`](Scenario::at),
/// [`seed`](Scenario::seed) and [`user`](Scenario::user) say otherwise.
///
/// Every event, given or decided, is also encoded and decoded again: an event that the store could
/// not give back fails the test that first makes it.
#[derive(Debug)]
pub struct Scenario<A: Aggregate> {
    state: A,
    /// How many events are folded into the state, to number what failed.
    count: u32,
    facts: Facts,
}

/// What the aggregate decided; the `then…` methods say what it should have.
#[derive(Debug)]
#[must_use = "nothing is tested before `then`, `then_rejected`, `then_nothing` or `then_state`"]
pub struct Decision<A: Aggregate> {
    past: Scenario<A>,
    outcome: Result<Vec<A::Event>, A::Error>,
}

impl<A> Scenario<A>
where
    A: Aggregate,
    A::Event: Debug + PartialEq,
{
    /// Begins with an aggregate to which these events have happened; `[]` for a new one.
    ///
    /// # Panics
    ///
    /// If an event cannot be stored and read back.
    #[track_caller]
    #[must_use = "a past alone tests nothing: ask something with `when`"]
    pub fn given(events: impl IntoIterator<Item = A::Event>) -> Self {
        let facts = Facts::at(DateTime::UNIX_EPOCH);
        Self { state: A::default(), count: 0, facts }.and_given(events)
    }

    /// These events have happened as well: between two commands, by another hand.
    ///
    /// # Panics
    ///
    /// If an event cannot be stored and read back.
    #[track_caller]
    #[must_use = "a past alone tests nothing: ask something with `when`"]
    pub fn and_given(mut self, events: impl IntoIterator<Item = A::Event>) -> Self {
        for event in events {
            self.happened(&event);
        }
        self
    }

    /// What follows is decided at this time.
    #[must_use = "a past alone tests nothing: ask something with `when`"]
    pub fn at(self, time: DateTime<Utc>) -> Self {
        let mut facts = Facts::at(time).with_seed(self.facts.seed());
        if let Some(user) = self.facts.user() {
            facts = facts.with_user(user);
        }
        Self { facts, ..self }
    }

    /// What follows is decided with this seed.
    #[must_use = "a past alone tests nothing: ask something with `when`"]
    pub fn seed(self, seed: u64) -> Self {
        Self { facts: self.facts.with_seed(seed), ..self }
    }

    /// What follows is asked for by this user.
    #[must_use = "a past alone tests nothing: ask something with `when`"]
    pub fn user(self, user: impl Into<String>) -> Self {
        Self { facts: self.facts.with_user(user), ..self }
    }

    /// Asks the aggregate to carry out a command.
    pub fn when(mut self, command: A::Command) -> Decision<A> {
        self.facts = self.facts.with_version(Version::new(self.count));
        Decision { outcome: self.state.decide(&command, &self.facts), past: self }
    }

    /// Looks at the state; `check` asserts what it likes.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) -> Self {
        check(&self.state);
        self
    }

    #[track_caller]
    fn happened(&mut self, event: &A::Event) {
        assert_survives_storage(event);
        self.state.apply(event);
        self.count += 1;
    }
}

impl<A> Decision<A>
where
    A: Aggregate,
    A::Event: Debug + PartialEq,
{
    /// The command is carried out with exactly these events, in this order. They are the past of what
    /// follows.
    ///
    /// # Panics
    ///
    /// If it decided otherwise (the message shows both as a difference), or if an event cannot be
    /// stored and read back.
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = A::Event>) -> Scenario<A> {
        let expected: Vec<_> = events.into_iter().collect();
        let count = self.past.count;
        let (past, decided) = self.accepted("these events were expected", &expected);
        if decided != expected {
            panic!(
                "{} decided other events than expected (after {count} given events)\n{}",
                A::TYPE,
                difference::between(&expected, &decided)
            );
        }
        past.and_given(decided)
    }

    /// The command is carried out, and nothing happens: it was fulfilled already.
    ///
    /// # Panics
    ///
    /// If events were decided or the command was refused.
    #[track_caller]
    pub fn then_nothing(self) -> Scenario<A> {
        self.then([])
    }

    /// The command is refused with this error. The past stays as it was.
    ///
    /// # Panics
    ///
    /// If it was carried out, or refused with another error.
    #[track_caller]
    pub fn then_rejected(self, error: A::Error) -> Scenario<A>
    where
        A::Error: PartialEq,
    {
        let (past, refusal) = self.refused();
        if refusal != error {
            panic!(
                "{} refused for another reason than expected: {refusal}\n{}",
                A::TYPE,
                difference::between(&error, &refusal)
            );
        }
        past
    }

    /// The command is refused with an error for which `expected` is true: for errors that cannot be
    /// compared, or of which only a part matters.
    ///
    /// # Panics
    ///
    /// If it was carried out, or if `expected` is false for the error.
    #[track_caller]
    pub fn then_rejected_with(self, expected: impl FnOnce(&A::Error) -> bool) -> Scenario<A> {
        let (past, refusal) = self.refused();
        if !expected(&refusal) {
            panic!(
                "{} refused, as it should, but not with the expected error: {refusal}\n{refusal:#?}",
                A::TYPE
            );
        }
        past
    }

    /// The command is carried out, with whatever events, and leads to a state that passes `check`.
    ///
    /// # Panics
    ///
    /// If it was refused.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) -> Scenario<A> {
        let (past, decided) = self.accepted("a new state was expected", &[]);
        past.and_given(decided).then_state(check)
    }

    #[track_caller]
    fn accepted(self, wanted: &str, expected: &[A::Event]) -> (Scenario<A>, Vec<A::Event>) {
        match self.outcome {
            Ok(decided) => (self.past, decided),
            Err(refusal) => {
                panic!("{} refused: {refusal}\n{refusal:#?}\n{wanted}: {expected:#?}", A::TYPE)
            }
        }
    }

    #[track_caller]
    fn refused(self) -> (Scenario<A>, A::Error) {
        match self.outcome {
            Err(refusal) => (self.past, refusal),
            Ok(decided) => {
                panic!("{} should have refused the command, but decided {decided:#?}", A::TYPE)
            }
        }
    }
}

/// Fails when a store could not give an event back as it was.
#[track_caller]
fn assert_survives_storage<E: Event + Debug + PartialEq>(event: &E) {
    let kind = event.event_type();
    let payload = match event.encode() {
        Ok(payload) => payload,
        Err(error) => panic!("{event:#?}\ncannot be stored: {error}"),
    };
    match E::decode(kind.name, kind.version, &payload) {
        Ok(decoded) if decoded == *event => {}
        Ok(decoded) => panic!(
            "an event changes when it is stored (as {payload}) and read back\n{}",
            difference::between(event, &decoded)
        ),
        Err(error) => {
            panic!("{event:#?}\nis stored as {payload}, which cannot be read back: {error}")
        }
    }
}

#[cfg(test)]
mod tests;

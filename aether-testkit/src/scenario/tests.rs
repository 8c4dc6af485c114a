//! Scenarios hold where they should and fail, readably, where they should not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aether_core::{Aggregate, Event, Facts, Shape};
use chrono::Timelike as _;
use serde::{Deserialize, Serialize};

use super::Scenario;

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Purse {
    gold: u32,
}

enum Ask {
    Deposit(u32),
    Withdraw(u32),
    Lose,
    Weigh,
    /// Puts in a coin for each event before, the hour, and the seed; nothing for nobody.
    Donate,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum PurseEvent {
    Deposited {
        gold: u32,
    },
    Withdrawn {
        gold: u32,
    },
    Lost {
        #[serde(skip)]
        place: Option<String>,
    },
    Weighed {
        weight: f64,
    },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are only {gold} in it")]
struct TooLittle {
    gold: u32,
}

impl Aggregate for Purse {
    const TYPE: &'static str = "Purse";
    type Command = Ask;
    type Event = PurseEvent;
    type Error = TooLittle;

    fn decide(&self, command: &Ask, facts: &Facts) -> Result<Vec<PurseEvent>, TooLittle> {
        match command {
            Ask::Deposit(0) => Ok(vec![]),
            Ask::Deposit(gold) => Ok(vec![PurseEvent::Deposited { gold: *gold }]),
            Ask::Withdraw(gold) if *gold > self.gold => Err(TooLittle { gold: self.gold }),
            Ask::Withdraw(gold) => Ok(vec![PurseEvent::Withdrawn { gold: *gold }]),
            Ask::Lose => Ok(vec![PurseEvent::Lost { place: Some("in the wood".into()) }]),
            Ask::Donate if facts.user().is_none() => Ok(vec![]),
            Ask::Donate => {
                let gold = facts.version().get() + facts.now().hour() + facts.seed() as u32;
                Ok(vec![PurseEvent::Deposited { gold }])
            }
            Ask::Weigh => Ok(vec![PurseEvent::Weighed { weight: f64::NAN }]),
        }
    }

    fn apply(&mut self, event: &PurseEvent) {
        match event {
            PurseEvent::Deposited { gold } => self.gold += gold,
            PurseEvent::Withdrawn { gold } => self.gold -= gold,
            PurseEvent::Lost { .. } => self.gold = 0,
            PurseEvent::Weighed { .. } => {}
        }
    }
}

fn deposited(gold: u32) -> PurseEvent {
    PurseEvent::Deposited { gold }
}

#[test]
fn a_chain_goes_on_from_what_happened() {
    Scenario::<Purse>::given([deposited(3)])
        .when(Ask::Withdraw(4))
        .then_rejected(TooLittle { gold: 3 })
        .when(Ask::Deposit(2))
        .then([deposited(2)])
        .and_given([deposited(1)])
        .when(Ask::Withdraw(7))
        .then_rejected_with(|refusal| refusal.gold == 6)
        .when(Ask::Deposit(0))
        .then_nothing()
        .when(Ask::Withdraw(6))
        .then_state(|purse| assert_eq!(purse.gold, 0))
        .then_state(|purse| assert_eq!(purse.gold, 0));
}

#[test]
fn a_decision_is_told_the_facts_of_the_scenario() {
    Scenario::<Purse>::given([deposited(3)])
        .when(Ask::Donate)
        .then_nothing()
        .user("Brune")
        .when(Ask::Donate)
        .then([deposited(1)])
        .seed(1000)
        .at("2026-05-01T12:00:00Z".parse().expect("a time"))
        .when(Ask::Donate)
        .then([deposited(1014)]);
}

#[test]
fn other_events_are_shown_as_a_difference() {
    let text = failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Deposit(2)).then([deposited(3)]);
    });
    assert!(text.contains("Purse decided other events"), "{text}");
    assert!(text.contains("\n-         gold: 3,\n+         gold: 2,\n"), "{text}");
}

#[test]
fn missing_and_surplus_events_fail() {
    failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Deposit(2)).then_nothing();
    });
    failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Deposit(0)).then([deposited(0)]);
    });
}

#[test]
fn a_refusal_where_events_were_expected_is_told() {
    let text = failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Withdraw(1)).then([deposited(1)]);
    });
    assert!(text.contains("Purse refused: there are only 0 in it"), "{text}");
    failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Withdraw(1)).then_state(|_| ());
    });
}

#[test]
fn a_missing_or_other_refusal_fails() {
    let text = failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Deposit(1)).then_rejected(TooLittle { gold: 0 });
    });
    assert!(text.contains("should have refused"), "{text}");
    let text = failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Withdraw(9)).then_rejected(TooLittle { gold: 1 });
    });
    assert!(text.contains("-     gold: 1,\n+     gold: 0,"), "{text}");
    failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Withdraw(9)).then_rejected_with(|e| e.gold == 1);
    });
}

#[test]
fn an_event_that_does_not_survive_storage_fails() {
    let lost = PurseEvent::Lost { place: Some("in the wood".into()) };
    let text = failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Lose).then([lost.clone()]);
    });
    assert!(text.contains("changes when it is stored"), "{text}");
    failure(|| {
        Scenario::<Purse>::given([lost.clone()]).then_state(|_| ());
    });
    let text = failure(|| {
        Scenario::<Purse>::given([]).when(Ask::Weigh).then_state(|_| ());
    });
    assert!(text.contains("cannot be stored"), "{text}");
}

/// The message a closure panics with.
#[track_caller]
fn failure(test: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(test)).expect_err("this had to fail");
    *payload.downcast::<String>().expect("a message with values in it")
}

//! Scenarios hold where they should and fail, readably, where they should not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aether_core::{Aggregate, Event, Facts, Shape};
use chrono::Timelike as _;
use serde::{Deserialize, Serialize};

use super::Scenario;

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Bourse {
    or: u32,
}

enum Demande {
    Deposer(u32),
    Retirer(u32),
    Perdre,
    Peser,
    /// Puts in a coin for each event before, the hour, and the seed; nothing for nobody.
    Offrir,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum BourseEvent {
    Depose {
        or: u32,
    },
    Retire {
        or: u32,
    },
    Perdue {
        #[serde(skip)]
        ou: Option<String>,
    },
    Pesee {
        poids: f64,
    },
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there are only {or} in it")]
struct TropPeu {
    or: u32,
}

impl Aggregate for Bourse {
    const TYPE: &'static str = "Bourse";
    type Command = Demande;
    type Event = BourseEvent;
    type Error = TropPeu;

    fn decide(&self, command: &Demande, facts: &Facts) -> Result<Vec<BourseEvent>, TropPeu> {
        match command {
            Demande::Deposer(0) => Ok(vec![]),
            Demande::Deposer(or) => Ok(vec![BourseEvent::Depose { or: *or }]),
            Demande::Retirer(or) if *or > self.or => Err(TropPeu { or: self.or }),
            Demande::Retirer(or) => Ok(vec![BourseEvent::Retire { or: *or }]),
            Demande::Perdre => Ok(vec![BourseEvent::Perdue { ou: Some("dans la forêt".into()) }]),
            Demande::Offrir if facts.user().is_none() => Ok(vec![]),
            Demande::Offrir => {
                let or = facts.version().get() + facts.now().hour() + facts.seed() as u32;
                Ok(vec![BourseEvent::Depose { or }])
            }
            Demande::Peser => Ok(vec![BourseEvent::Pesee { poids: f64::NAN }]),
        }
    }

    fn apply(&mut self, event: &BourseEvent) {
        match event {
            BourseEvent::Depose { or } => self.or += or,
            BourseEvent::Retire { or } => self.or -= or,
            BourseEvent::Perdue { .. } => self.or = 0,
            BourseEvent::Pesee { .. } => {}
        }
    }
}

fn deposited(or: u32) -> BourseEvent {
    BourseEvent::Depose { or }
}

#[test]
fn a_chain_goes_on_from_what_happened() {
    Scenario::<Bourse>::given([deposited(3)])
        .when(Demande::Retirer(4))
        .then_rejected(TropPeu { or: 3 })
        .when(Demande::Deposer(2))
        .then([deposited(2)])
        .and_given([deposited(1)])
        .when(Demande::Retirer(7))
        .then_rejected_with(|refusal| refusal.or == 6)
        .when(Demande::Deposer(0))
        .then_nothing()
        .when(Demande::Retirer(6))
        .then_state(|purse| assert_eq!(purse.or, 0))
        .then_state(|purse| assert_eq!(purse.or, 0));
}

#[test]
fn a_decision_is_told_the_facts_of_the_scenario() {
    Scenario::<Bourse>::given([deposited(3)])
        .when(Demande::Offrir)
        .then_nothing()
        .user("Brune")
        .when(Demande::Offrir)
        .then([deposited(1)])
        .seed(1000)
        .at("2026-05-01T12:00:00Z".parse().expect("a time"))
        .when(Demande::Offrir)
        .then([deposited(1014)]);
}

#[test]
fn other_events_are_shown_as_a_difference() {
    let text = failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Deposer(2)).then([deposited(3)]);
    });
    assert!(text.contains("Bourse decided other events"), "{text}");
    assert!(text.contains("\n-         or: 3,\n+         or: 2,\n"), "{text}");
}

#[test]
fn missing_and_surplus_events_fail() {
    failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Deposer(2)).then_nothing();
    });
    failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Deposer(0)).then([deposited(0)]);
    });
}

#[test]
fn a_refusal_where_events_were_expected_is_told() {
    let text = failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Retirer(1)).then([deposited(1)]);
    });
    assert!(text.contains("Bourse refused: there are only 0 in it"), "{text}");
    failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Retirer(1)).then_state(|_| ());
    });
}

#[test]
fn a_missing_or_other_refusal_fails() {
    let text = failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Deposer(1)).then_rejected(TropPeu { or: 0 });
    });
    assert!(text.contains("should have refused"), "{text}");
    let text = failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Retirer(9)).then_rejected(TropPeu { or: 1 });
    });
    assert!(text.contains("-     or: 1,\n+     or: 0,"), "{text}");
    failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Retirer(9)).then_rejected_with(|e| e.or == 1);
    });
}

#[test]
fn an_event_that_does_not_survive_storage_fails() {
    let lost = BourseEvent::Perdue { ou: Some("dans la forêt".into()) };
    let text = failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Perdre).then([lost.clone()]);
    });
    assert!(text.contains("changes when it is stored"), "{text}");
    failure(|| {
        Scenario::<Bourse>::given([lost.clone()]).then_state(|_| ());
    });
    let text = failure(|| {
        Scenario::<Bourse>::given([]).when(Demande::Peser).then_state(|_| ());
    });
    assert!(text.contains("cannot be stored"), "{text}");
}

/// The message a closure panics with.
#[track_caller]
fn failure(test: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(test)).expect_err("this had to fail");
    *payload.downcast::<String>().expect("a message with values in it")
}

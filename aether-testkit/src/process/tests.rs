//! The words hold where they should and fail, readably, where they should not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aether_core::process::{Outcome, Route, Run};
use aether_core::{AggregateId, BoxError, Event, Facts, Shape, id};
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
struct Order;

id! { struct OrderId of Order; }

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum OrderEvent {
    Placed { price: u32 },
    Noted { payment: Uuid },
    Spoilt,
}

impl Aggregate for Order {
    const TYPE: &'static str = "Order";
    type Command = ();
    type Event = OrderEvent;
    type Error = std::convert::Infallible;

    fn decide(&self, _: &(), _: &Facts) -> Result<Vec<OrderEvent>, Self::Error> {
        Ok(vec![])
    }

    fn apply(&mut self, _: &OrderEvent) {}
}

/// Pays for orders in two steps; the second one waits.
struct Payment;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Paid {
    price: u32,
    #[serde(skip)]
    forgotten: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Step {
    Debit(u32),
    Confirm,
    Cancel {
        reason: String,
    },
    Leak {
        #[serde(skip)]
        secret: u32,
    },
}

impl ProcessManager for Payment {
    type State = Paid;
    type Command = Step;
    type Events = OrderEvent;

    fn name(&self) -> &'static str {
        "payment"
    }

    fn filter(&self) -> aether_core::Filter {
        aether_core::Filter::all().aggregate_types(["Order"])
    }

    fn route(&self, event: &Recorded<OrderEvent>) -> Route {
        match event.event {
            OrderEvent::Noted { payment } if payment.is_nil() => Route::none(),
            OrderEvent::Noted { payment } => Route::to(payment),
            _ => Route::to(event.aggregate_id),
        }
    }

    fn react(
        &self,
        paid: &mut Paid,
        input: Input<'_, OrderEvent, Step>,
        then: &mut Reaction<Step>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => match event.event {
                OrderEvent::Placed { price: 0 } => then.send(Step::Leak { secret: 7 }),
                OrderEvent::Placed { price } => {
                    *paid = Paid { price, forgotten: true };
                    then.send(Step::Debit(price));
                    then.after("patience", Duration::from_mins(10));
                }
                OrderEvent::Spoilt => return Err("it is spoilt".into()),
                OrderEvent::Noted { .. } => then.cancel("patience"),
            },
            Input::Done(Step::Debit(_)) => then.send(Step::Confirm),
            Input::Refused { reason, .. } => {
                then.send(Step::Cancel { reason: reason.to_owned() });
                then.end();
            }
            _ => then.end(),
        }
        Ok(())
    }

    async fn execute(&self, _: &Step, run: Run<'_>) -> Result<Outcome, BoxError> {
        Ok(run.done())
    }
}

fn order() -> OrderId {
    OrderId::from(Uuid::from_u128(1))
}

fn placed() -> Process<Payment> {
    Process::of(Payment).heard(order(), OrderEvent::Placed { price: 100 })
}

#[test]
fn a_process_goes_through_what_the_test_names() {
    let noon = "2026-05-01T12:00:00Z".parse().expect("a time");
    Process::of(Payment)
        .at(noon)
        .heard(order(), OrderEvent::Placed { price: 100 })
        .sends([Step::Debit(100)])
        .sets("patience", Duration::from_mins(10))
        .then_state(|paid| assert_eq!(paid.price, 100))
        .done()
        .sends([Step::Confirm])
        .continues()
        .done()
        .sends_nothing()
        .ended()
        // one that has ended hears of nothing
        .heard(order(), OrderEvent::Spoilt)
        .sends_nothing();
}

#[test]
fn a_refusal_comes_to_the_oldest_command_and_the_end_takes_timers_along() {
    let process = placed()
        .sends([Step::Debit(100)])
        .refused("no gold")
        .sends([Step::Cancel { reason: "no gold".into() }])
        .ended();
    let text = failure(|| process.rings("patience"));
    assert!(text.contains(r#"payment has no timer "patience"; those that are set: []"#), "{text}");
}

#[test]
fn a_timer_rings_at_its_time() {
    let process = placed().sends([Step::Debit(100)]).rings("patience").ended();
    assert_eq!(process.now, DateTime::UNIX_EPOCH + Duration::from_mins(10));
    let cancelled = placed().sends([Step::Debit(100)]);
    let payment = order().into();
    let cancelled = cancelled.heard(order(), OrderEvent::Noted { payment });
    failure(|| cancelled.rings("patience"));
    let text = failure(|| placed().sets("patience", Duration::from_mins(9)));
    assert!(text.contains("rings after 600s, not after 540s"), "{text}");
}

#[test]
fn other_commands_are_shown_as_a_difference() {
    let text = failure(|| placed().sends([Step::Debit(99)]));
    assert!(text.contains("payment sent other commands than expected"), "{text}");
    assert!(text.contains("\n-         99,\n+         100,\n"), "{text}");
    failure(|| placed().sends_nothing());
}

#[test]
fn a_command_that_the_test_does_not_name_fails_the_next_step() {
    for step in [Process::done, Process::ended, Process::continues] {
        let text = failure(|| step(placed()));
        assert!(text.contains("payment has sent commands that the test does not name"), "{text}");
        assert!(text.contains("Debit"), "{text}");
    }
}

#[test]
fn an_end_that_did_not_come_and_one_that_did_fail() {
    let text = failure(|| placed().sends([Step::Debit(100)]).ended());
    assert!(text.contains("payment has not ended"), "{text}");
    let ended = placed().sends([Step::Debit(100)]).rings("patience");
    let text = failure(|| ended.continues());
    assert!(text.contains("payment has ended"), "{text}");
}

#[test]
fn an_outcome_without_a_command_fails() {
    let text = failure(|| Process::of(Payment).done());
    assert!(text.contains("no command on its way that could be carried out"), "{text}");
    let text = failure(|| Process::of(Payment).refused("no"));
    assert!(text.contains("no command on its way that could be refused"), "{text}");
}

#[test]
fn an_event_of_other_processes_fails() {
    let other = Uuid::from_u128(9);
    let noted =
        |payment| placed().sends([Step::Debit(100)]).heard(order(), OrderEvent::Noted { payment });
    let text = failure(|| noted(other));
    assert!(
        text.contains("payment routes Noted to [00000000-0000-0000-0000-000000000009]"),
        "{text}"
    );
    let text = failure(|| noted(Uuid::nil()));
    assert!(text.contains("payment routes Noted to no process"), "{text}");
}

#[test]
fn an_event_that_the_manager_does_not_listen_to_fails() {
    /// Another aggregate with the same events.
    #[derive(Debug, Clone, Default, Serialize, Deserialize, Shape)]
    struct Draft;

    impl Aggregate for Draft {
        const TYPE: &'static str = "Draft";
        type Command = ();
        type Event = OrderEvent;
        type Error = std::convert::Infallible;

        fn decide(&self, _: &(), _: &Facts) -> Result<Vec<OrderEvent>, Self::Error> {
            Ok(vec![])
        }

        fn apply(&mut self, _: &OrderEvent) {}
    }

    let id = AggregateId::new(Uuid::from_u128(2));
    let text = failure(|| Process::of(Payment).heard::<Draft>(id, OrderEvent::Spoilt));
    assert!(text.contains("payment does not listen to Spoilt of Draft"), "{text}");
}

#[test]
fn a_failed_reaction_and_a_command_that_does_not_survive_storage_fail() {
    let text = failure(|| Process::of(Payment).heard(order(), OrderEvent::Spoilt));
    assert!(text.contains("payment failed to react: it is spoilt"), "{text}");
    let text = failure(|| Process::of(Payment).heard(order(), OrderEvent::Placed { price: 0 }));
    assert!(text.contains("a command of payment changes when it is stored"), "{text}");
    assert!(text.contains("secret: 7"), "{text}");
}

#[test]
fn the_state_is_what_comes_back_from_the_store() {
    placed().then_state(|paid| assert!(!paid.forgotten, "it is not stored"));
}

/// The message a closure panics with.
#[track_caller]
fn failure<T>(test: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(test)) else { panic!("this had to fail") };
    *payload.downcast::<String>().expect("a message with values in it")
}

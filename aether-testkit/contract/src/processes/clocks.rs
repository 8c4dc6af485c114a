//! Promises about time: timers and retries follow the engine's clock, wherever it goes.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::Processes;
use aether_core::time::Clock as _;
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::Steps;
use uuid::Uuid;

use super::Place;
use super::journal::{Journal, Order, Trouble};
use super::node::{Node, clock};

async fn setting<P: Processes + Clone>(
    backend: &Place<P>,
) -> (ManualClock, Journal, Arc<Node<P, Journal>>, Uuid) {
    let (clock, journal) = (clock(), Journal::default());
    let node = Node::start(backend, journal.clone(), &clock, &Steps::safe()).await;
    (clock, journal, node, Uuid::new_v4())
}

const fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

fn wait(seconds: u64) -> Order {
    Order::Wait("alarm".into(), seconds)
}

async fn rung<P: Processes + Clone>(node: &Node<P, Journal>, process: Uuid) -> usize {
    let heard = node.heard(process).await.unwrap_or_default();
    heard.iter().filter(|input| input.starts_with("timer")).count()
}

/// A timer fires once, not before its time, whichever node is there then.
pub async fn a_timer_fires_once_when_its_time_has_come<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (clock, journal, node, process) = setting(&*backend).await;
    node.tell([(process, wait(60))]).await;
    node.settle().await;
    clock.advance(Duration::from_secs(59));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 0);
    assert_eq!(node.runner().due().await.expect("it can look"), 0);
    clock.advance(Duration::from_secs(1));
    assert_eq!(node.runner().due().await.expect("it can look"), 1);
    let other = Node::start(&*backend, journal, &clock, &Steps::safe()).await;
    other.settle().await;
    node.settle().await;
    clock.advance(days(1));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 1);
}

/// Of a timer that is set again only the last time counts, in one batch and across batches.
pub async fn a_timer_that_was_set_again_fires_at_its_new_time<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (clock, _, node, process) = setting(&*backend).await;
    node.tell([(process, wait(5)), (process, wait(60))]).await;
    node.settle().await;
    clock.advance(Duration::from_secs(30));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 0);
    node.tell([(process, wait(60))]).await;
    node.settle().await;
    clock.advance(Duration::from_secs(59));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 0);
    clock.advance(Duration::from_secs(1));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 1);
}

/// A timer that was cancelled does not fire, in one batch and across batches.
pub async fn a_cancelled_timer_never_fires<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (clock, _, node, process) = setting(&*backend).await;
    let forget = || Order::Forget("alarm".into());
    node.tell([(process, wait(5)), (process, forget())]).await;
    node.settle().await;
    node.tell([(process, wait(5))]).await;
    node.settle().await;
    node.tell([(process, forget())]).await;
    node.settle().await;
    clock.advance(Duration::from_hours(1));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 0);
}

/// A timer of no span fires at once, and one of the longest span never.
pub async fn a_timer_of_the_longest_span_fires_at_once_or_never<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (clock, _, node, process) = setting(&*backend).await;
    node.tell([(process, wait(0))]).await;
    node.settle().await;
    assert_eq!(rung(&node, process).await, 1);
    node.tell([(process, wait(u64::MAX))]).await;
    node.settle().await;
    clock.advance(days(1_000_000));
    node.settle().await;
    assert_eq!(rung(&node, process).await, 1);
}

/// A clock that goes back or forth by years loses no timer and no retry, and fires nothing twice.
pub async fn a_clock_that_jumps_loses_and_doubles_nothing<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (clock, journal, node, process) = setting(&*backend).await;
    journal.trouble(7, &[Trouble::Passes, Trouble::Fails]);
    node.tell([(process, wait(60)), (process, Order::Give(vec![7]))]).await;
    node.settle().await;
    // back: the command was put off until a time that is years away now, and is tried all the same
    clock.set_back(days(4000));
    node.settle().await;
    assert_eq!((node.gold(process).await, rung(&node, process).await), (0, 0));
    clock.set_back(days(4000));
    node.settle().await;
    assert_eq!((node.gold(process).await, rung(&node, process).await), (7, 0));
    clock.advance(days(20_000));
    node.settle().await;
    assert_eq!((node.gold(process).await, rung(&node, process).await), (7, 1));
    clock.set_back(days(12_000));
    node.settle().await;
    clock.advance(days(12_000));
    node.settle().await;
    assert_eq!((node.gold(process).await, rung(&node, process).await), (7, 1));
}

/// An error that will pass is retried, with pauses, for as long as it lasts.
pub async fn a_passing_failure_is_retried_as_long_as_it_lasts<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (clock, journal, node, process) = setting(&*backend).await;
    let process_below = Uuid::new_v4();
    journal.trouble(7, &[Trouble::Passes; 5]);
    // also where the error is not the first of its chain
    journal.trouble(8, &[Trouble::PassesBelow; 5]);
    let both = [(process, Order::Give(vec![7])), (process_below, Order::Give(vec![8]))];
    node.tell(both).await;
    node.settle().await;
    assert_eq!(node.runner().due().await.expect("it can look"), 0, "not tried again at once");
    // pauses of 1, 2, 4, 8 and 16 seconds, of which up to half is taken off
    node.settle_over_time(&clock, 15).await;
    assert_eq!((node.gold(process).await, node.gold(process_below).await), (0, 0));
    node.settle_over_time(&clock, 16).await;
    assert_eq!((node.gold(process).await, node.gold(process_below).await), (7, 8));
}

/// Timers come before commands, in the order of their time, and of one process one after the other.
pub async fn timers_come_first_and_in_the_order_of_their_time<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (clock, _, node, one) = setting(&*backend).await;
    let other = Uuid::new_v4();
    let timer = |name: &str, seconds| Order::Wait(name.to_owned(), seconds);
    node.tell([
        (one, timer("third", 30)),
        (one, timer("first", 10)),
        (other, timer("second", 20)),
        (one, timer("fourth", 30)),
    ])
    .await;
    node.hear().await.expect("it hears");
    clock.advance(Duration::from_secs(60));
    node.tell([(other, Order::Give(vec![5]))]).await;
    node.hear().await.expect("it hears");
    let now = clock.now();
    let due = node.processes().due("Journal", now, now + Duration::from_hours(1), &[], 100).await;
    let due = due.expect("it can look");
    let works: Vec<_> = due.iter().map(|task| (task.process, format!("{:?}", task.work))).collect();
    assert_eq!(works.len(), 3, "of each process the first timer, and a command: {works:?}");
    assert_eq!(works[0], (one, "Timer(\"first\")".to_owned()));
    assert_eq!(works[1], (other, "Timer(\"second\")".to_owned()));
    assert!(works[2].1.starts_with("Command"), "{works:?}");
    // while the first one is worked on, those behind it wait
    let busy = [due[0].id];
    let later =
        node.processes().due("Journal", now, now + Duration::from_hours(1), &busy, 100).await;
    assert!(later.expect("it can look").iter().all(|task| task.process == other));
    node.settle().await;
    let heard = node.heard(one).await.expect("it is known");
    let rung: Vec<_> = heard.iter().filter(|input| input.starts_with("timer")).collect();
    assert_eq!(rung, ["timer first", "timer fourth", "timer third"]);
}

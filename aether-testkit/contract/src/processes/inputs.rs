//! Promises about what processes hear, and about what follows from it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aether_core::backend::{Processes, ReadModels as _};
use aether_core::log::{Load, Read, StreamId};
use aether_core::process::Backlog;
use aether_core::{AggregateId, Context, Filter};
use uuid::Uuid;

use super::Place;
use super::journal::{Journal, Order, SignalsEvent};
use super::node::{Node, clock};
use aether_testkit::crash::Steps;

async fn node<P: Processes + Clone>(backend: &Place<P>) -> Arc<Node<P, Journal>> {
    Node::start(backend, Journal::default(), &clock(), &Steps::safe()).await
}

/// Once a process has ended, late events, timers and outcomes do nothing, and do not start it anew. The
/// commands it has sent are still carried out.
pub async fn an_ended_process_is_not_started_anew<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let node = node(&*backend).await;
    let process = Uuid::new_v4();
    node.tell([
        (process, Order::Wait("alarm".into(), 0)),
        (process, Order::Give(vec![3, 4])),
        (process, Order::Finish),
        (process, Order::Give(vec![100])),
    ])
    .await;
    node.settle().await;
    assert_eq!(node.gold(process).await, 7);
    assert_eq!(node.heard(process).await, None);
    node.tell([(process, Order::Give(vec![100]))]).await;
    node.settle().await;
    assert_eq!(node.gold(process).await, 7);
    assert_eq!(node.heard(process).await, None);
    assert_eq!(node.runner().backlog().await.expect("it can look"), Backlog::default());
}

/// An event that belongs to no process, or means nothing to its own, leaves no row.
pub async fn an_event_without_a_process_leaves_nothing<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let node = node(&*backend).await;
    let process = Uuid::new_v4();
    let signal = |process| SignalsEvent::SignalGiven { process, order: Order::Nothing };
    node.signal(vec![signal(None), signal(Some(process))], &Context::new()).await;
    node.settle().await;
    assert_eq!(node.heard(process).await, None);
    node.tell([(process, Order::Give(vec![1]))]).await;
    node.settle().await;
    let heard = node.heard(process).await;
    node.signal(vec![signal(Some(process))], &Context::new()).await;
    node.settle().await;
    assert_eq!(node.heard(process).await, heard);
}

/// A batch is heard by each of its processes in order, with a constant number of calls.
pub async fn one_batch_moves_many_processes<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let processes: Vec<Uuid> = (0..50).map(|_| Uuid::new_v4()).collect();
    let mut calls = BTreeSet::new();
    for count in [1, 50] {
        let steps = Steps::safe();
        let node = Node::start(&*backend, Journal::default(), &clock(), &steps).await;
        // what was there before, so that the claim and the first page do not count
        node.hear().await.expect("it hears");
        let several = || processes.iter().take(count).copied();
        let first = several().map(|process| (process, Order::Give(vec![1, 2])));
        let second = several().map(|process| (process, Order::Wait("alarm".into(), 60)));
        node.tell(first.chain(second)).await;
        let before = steps.taken();
        node.hear().await.expect("it hears");
        calls.insert(steps.taken() - before);
        node.settle().await;
        for process in several() {
            assert_eq!(
                node.heard(process)
                    .await
                    .expect("it is known")
                    .iter()
                    .rev()
                    .take(4)
                    .rev()
                    .collect::<Vec<_>>(),
                ["Give([1, 2])", "Wait(\"alarm\", 60)", "done 1", "done 2"]
            );
        }
    }
    assert_eq!(calls.len(), 1, "calls for one and for fifty: {calls:?}");
}

/// The commands of a process are carried out in the order in which they were sent, those of several
/// events and outcomes too.
pub async fn commands_of_a_process_keep_their_order<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let node = node(&*backend).await;
    let processes: Vec<Uuid> = (0..5).map(|_| Uuid::new_v4()).collect();
    for first in (1..40_u32).step_by(2) {
        node.tell(processes.iter().map(|&id| (id, Order::Give(vec![first, first + 1])))).await;
    }
    node.settle().await;
    for process in processes {
        let load = Load::stream(StreamId::new("Purse", process));
        let history = node.engine().store().load(load).await.expect("it can be loaded");
        let amounts: Vec<u64> = history
            .events
            .iter()
            .map(|event| event.payload.decode::<serde_json::Value>().expect("JSON"))
            .map(|payload| payload["amount"].as_u64().expect("an amount"))
            .collect();
        assert_eq!(amounts, (1..=40).collect::<Vec<_>>());
    }
}

/// The events of a command, also of one that follows from a timer or an outcome, belong to the request that
/// everything began with.
pub async fn what_follows_carries_correlation_and_causation<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let node = node(&*backend).await;
    let (process, request) = (Uuid::new_v4(), Uuid::new_v4());
    let order = Order::Give(vec![1, 2]);
    let signal = SignalsEvent::SignalGiven { process: Some(process), order };
    let context = Context::new().correlation_id(request).user("moderator-3");
    node.signal(vec![signal], &context).await;
    node.settle().await;
    let read = Read::all().filter(Filter::all().correlation(request));
    let page = node.engine().store().read(read).await.expect("it can be read");
    let cause = page.events[0].event_id;
    assert_eq!(page.events.len(), 3);
    for event in &page.events[1..] {
        assert_eq!(event.aggregate_id, AggregateId::new(process));
        assert_eq!(event.metadata().causation_id, Some(cause));
        assert_eq!(event.metadata().user_id.as_deref(), Some("moderator-3"));
    }
}

/// A reaction that fails leaves neither state nor commands behind: its event is parked, as that of any
/// projection, and the other events of its batch go on.
pub async fn a_failed_reaction_leaves_nothing<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let node = node(&*backend).await;
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
    node.tell([(one, Order::Give(vec![1])), (other, Order::Fail)]).await;
    node.hear().await.expect("it hears");
    assert_eq!(node.heard(one).await, Some(vec!["Give([1])".to_owned()]));
    assert_eq!(node.heard(other).await, None);
    assert_eq!(node.runner().backlog().await.expect("it can look").commands, 1);
    let letters =
        node.processes().checkpoints().letters("Journal", None).await.expect("it can look");
    assert_eq!(letters.len(), 1);
    let error = letters[0].error.as_deref().expect("it says why");
    assert!(error.contains("a failure on purpose"), "{error}");
}

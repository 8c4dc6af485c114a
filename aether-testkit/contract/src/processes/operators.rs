//! Promises to operators: what fails for good waits for them, and others go on.

use std::sync::Arc;
use std::time::Duration;

use aether_core::backend::Processes;
use aether_core::process::{Backlog, ProcessRunner, ProcessSettings, Stuck};
use aether_core::projection::Remedy;
use aether_core::{AggregateId, CommandId, Context, ProcessManager as _};
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::Steps;
use uuid::Uuid;

use super::Place;
use super::journal::{Journal, Order, Trouble};
use super::node::{Node, clock};
use super::trade::{Purse, PurseCommand};

struct Setting<P: Processes + Clone> {
    clock: ManualClock,
    journal: Journal,
    node: Arc<Node<P, Journal>>,
    process: Uuid,
}

impl<P: Processes + Clone> Setting<P> {
    async fn new(backend: &Place<P>) -> Self {
        let (clock, journal) = (clock(), Journal::default());
        let node = Node::start(backend, journal.clone(), &clock, &Steps::safe()).await;
        Self { clock, journal, node, process: Uuid::new_v4() }
    }

    /// A process whose first command of two has failed for good.
    async fn stuck(backend: &Place<P>, trouble: Trouble) -> (Self, Stuck) {
        let setting = Self::new(backend).await;
        setting.journal.trouble(7, &[trouble; 3]);
        setting.node.tell([(setting.process, Order::Give(vec![7, 8]))]).await;
        setting.node.settle_over_time(&setting.clock, 5).await;
        let mut stuck = setting.node.runner().stuck().await.expect("it can look");
        assert_eq!(stuck.len(), 1, "{stuck:?}");
        assert_eq!(setting.node.runner().due().await.expect("it can look"), 0);
        (setting, stuck.remove(0))
    }

    async fn remedy(&self, id: Uuid, remedy: Remedy) {
        assert!(self.node.runner().remedy(id, remedy).await.expect("it can be ordered"));
        self.node.settle().await;
        assert_eq!(self.node.runner().stuck().await.expect("it can look").len(), 0);
    }

    async fn heard(&self) -> Vec<String> {
        self.node.heard(self.process).await.expect("it is known")
    }
}

/// A command that has failed three times waits for an operator, and the later ones of its process with
/// it. Other processes go on, and its own still hears events.
pub async fn a_command_that_keeps_failing_waits_and_others_go_on<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (setting, stuck) = Setting::stuck(&*backend, Trouble::Fails).await;
    assert_eq!((stuck.process, stuck.failures), (setting.process, 3));
    assert!(stuck.error.contains("a failure on purpose"), "{}", stuck.error);
    let other = Uuid::new_v4();
    let more = [(other, Order::Give(vec![1])), (setting.process, Order::Give(vec![9]))];
    setting.node.tell(more).await;
    setting.clock.advance(Duration::from_hours(24));
    setting.node.settle().await;
    assert_eq!(setting.node.gold(other).await, 1);
    assert_eq!(setting.node.gold(setting.process).await, 0);
    assert_eq!(setting.heard().await, ["Give([7, 8])", "Give([9])"]);
    let backlog = setting.node.runner().backlog().await.expect("it can look");
    assert_eq!((backlog.commands, backlog.stuck), (3, 1));
}

/// An operator can have a stuck command tried again; what waited behind it follows.
pub async fn a_stuck_command_can_be_retried<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (setting, stuck) = Setting::stuck(&*backend, Trouble::Fails).await;
    setting.remedy(stuck.id, Remedy::Retry).await;
    assert_eq!(setting.node.gold(setting.process).await, 15);
    assert_eq!(setting.heard().await, ["Give([7, 8])", "done 7", "done 8"]);
    let again = setting.node.runner().remedy(stuck.id, Remedy::Retry).await;
    assert!(!again.expect("it can look"), "there is nothing any more");
}

/// An operator can give a command up: its process hears that it was refused, and nobody can carry it out
/// any more.
pub async fn a_stuck_command_can_be_given_up<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (setting, stuck) = Setting::stuck(&*backend, Trouble::Fails).await;
    setting.remedy(stuck.id, Remedy::Skip).await;
    assert_eq!(setting.node.gold(setting.process).await, 8);
    let refused = "refused 7: it was given up by an operator";
    assert_eq!(setting.heard().await, ["Give([7, 8])", refused, "done 8"]);
    let (store, _) = backend.connect().await;
    let id = CommandId::new(stuck.id);
    assert_eq!(store.void_command(id, None).await.expect("it can look"), None);
}

/// A command that has been carried out, though its process failed at hearing so, cannot be given up:
/// the process is told the truth.
pub async fn a_command_that_was_carried_out_cannot_be_given_up<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let (setting, stuck) = Setting::stuck(&*backend, Trouble::IsNotUnderstood).await;
    assert_eq!(setting.node.gold(setting.process).await, 7, "once, in three attempts");
    setting.remedy(stuck.id, Remedy::Skip).await;
    assert_eq!(setting.node.gold(setting.process).await, 15);
    assert_eq!(setting.heard().await, ["Give([7, 8])", "done 7", "done 8"]);
}

/// Another command has used the id of a command of a process, as when events are heard again by newer code: the process is
/// never told that its own was carried out. It waits for an operator, who can give it up.
pub async fn a_command_is_never_taken_for_another_under_its_id<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    let setting = Setting::new(&*backend).await;
    setting.node.tell([(setting.process, Order::Give(vec![7, 8]))]).await;
    setting.node.hear().await.expect("it hears");
    let now = aether_core::time::Clock::now(&setting.clock);
    let due =
        setting.node.processes().due("Journal", now, now, &[], 10).await.expect("it can look");
    let another = Context::new().command_id(due[0].id).fingerprint(["another step"]);
    let purse = AggregateId::new(setting.process);
    let deposit = setting.node.engine().execute::<Purse>(purse, PurseCommand::Deposit(1));
    deposit.with(&another).await.expect("nobody has used the id");

    setting.node.settle_over_time(&setting.clock, 5).await;
    assert_eq!(setting.heard().await, ["Give([7, 8])"]);
    let stuck = setting.node.runner().stuck().await.expect("it can look");
    assert_eq!((stuck.len(), stuck[0].id), (1, due[0].id));
    assert!(stuck[0].error.contains("used before for another command"), "{}", stuck[0].error);
    setting.remedy(stuck[0].id, Remedy::Skip).await;
    let refused = "refused 7: it was given up by an operator";
    assert_eq!(setting.heard().await, ["Give([7, 8])", refused, "done 8"]);
    assert_eq!(setting.node.gold(setting.process).await, 9);
}

/// A timer whose process fails at it waits for an operator, who can have it fire again or drop it.
pub async fn a_stuck_timer_can_be_retried_or_given_up<P: Processes + Clone>(
    backend: Arc<Place<P>>,
) {
    for remedy in [Remedy::Retry, Remedy::Skip] {
        let setting = Setting::new(&*backend).await;
        setting.journal.trouble(0, &[Trouble::Fails; 3]);
        setting.node.tell([(setting.process, Order::Wait("alarm".into(), 0))]).await;
        setting.node.settle_over_time(&setting.clock, 5).await;
        let stuck = setting.node.runner().stuck().await.expect("it can look");
        assert_eq!((stuck.len(), stuck[0].failures), (1, 3));
        assert_eq!(setting.node.runner().due().await.expect("it can look"), 0);
        setting.remedy(stuck[0].id, remedy).await;
        let rung = setting.heard().await.contains(&"timer alarm".to_owned());
        assert_eq!(rung, remedy == Remedy::Retry);
        let backlog = setting.node.runner().backlog().await.expect("it can look");
        assert_eq!(backlog, Backlog::default());
    }
}

/// A manager that panics or hangs fails: it takes nobody else with it.
pub async fn a_panic_or_a_hang_counts_as_a_failure<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let (setting, stuck) = Setting::stuck(&*backend, Trouble::Panics).await;
    assert!(stuck.error.contains("a panic on purpose"), "{}", stuck.error);
    setting.remedy(stuck.id, Remedy::Retry).await;
    assert_eq!(setting.node.gold(setting.process).await, 15);

    let hanging = Setting::new(&*backend).await;
    hanging.journal.trouble(7, &[Trouble::Hangs]);
    let processes = hanging.node.processes().clone();
    let settings = ProcessSettings::default().time_limit(Duration::from_millis(20));
    let journal = hanging.journal.clone().with(settings);
    let runner = ProcessRunner::new(hanging.node.engine(), processes.clone(), journal);
    hanging.node.tell([(hanging.process, Order::Give(vec![7]))]).await;
    hanging.node.hear().await.expect("it hears");
    assert_eq!(runner.work().await.expect("it works"), 1);
    assert_eq!(hanging.node.gold(hanging.process).await, 0);
    hanging.clock.advance(Duration::from_secs(1));
    assert_eq!(runner.work().await.expect("it works"), 1);
    assert_eq!(hanging.node.gold(hanging.process).await, 7);
}

/// Rows of ended processes can be deleted after a while; those that have something left to do stay.
pub async fn ended_processes_can_be_forgotten<P: Processes + Clone>(backend: Arc<Place<P>>) {
    let setting = Setting::new(&*backend).await;
    let (done, busy, running) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    setting.journal.trouble(7, &[Trouble::Fails; 3]);
    setting
        .node
        .tell([
            (done, Order::Finish),
            (busy, Order::Give(vec![7])),
            (busy, Order::Finish),
            (running, Order::Give(vec![1])),
        ])
        .await;
    setting.node.settle_over_time(&setting.clock, 5).await;
    let (_, processes) = backend.connect().await;
    let now = aether_core::time::Clock::now(&setting.clock);
    let forget = async |before| {
        processes.operations().forget_ended("Journal", before, 10).await.expect("rows go")
    };
    assert_eq!(forget(now - Duration::from_hours(1)).await, 0);
    assert_eq!(forget(now).await, 1);
    assert_eq!(forget(now).await, 0);
    // the one is free to begin again, the other is not
    setting.node.tell([done, busy].map(|id| (id, Order::Wait("alarm".into(), 9)))).await;
    setting.node.settle().await;
    assert!(setting.node.heard(done).await.is_some());
    assert!(setting.node.heard(busy).await.is_none());
    assert!(setting.node.heard(running).await.is_some());
}

//! Writers that append without a pause and keep account of what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, StreamId};
use aether_core::{Error, EventId};
use aether_postgres::PgStore;
use aether_testkit::eventually;
use tokio::task::JoinHandle;

use crate::census::Census;
use crate::samples::{any, command, ids, streams};

/// Many writers on one store, each on streams of its own and on some that all of them use.
pub(crate) struct Writers {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<Account>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    answers: AtomicUsize,
    stored: AtomicUsize,
}

/// What writers were told of their events.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) stored: Vec<EventId>,
    pub(crate) refused: Vec<EventId>,
    pub(crate) unknown: Vec<EventId>,
}

impl Writers {
    /// Starts some writers. Every second one gives its appends a command id, and repeats one whose
    /// outcome is unknown until it is known.
    pub(crate) fn start(store: &PgStore, count: usize) -> Self {
        let shared = Arc::<Shared>::default();
        let common = streams(4);
        let tasks = (0..count)
            .map(|n| {
                let (store, shared) = (store.clone(), shared.clone());
                let mut targets = streams(2);
                targets.push(common[n % common.len()].clone());
                tokio::spawn(write(store, shared, targets, n % 2 == 0))
            })
            .collect();
        Self { shared, tasks }
    }

    /// Returns when this many more appends were acknowledged.
    pub(crate) async fn acknowledge(&self, more: usize) {
        let due = self.shared.stored.load(Ordering::SeqCst) + more;
        let ask = async || (self.shared.stored.load(Ordering::SeqCst) >= due).then_some(());
        eventually("appends are acknowledged", ask).await;
    }

    /// Returns when this many more appends were answered, whatever the answer.
    pub(crate) async fn answer(&self, more: usize) {
        let due = self.shared.answers.load(Ordering::SeqCst) + more;
        let ask = async || (self.shared.answers.load(Ordering::SeqCst) >= due).then_some(());
        eventually("appends are answered", ask).await;
    }

    /// Lets every writer finish its last append.
    pub(crate) async fn stop(self) -> Account {
        self.shared.stop.store(true, Ordering::SeqCst);
        let mut all = Account::default();
        for task in self.tasks {
            let account = task.await.unwrap();
            all.stored.extend(account.stored);
            all.refused.extend(account.refused);
            all.unknown.extend(account.unknown);
        }
        all
    }
}

impl Account {
    /// Asserts that each answer was the truth.
    pub(crate) async fn assert_true(&self, url: &str) {
        let census = Census::take(url).await;
        let lost: Vec<_> = self.stored.iter().filter(|id| !census.has(**id)).collect();
        assert!(lost.is_empty(), "{} of {} acknowledged are lost", lost.len(), self.stored.len());
        let wrong: Vec<_> = self.refused.iter().filter(|id| census.has(**id)).collect();
        assert!(wrong.is_empty(), "{} of {} refused are stored", wrong.len(), self.refused.len());
        let unclear = self.unknown.iter().filter(|id| census.has(**id)).count();
        assert_eq!(census.len(), self.stored.len() + unclear, "events nobody knows of");
    }
}

async fn write(
    store: PgStore,
    shared: Arc<Shared>,
    targets: Vec<StreamId>,
    with_command: bool,
) -> Account {
    let mut account = Account::default();
    for stream in targets.iter().cycle() {
        if shared.stop.load(Ordering::SeqCst) {
            break;
        }
        let append = any(stream, 2);
        let append = if with_command { append.with_command_id(command()) } else { append };
        if write_one(&store, &append, &mut account).await {
            shared.stored.fetch_add(1, Ordering::SeqCst);
        }
        shared.answers.fetch_add(1, Ordering::SeqCst);
    }
    account
}

/// Whether it was acknowledged.
async fn write_one(store: &PgStore, append: &Append, account: &mut Account) -> bool {
    let mut unknown = false;
    loop {
        match store.append(append.clone()).await {
            Ok(_) => {
                account.stored.extend(ids(append));
                return true;
            }
            Err(Error::OutcomeUnknown { .. }) if append.command_id().is_some() => {
                unknown = true;
                continue;
            }
            Err(Error::OutcomeUnknown { .. }) => account.unknown.extend(ids(append)),
            // the same id again, until somebody knows
            Err(error) if unknown && error.is_transient() => continue,
            Err(error) if error.is_transient() => account.refused.extend(ids(append)),
            Err(error) => panic!("neither stored nor transient: {error:?}"),
        }
        return false;
    }
}

//! What was told, held against the log that survives.

use std::collections::{BTreeMap, HashMap, HashSet};

use aether_core::backend::{EventStore as _, Snapshot};
use aether_core::log::{Load, Read, StreamId};
use aether_core::shape::fingerprint_of;
use aether_core::{Aggregate as _, RecordedEvent};
use aether_postgres::PgStore;
use anyhow::Result;
use uuid::Uuid;

use super::line::Line;
use super::purse::{Purse, PurseEvent, purses};

/// What the children have told.
#[derive(Debug, Default)]
pub(super) struct Book {
    acknowledged: HashSet<Uuid>,
    /// Since the reader began, or began again.
    seen: BTreeMap<String, Vec<Uuid>>,
    pub(super) said_lost: u64,
    pub(super) done: usize,
    pub(super) findings: Vec<String>,
}

impl Book {
    pub(super) fn enter(&mut self, line: Line) {
        match line {
            Line::Acknowledged(mark) => drop(self.acknowledged.insert(mark)),
            Line::Seen { reader, event } => self.seen.entry(reader).or_default().push(event),
            Line::SaidLost { reader } => {
                self.said_lost += 1;
                self.seen.insert(reader, Vec::new());
            }
            Line::Done => self.done += 1,
            Line::Wrong(what) => self.findings.push(what),
        }
    }
}

/// The outcome.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) findings: Vec<String>,
    acknowledged: usize,
    lost: usize,
    missed: usize,
    doubled: usize,
    wrong_states: usize,
}

impl Account {
    /// Holds everything against the log.
    pub(super) async fn of(book: Book, store: &PgStore) -> Result<Self> {
        let log = log(store).await?;
        let mut account = Self {
            findings: book.findings,
            acknowledged: book.acknowledged.len(),
            ..Self::default()
        };
        let mut marks = HashSet::new();
        for event in &log {
            let mark = match event.decode::<PurseEvent>()? {
                PurseEvent::GoldEarned { mark, .. } | PurseEvent::GoldPaid { mark, .. } => mark,
            };
            if !marks.insert(mark) {
                account.doubled += 1;
                account.findings.push(format!("the command {mark} was carried out twice"));
            }
        }
        account.lost = book.acknowledged.difference(&marks).count();
        for (reader, seen) in &book.seen {
            let paid = reader.starts_with("paid");
            let due = log.iter().filter(|event| !paid || event.event_type.as_str() == "GoldPaid");
            account.hold(reader, seen, due.map(|event| event.event_id.as_uuid()).collect());
        }
        let rows: Vec<Uuid> = sqlx::query_scalar("SELECT event_id FROM failover_rows")
            .fetch_all(store.pool())
            .await?;
        account.hold(
            "the projection",
            &rows,
            log.iter().map(|event| event.event_id.as_uuid()).collect(),
        );
        account.states(store, &log).await?;
        Ok(account)
    }

    /// Each event of the log once, and no other.
    fn hold(&mut self, reader: &str, seen: &[Uuid], due: Vec<Uuid>) {
        let mut times: HashMap<Uuid, usize> = HashMap::new();
        for event in seen {
            *times.entry(*event).or_default() += 1;
        }
        let missed = due.iter().filter(|event| !times.contains_key(event)).count();
        let doubled = times.values().filter(|times| **times > 1).count();
        let due: HashSet<Uuid> = due.into_iter().collect();
        let ghosts = times.keys().filter(|event| !due.contains(event)).count();
        if missed + doubled + ghosts > 0 {
            self.findings.push(format!(
                "{reader}: {missed} missed, {doubled} doubled, {ghosts} lost events it did not speak of"
            ));
        }
        self.missed += missed + ghosts;
        self.doubled += doubled;
    }

    /// No purse ever owes anything, versions have no gaps, snapshots are what the events add up to.
    async fn states(&mut self, store: &PgStore, log: &[RecordedEvent]) -> Result<()> {
        for id in purses() {
            let mut events: Vec<_> = log.iter().filter(|event| event.aggregate_id == id).collect();
            events.sort_by_key(|event| event.version);
            let mut states = vec![Purse::default()];
            for (index, event) in events.iter().enumerate() {
                let mut state = states[index].clone();
                state.apply(&event.decode()?);
                if state.gold < 0 || event.version.get() as usize != index + 1 {
                    self.wrong(format!("{id} at version {}: {} gold", event.version, state.gold));
                }
                states.push(state);
            }
            let load = Load::stream(StreamId::new(Purse::TYPE, id));
            let history = store.load(load.with_snapshot(fingerprint_of::<Purse>())).await?;
            if let Some(Snapshot { version, state, .. }) = history.snapshot
                && states.get(version.get() as usize) != Some(&state.decode::<Purse>()?)
            {
                self.wrong(format!("{id}: the snapshot at version {version} is of another state"));
            }
        }
        Ok(())
    }

    fn wrong(&mut self, finding: String) {
        self.wrong_states += 1;
        self.findings.push(finding);
    }

    pub(super) fn verdict(&self) -> String {
        let Self { acknowledged, lost, missed, doubled, wrong_states, .. } = self;
        format!(
            "torture-failover: acknowledged={acknowledged} lost_with_the_standby={lost} missed={missed} \
             doubled={doubled} wrong_states={wrong_states}"
        )
    }

    pub(super) const fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.missed + self.doubled + self.wrong_states == 0
    }
}

async fn log(store: &PgStore) -> Result<Vec<RecordedEvent>> {
    let mut read = Read::all().limit(Read::MAX_LIMIT);
    let mut log = Vec::new();
    loop {
        let page = store.read(read.clone()).await?;
        log.extend(page.events);
        if page.caught_up {
            return Ok(log);
        }
        read = read.after(page.position);
    }
}

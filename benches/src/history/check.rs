//! The rules, and what broke them.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::book::{Book, Entry, Seen, State};
use super::line::{Expected, checksum, fold};

/// What has to be true of a history and the log that it led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// What was acknowledged is in the log, where and as it was said.
    AcknowledgedIsThere,
    /// No event is in the log twice.
    StoredOnce,
    /// What was refused or rolled back is not in the log.
    RefusedIsAbsent,
    /// An append whose outcome is not known is in the log whole or not at all.
    WholeOrAbsent,
    /// The log holds nothing that nobody appended.
    SomebodyAppended,
    /// What was appended found its stream as it was expected.
    ExpectationMet,
    /// Versions of a stream are 1, 2, 3 … in order of position, and its head says the last one.
    VersionsWithoutGaps,
    /// A reader saw all that it asked for.
    ReaderMissedNothing,
    /// A reader saw nothing twice.
    ReaderSawOnce,
    /// A reader saw events in order of position.
    ReaderInOrder,
    /// A reader saw nothing that is not in the log, and came to its end.
    ReaderSawTheLog,
    /// A state that a command led to is the fold of the log up to its version.
    StateIsFold,
    /// The rules of the aggregates hold in every state: no purse is ever below zero.
    RulesHold,
    /// A client found nothing else that should not be.
    NothingFound,
}

impl Rule {
    /// The rule in a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcknowledgedIsThere => "lost",
            Self::StoredOnce => "stored_twice",
            Self::RefusedIsAbsent => "refused_and_stored",
            Self::WholeOrAbsent => "torn",
            Self::SomebodyAppended => "ghosts",
            Self::ExpectationMet => "unexpected",
            Self::VersionsWithoutGaps => "broken_streams",
            Self::ReaderMissedNothing => "missed",
            Self::ReaderSawOnce => "duplicated",
            Self::ReaderInOrder => "out_of_order",
            Self::ReaderSawTheLog => "phantoms",
            Self::StateIsFold => "wrong_states",
            Self::RulesHold => "broken_rules",
            Self::NothingFound => "findings",
        }
    }

    const ALL: [Self; 14] = [
        Self::AcknowledgedIsThere,
        Self::StoredOnce,
        Self::RefusedIsAbsent,
        Self::WholeOrAbsent,
        Self::SomebodyAppended,
        Self::ExpectationMet,
        Self::VersionsWithoutGaps,
        Self::ReaderMissedNothing,
        Self::ReaderSawOnce,
        Self::ReaderInOrder,
        Self::ReaderSawTheLog,
        Self::StateIsFold,
        Self::RulesHold,
        Self::NothingFound,
    ];
}

/// An event of the log.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Where it is.
    pub position: u64,
    /// Its id.
    pub event: Uuid,
    /// What clients call it: the mark in its payload, or its id.
    pub mark: Uuid,
    /// Its aggregate.
    pub stream: Uuid,
    /// Its place there.
    pub version: u32,
    /// Its type.
    pub event_type: &'a str,
    /// The type of its aggregate.
    pub aggregate_type: &'a str,
    /// What it adds to a purse; `None` for events that are not about purses.
    pub amount: Option<i64>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Account {
    /// Events in the log.
    pub appended: usize,
    /// Events that readers have seen, each counted once for each reader.
    pub seen: usize,
    /// Acknowledged events that the log has lost without breaking a promise.
    pub lost_with_leave: usize,
    broken: BTreeMap<Rule, usize>,
    details: Vec<String>,
}

impl Account {
    /// How often a rule was broken.
    #[must_use]
    pub fn count(&self, rule: Rule) -> usize {
        self.broken.get(&rule).copied().unwrap_or(0)
    }

    /// Whether every rule holds, over at least one event.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.appended > 0 && self.broken.is_empty()
    }

    /// What broke the rules, and how often each was broken.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let counts = Rule::ALL.iter().map(|rule| format!("{}={}", rule.name(), self.count(*rule)));
        let counts = counts.collect::<Vec<_>>().join(" ");
        self.details.iter().cloned().chain([format!("# {counts}")])
    }

    /// Keeps the first few of what may be millions.
    fn break_rule(&mut self, rule: Rule, times: usize, detail: impl FnOnce() -> String) {
        const DETAILS_PER_RULE: usize = 10;
        if times == 0 {
            return;
        }
        let count = self.broken.entry(rule).or_default();
        if *count < DETAILS_PER_RULE {
            self.details.push(format!("{}: {}", rule.name(), detail()));
        }
        *count += times;
    }
}

/// Holds a history against the log, event by event in order of position.
#[derive(Debug)]
pub struct Checker {
    acknowledged: HashMap<Uuid, Entry>,
    refused: HashSet<Uuid>,
    /// By event: the append, and for the first event of a write what was expected.
    in_doubt: HashMap<Uuid, (usize, Option<Expected>)>,
    /// Per append in doubt: how many of its events are there.
    stored_of: Vec<usize>,
    sent_of: Vec<usize>,
    states: HashMap<(Uuid, u32), Vec<State>>,
    readings: Vec<Reading>,
    streams: HashMap<Uuid, Stream>,
    stored: HashSet<Uuid>,
    account: Account,
}

#[derive(Debug, Default)]
struct Stream {
    version: u32,
    fold: u64,
    gold: i64,
}

/// What is expected of one reader.
#[derive(Debug)]
struct Reading {
    number: usize,
    seen: Seen,
    expected: Vec<u64>,
    checksum: u64,
}

impl Checker {
    /// A checker that has seen nothing of the log yet.
    #[must_use]
    pub fn new(book: Book) -> Self {
        let mut account = Account::default();
        for finding in book.findings {
            account.break_rule(Rule::NothingFound, 1, || finding);
        }
        for answer in book.impossible {
            account.break_rule(Rule::ExpectationMet, 1, || answer);
        }
        let mut in_doubt = HashMap::new();
        for (append, writes) in book.unknown.iter().enumerate() {
            for write in writes {
                for (place, event) in write.events.iter().enumerate() {
                    in_doubt.insert(*event, (append, (place == 0).then_some(write.expected)));
                }
            }
        }
        let sent = |writes: &Vec<_>| {
            let events = |write: &super::WriteInDoubt| write.events.len();
            writes.iter().map(events).sum()
        };
        let readings = book.readers.into_iter().map(|(number, seen)| Reading {
            number,
            seen,
            expected: Vec::new(),
            checksum: 0,
        });
        Self {
            acknowledged: book.acknowledged,
            refused: book.not_stored.into_iter().collect(),
            in_doubt,
            stored_of: vec![0; book.unknown.len()],
            sent_of: book.unknown.iter().map(sent).collect(),
            states: book.states,
            readings: readings.collect(),
            streams: HashMap::new(),
            stored: HashSet::new(),
            account,
        }
    }

    /// The next event of the log.
    pub fn row(&mut self, row: Row<'_>) {
        let Row { position, event, mark, stream, version, .. } = row;
        self.account.appended += 1;
        if !self.stored.insert(mark) {
            let detail = || format!("event {mark} is there again at {position}");
            self.account.break_rule(Rule::StoredOnce, 1, detail);
        }
        if self.refused.contains(&mark) {
            let detail = || format!("event {mark} at {position}");
            self.account.break_rule(Rule::RefusedIsAbsent, 1, detail);
        }
        self.who_appended(&row);
        self.fold_stream(&row);
        for reading in &mut self.readings {
            if reading.seen.wants.matches(row.event_type, row.aggregate_type, stream) {
                reading.expected.push(position);
                reading.checksum = reading.checksum.wrapping_add(checksum(position, event));
            }
        }
        for state in self.states.remove(&(stream, version)).unwrap_or_default() {
            let folded = self.streams.get(&stream).map_or(0, |stream| stream.fold);
            let is_same = state.position == position;
            // another event may have taken the place of one that was lost
            if (is_same && state.fold != folded) || (!is_same && !state.may_be_lost) {
                let detail = || format!("{stream} at version {version}, position {position}");
                self.account.break_rule(Rule::StateIsFold, 1, detail);
            }
        }
    }

    fn who_appended(&mut self, row: &Row<'_>) {
        let Row { position, mark, stream, version, .. } = *row;
        let doubt = self.in_doubt.get(&mark).copied();
        if let Some(entry) = self.acknowledged.remove(&mark) {
            let said = (entry.position, entry.stream, entry.version);
            if said != (position, stream, version) {
                let detail = || format!("{entry:?} is {row:?}");
                self.account.break_rule(Rule::AcknowledgedIsThere, 1, detail);
            }
        } else if doubt.is_none() && !self.refused.contains(&mark) {
            let detail = || format!("event {mark} at {position}");
            self.account.break_rule(Rule::SomebodyAppended, 1, detail);
        }
        if let Some((append, expected)) = doubt {
            self.stored_of[append] += 1;
            if expected.is_some_and(|expected| !expected.is_met_by(version.wrapping_sub(1))) {
                let detail = || format!("event {mark} at version {version} of {stream}");
                self.account.break_rule(Rule::ExpectationMet, 1, detail);
            }
        }
    }

    fn fold_stream(&mut self, row: &Row<'_>) {
        let Row { position, mark, stream, version, .. } = *row;
        let state = self.streams.entry(stream).or_default();
        state.version += 1;
        if state.version != version {
            let detail = || format!("{stream} has version {version} at {position}");
            self.account.break_rule(Rule::VersionsWithoutGaps, 1, detail);
            state.version = version;
        }
        let Some(amount) = row.amount else { return };
        state.fold = fold(state.fold, mark, amount);
        state.gold = state.gold.saturating_add(amount);
        if state.gold < 0 {
            let gold = state.gold;
            let detail = || format!("{stream} has {gold} gold at version {version}");
            self.account.break_rule(Rule::RulesHold, 1, detail);
        }
    }

    /// What was found, once the whole log was gone through. `heads`: each stream and the version its head says.
    #[must_use]
    pub fn finish(mut self, heads: impl IntoIterator<Item = (Uuid, u32)>) -> Account {
        for (stream, version) in heads {
            let found = self.streams.remove(&stream).map_or(0, |stream| stream.version);
            let detail = || format!("the head of {stream} says {version}, its events {found}");
            let wrong = usize::from(found != version);
            self.account.break_rule(Rule::VersionsWithoutGaps, wrong, detail);
        }
        for (stream, _) in std::mem::take(&mut self.streams) {
            let detail = || format!("{stream} has no head");
            self.account.break_rule(Rule::VersionsWithoutGaps, 1, detail);
        }
        for (event, entry) in std::mem::take(&mut self.acknowledged) {
            if entry.may_be_lost {
                self.account.lost_with_leave += 1;
            } else {
                let detail = || format!("event {event}: {entry:?}");
                self.account.break_rule(Rule::AcknowledgedIsThere, 1, detail);
            }
        }
        for ((stream, version), states) in std::mem::take(&mut self.states) {
            let wrong = states.iter().filter(|state| !state.may_be_lost).count();
            let detail = || format!("{stream} has no version {version}");
            self.account.break_rule(Rule::StateIsFold, wrong, detail);
        }
        let appends = std::mem::take(&mut self.stored_of).into_iter().zip(&self.sent_of);
        for (stored, sent) in appends {
            let torn = usize::from(stored != 0 && stored != *sent);
            let detail = || format!("{stored} of {sent} events of one append");
            self.account.break_rule(Rule::WholeOrAbsent, torn, detail);
        }
        for reading in std::mem::take(&mut self.readings) {
            self.compare_reader(reading);
        }
        self.account
    }

    fn compare_reader(&mut self, reading: Reading) {
        let Reading { number, seen, expected, checksum } = reading;
        let name = &seen.name;
        let positions = &seen.positions;
        let out_of_order = positions.windows(2).filter(|pair| pair[1] < pair[0]).count();
        let distinct: HashSet<u64> = positions.iter().copied().collect();
        let duplicated = positions.len() - distinct.len();
        let missed = expected.iter().filter(|position| !distinct.contains(position)).count();
        let there: HashSet<u64> = expected.iter().copied().collect();
        let phantoms = distinct.iter().filter(|position| !there.contains(position)).count();
        self.account.details.push(format!(
            "# reader {number:>3} {name:<32} seen={} missed={missed} duplicated={duplicated} \
             out_of_order={out_of_order} went_back={}",
            distinct.len(),
            seen.went_back,
        ));
        self.account.seen += distinct.len();
        let account = &mut self.account;
        account.break_rule(Rule::ReaderMissedNothing, missed, || format!("{name}: {missed}"));
        account.break_rule(Rule::ReaderSawOnce, duplicated, || format!("{name}: {duplicated}"));
        account.break_rule(Rule::ReaderInOrder, out_of_order, || format!("{name}: {out_of_order}"));
        account.break_rule(Rule::ReaderSawTheLog, phantoms, || format!("{name}: {phantoms}"));
        let fault = match seen.checksum {
            None => Some("did not come to the end"),
            Some(seen) if missed + duplicated + phantoms == 0 && seen != checksum => {
                Some("saw other events at the same positions")
            }
            Some(_) => None,
        };
        if let Some(fault) = fault {
            account.break_rule(Rule::ReaderSawTheLog, 1, || format!("{name} {fault}"));
        }
    }
}

#[cfg(test)]
mod tests;

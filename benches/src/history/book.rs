//! A history as it was written down, ready to be checked.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result};
use uuid::Uuid;

use super::line::{Expected, Line, Wants, WriteInDoubt};

/// Everything clients have said.
#[derive(Debug, Default)]
pub struct Book {
    pub(super) acknowledged: HashMap<Uuid, Entry>,
    /// Answers that cannot be true, whatever the log holds.
    pub(super) impossible: Vec<String>,
    pub(super) unknown: Vec<Vec<WriteInDoubt>>,
    pub(super) not_stored: Vec<Uuid>,
    pub(super) states: HashMap<(Uuid, u32), Vec<State>>,
    pub(super) readers: BTreeMap<usize, Seen>,
    pub(super) findings: Vec<String>,
    /// How many processes have said that their writers are done.
    pub processes_done: usize,
}

/// An event that the store said it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) stream: Uuid,
    pub(super) version: u32,
    /// The log may have lost it without breaking a promise.
    pub(super) may_be_lost: bool,
}

/// A state that a command led to.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) position: u64,
    pub(super) fold: u64,
    pub(super) may_be_lost: bool,
}

/// What a reader saw, in its order.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) wants: Wants,
    pub(super) positions: Vec<u64>,
    /// How often it said that the log has lost events.
    pub(super) went_back: usize,
    /// There once the reader has come to the end.
    pub(super) checksum: Option<u64>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            name: String::new(),
            wants: Wants::All,
            positions: Vec::new(),
            went_back: 0,
            checksum: None,
        }
    }
}

impl Book {
    /// A history from its text.
    ///
    /// # Errors
    ///
    /// When a line cannot be understood.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut book = Self::default();
        for (number, line) in (1..).zip(lines) {
            book.enter(line.parse().with_context(|| format!("line {number}: {line:?}"))?);
        }
        Ok(book)
    }

    /// Writes one more line down.
    pub fn enter(&mut self, line: Line) {
        match line {
            Line::Acknowledged { stream, expected, version, events } => {
                self.acknowledge(stream, expected, version, events);
            }
            Line::Unknown(writes) => self.unknown.push(writes),
            Line::NotStored(events) => self.not_stored.extend(events),
            Line::State { stream, version, position, fold } => {
                let state = State { position, fold, may_be_lost: false };
                self.states.entry((stream, version)).or_default().push(state);
            }
            Line::Reader { reader, wants, name } => {
                let seen = self.readers.entry(reader).or_default();
                seen.wants = wants;
                seen.name = name;
            }
            Line::Seen { reader, steps } => {
                let seen = &mut self.readers.entry(reader).or_default().positions;
                let mut last = seen.last().copied().unwrap_or(0);
                seen.extend(steps.into_iter().map(|step| {
                    last = last.wrapping_add_signed(step);
                    last
                }));
            }
            Line::WentBack { reader, position } => {
                let seen = self.readers.entry(reader).or_default();
                seen.positions.retain(|seen| *seen <= position);
                seen.went_back += 1;
            }
            Line::End { reader, checksum } => {
                self.readers.entry(reader).or_default().checksum = Some(checksum);
            }
            Line::Lost(after) => self.lost(after),
            Line::Finding(text) => self.findings.push(text),
            Line::Done => self.processes_done += 1,
        }
    }

    fn acknowledge(
        &mut self,
        stream: Uuid,
        expected: Expected,
        version: u32,
        events: Vec<(Uuid, u64)>,
    ) {
        let before = version.wrapping_sub(events.len() as u32);
        if !expected.is_met_by(before) {
            self.impossible.push(format!(
                "{stream} was expected at {expected}, and what was appended to it begins after {before}"
            ));
        }
        for (place, (event, position)) in (1..).zip(events) {
            let version = before.wrapping_add(place);
            let entry = Entry { position, stream, version, may_be_lost: false };
            if let Some(other) = self.acknowledged.insert(event, entry)
                && (other.position != position || other.version != version)
            {
                self.impossible.push(format!(
                    "event {event} was acknowledged at {} and at {position}",
                    other.position
                ));
            }
        }
    }

    fn lost(&mut self, after: u64) {
        for entry in self.acknowledged.values_mut() {
            entry.may_be_lost |= entry.position > after;
        }
        for state in self.states.values_mut().flatten() {
            state.may_be_lost |= state.position > after;
        }
    }

    /// The state of things in one line.
    #[must_use]
    pub fn progress(&self) -> String {
        let seen = || self.readers.values().map(|reader| reader.positions.len());
        format!(
            "acknowledged={} unknown={} not_stored={} states={} readers={} seen={} slowest={} findings={}",
            self.acknowledged.len(),
            self.unknown.len(),
            self.not_stored.len(),
            self.states.len(),
            self.readers.len(),
            seen().sum::<usize>(),
            self.readers.values().filter_map(|r| r.positions.last()).min().unwrap_or(&0),
            self.findings.len(),
        )
    }
}

//! The parent's book: everything the children have said.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::protocol::Line;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) acknowledged: Vec<Entry>,
    /// Streams by the number an entry has.
    pub(super) streams: Vec<Uuid>,
    numbers: HashMap<Uuid, u32>,
    /// The events of each append whose outcome the store could not say.
    pub(super) unknown: Vec<Vec<Uuid>>,
    pub(super) not_stored: Vec<Uuid>,
    pub(super) readers: BTreeMap<usize, Seen>,
    pub(super) processes_done: usize,
    pub(super) findings: Vec<String>,
}

/// An event the store said it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) event: Uuid,
    pub(super) stream: u32,
    pub(super) version: u32,
}

/// What a reader saw, in its order.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) positions: Vec<u64>,
    /// Over positions and event ids; there once the reader has come to the end.
    pub(super) checksum: Option<u64>,
}

impl Ledger {
    pub(super) fn enter(&mut self, line: Line) {
        match line {
            Line::Acknowledged { stream, version, events } => {
                let next = self.streams.len() as u32;
                let number = *self.numbers.entry(stream).or_insert(next);
                if number == next {
                    self.streams.push(stream);
                }
                let first = version.wrapping_sub(events.len() as u32);
                self.acknowledged.extend((1..).zip(events).map(|(offset, (event, position))| {
                    let version = first.wrapping_add(offset);
                    Entry { position, event, stream: number, version }
                }));
            }
            Line::Unknown(events) => self.unknown.push(events),
            Line::NotStored(events) => self.not_stored.extend(events),
            Line::Seen { reader, steps } => {
                let seen = &mut self.readers.entry(reader).or_default().positions;
                let mut last = seen.last().copied().unwrap_or(0);
                seen.extend(steps.into_iter().map(|step| {
                    last = last.wrapping_add_signed(step);
                    last
                }));
            }
            Line::End { reader, checksum } => {
                self.readers.entry(reader).or_default().checksum = Some(checksum);
            }
            Line::Done => self.processes_done += 1,
            Line::Finding(text) => self.findings.push(text),
        }
    }

    /// The state of things in one line.
    pub(super) fn progress(&self) -> String {
        let seen = || self.readers.values().map(|reader| reader.positions.len());
        format!(
            "acknowledged={} unknown={} not_stored={} readers={} seen={} slowest={} findings={}",
            self.acknowledged.len(),
            self.unknown.len(),
            self.not_stored.len(),
            self.readers.len(),
            seen().sum::<usize>(),
            self.readers.values().filter_map(|r| r.positions.last()).min().unwrap_or(&0),
            self.findings.len(),
        )
    }
}

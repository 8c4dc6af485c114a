//! One line of a history.

use std::fmt;
use std::str::FromStr;

use aether_core::log::ExpectedVersion;
use anyhow::{Context as _, Error, Result, bail};
use uuid::Uuid;

/// Something a client did, was told or saw. Its text is what [`Display`](fmt::Display) writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// `A stream expected version id:position …`: the store answered that these events are stored. The version is
    /// that of the last one.
    Acknowledged {
        /// The stream.
        stream: Uuid,
        /// What the client expected of it.
        expected: Expected,
        /// The version after the last event.
        version: u32,
        /// Events and their positions.
        events: Vec<(Uuid, u64)>,
    },
    /// `U stream:expected id … stream:expected id …`: one append whose outcome the store could not say.
    Unknown(Vec<WriteInDoubt>),
    /// `N id …`: refused or rolled back.
    NotStored(Vec<Uuid>),
    /// `V stream version position fold`: a state that a command led to.
    State {
        /// The stream.
        stream: Uuid,
        /// How many events were folded.
        version: u32,
        /// Where the last of them is.
        position: u64,
        /// What [`fold`] made of them.
        fold: u64,
    },
    /// `R reader wants name`: a reader begins.
    Reader {
        /// Its number.
        reader: usize,
        /// Which events it asks for.
        wants: Wants,
        /// What to call it.
        name: String,
    },
    /// `S reader step …`: a reader saw events; each position is the distance from the one before.
    Seen {
        /// Which one.
        reader: usize,
        /// The distances.
        steps: Vec<i64>,
    },
    /// `B reader position`: a reader said that the log has lost events, and continues after a position.
    WentBack {
        /// Which one.
        reader: usize,
        /// The last position that it still believes.
        position: u64,
    },
    /// `E reader checksum`: a reader has come to the end.
    End {
        /// Which one.
        reader: usize,
        /// Over what it has seen: see [`checksum`].
        checksum: u64,
    },
    /// `L position`: of what was acknowledged before this line, events past the position may be missing.
    Lost(u64),
    /// `F text`: something that should not be.
    Finding(String),
    /// `D`: the writers of a process are done.
    Done,
}

/// One stream's part of an append whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteInDoubt {
    /// The stream.
    pub stream: Uuid,
    /// What the client expected of it.
    pub expected: Expected,
    /// The events.
    pub events: Vec<Uuid>,
}

/// What a client expected of a stream: `any`, `some`, or a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Any,
    /// At least one event.
    Some,
    /// Exactly this version; 0 is a stream without events.
    Version(u32),
}

impl Expected {
    /// Whether a stream at this version is what was expected.
    #[must_use]
    pub const fn is_met_by(self, version: u32) -> bool {
        match self {
            Self::Any => true,
            Self::Some => version > 0,
            Self::Version(expected) => expected == version,
        }
    }
}

impl From<ExpectedVersion> for Expected {
    fn from(expected: ExpectedVersion) -> Self {
        match expected {
            ExpectedVersion::Any => Self::Any,
            ExpectedVersion::StreamExists => Self::Some,
            ExpectedVersion::NoStream => Self::Version(0),
            ExpectedVersion::Exact(version) | ExpectedVersion::Head(version, _) => {
                Self::Version(version.get())
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Some => f.write_str("some"),
            Self::Version(version) => version.fmt(f),
        }
    }
}

impl FromStr for Expected {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "any" => Self::Any,
            "some" => Self::Some,
            version => Self::Version(version.parse()?),
        })
    }
}

/// Which events a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// `all`.
    All,
    /// `event=NAME`: those of one type.
    EventType(String),
    /// `aggregate=NAME`: those of aggregates of one type.
    AggregateType(String),
    /// `id=UUID`: those of one aggregate.
    Aggregate(Uuid),
}

impl Wants {
    /// Whether an event is one of them.
    #[must_use]
    pub fn matches(&self, event_type: &str, aggregate_type: &str, stream: Uuid) -> bool {
        match self {
            Self::All => true,
            Self::EventType(name) => event_type == name,
            Self::AggregateType(name) => aggregate_type == name,
            Self::Aggregate(id) => stream == *id,
        }
    }
}

impl fmt::Display for Wants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::EventType(name) => write!(f, "event={name}"),
            Self::AggregateType(name) => write!(f, "aggregate={name}"),
            Self::Aggregate(id) => write!(f, "id={id}"),
        }
    }
}

impl FromStr for Wants {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.split_once('=') {
            None if text == "all" => Self::All,
            Some(("event", name)) => Self::EventType(name.to_owned()),
            Some(("aggregate", name)) => Self::AggregateType(name.to_owned()),
            Some(("id", id)) => Self::Aggregate(id.parse()?),
            _ => bail!("{text:?} is no choice of events"),
        })
    }
}

impl FromStr for Line {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self> {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut words = Words(rest.split(' '));
        Ok(match kind {
            "A" => Self::Acknowledged {
                stream: words.next()?,
                expected: words.next()?,
                version: words.next()?,
                events: words.0.map(event_and_position).collect::<Result<_>>()?,
            },
            "U" => Self::Unknown(writes_in_doubt(words.0)?),
            "N" => Self::NotStored(words.rest()?),
            "V" => Self::State {
                stream: words.next()?,
                version: words.next()?,
                position: words.next()?,
                fold: words.next()?,
            },
            "R" => Self::Reader {
                reader: words.next()?,
                wants: words.next()?,
                name: words.0.collect::<Vec<_>>().join(" "),
            },
            "S" => Self::Seen { reader: words.next()?, steps: words.rest()? },
            "B" => Self::WentBack { reader: words.next()?, position: words.next()? },
            "E" => Self::End { reader: words.next()?, checksum: words.next()? },
            "L" => Self::Lost(words.next()?),
            "F" => Self::Finding(rest.to_owned()),
            "D" => Self::Done,
            _ => bail!("a line of an unknown kind"),
        })
    }
}

struct Words<'a>(std::str::Split<'a, char>);

impl Words<'_> {
    fn next<T: FromStr<Err: Into<Error>>>(&mut self) -> Result<T> {
        self.0.next().context("a word is missing")?.parse().map_err(Into::into)
    }

    fn rest<T: FromStr<Err: Into<Error>>>(self) -> Result<Vec<T>> {
        self.0.map(|word| word.parse().map_err(Into::into)).collect()
    }
}

fn event_and_position(word: &str) -> Result<(Uuid, u64)> {
    let (id, position) = word.split_once(':').context("a colon is missing")?;
    Ok((id.parse()?, position.parse()?))
}

fn writes_in_doubt<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<WriteInDoubt>> {
    let mut writes: Vec<WriteInDoubt> = Vec::new();
    for word in words {
        if let Some((stream, expected)) = word.split_once(':') {
            let stream = stream.parse()?;
            let expected = expected.parse()?;
            writes.push(WriteInDoubt { stream, expected, events: Vec::new() });
        } else {
            let write = writes.last_mut().context("an event without a stream")?;
            write.events.push(word.parse()?);
        }
    }
    Ok(writes)
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged { stream, expected, version, events } => {
                write!(f, "A {} {expected} {version}", stream.simple())?;
                let mut events = events.iter();
                events.try_for_each(|(id, position)| write!(f, " {}:{position}", id.simple()))
            }
            Self::Unknown(writes) => {
                f.write_str("U")?;
                for WriteInDoubt { stream, expected, events } in writes {
                    write!(f, " {}:{expected}", stream.simple())?;
                    events.iter().try_for_each(|id| write!(f, " {}", id.simple()))?;
                }
                Ok(())
            }
            Self::NotStored(events) => {
                f.write_str("N")?;
                events.iter().try_for_each(|id| write!(f, " {}", id.simple()))
            }
            Self::State { stream, version, position, fold } => {
                write!(f, "V {} {version} {position} {fold}", stream.simple())
            }
            Self::Reader { reader, wants, name } => write!(f, "R {reader} {wants} {name}"),
            Self::Seen { reader, steps } => {
                write!(f, "S {reader}")?;
                steps.iter().try_for_each(|step| write!(f, " {step}"))
            }
            Self::WentBack { reader, position } => write!(f, "B {reader} {position}"),
            Self::End { reader, checksum } => write!(f, "E {reader} {checksum}"),
            Self::Lost(position) => write!(f, "L {position}"),
            Self::Finding(text) => write!(f, "F {}", text.replace('\n', " ")),
            Self::Done => f.write_str("D"),
        }
    }
}

/// What one event adds to a reader's checksum, whatever the order.
#[must_use]
pub fn checksum(position: u64, event: Uuid) -> u64 {
    let (high, low) = event.as_u64_pair();
    (high ^ low.rotate_left(29) ^ position.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        .rotate_left(31)
}

/// A state of which every event and its place can be told: the next one, from an event's mark and amount.
#[must_use]
pub fn fold(before: u64, mark: Uuid, amount: i64) -> u64 {
    before.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(checksum(amount.cast_unsigned(), mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_understood() -> Result<()> {
        let id = Uuid::from_u128(7);
        let expected = Expected::Version(2);
        let write = WriteInDoubt { stream: id, expected, events: vec![id, id] };
        let other = WriteInDoubt { expected: Expected::Any, ..write.clone() };
        for line in [
            Line::Acknowledged {
                stream: id,
                expected,
                version: 3,
                events: vec![(id, 9), (id, 12)],
            },
            Line::Unknown(vec![write, other]),
            Line::NotStored(vec![id]),
            Line::State { stream: id, version: 3, position: 9, fold: u64::MAX },
            Line::Reader { reader: 2, wants: Wants::Aggregate(id), name: "of one".to_owned() },
            Line::Seen { reader: 2, steps: vec![1, 5, -3] },
            Line::WentBack { reader: 2, position: 5 },
            Line::End { reader: 2, checksum: u64::MAX },
            Line::Lost(77),
            Line::Finding("a b".to_owned()),
            Line::Done,
        ] {
            assert_eq!(line.to_string().parse::<Line>()?, line);
        }
        assert!("U 7".parse::<Line>().is_err());
        assert!("Q 7".parse::<Line>().is_err());
        Ok(())
    }
}

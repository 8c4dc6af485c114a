//! What children tell, a line each.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, Error, bail};
use uuid::Uuid;

/// A line of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// An append was acknowledged whose event has this mark.
    Acknowledged(Uuid),
    /// A reader was shown an event.
    Seen { reader: String, event: Uuid },
    /// A reader has said that it has seen events that were lost, and begins again.
    SaidLost { reader: String },
    /// A writer process writes no more.
    Done,
    /// Something that must not happen.
    Wrong(String),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acknowledged(mark) => write!(f, "acknowledged {mark}"),
            Self::Seen { reader, event } => write!(f, "seen {reader} {event}"),
            Self::SaidLost { reader } => write!(f, "lost {reader}"),
            Self::Done => f.write_str("done"),
            Self::Wrong(what) => write!(f, "wrong {}", what.replace('\n', " ")),
        }
    }
}

impl FromStr for Line {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        Ok(match verb {
            "acknowledged" => Self::Acknowledged(rest.parse()?),
            "seen" => {
                let (reader, event) = rest.split_once(' ').context("a reader and an event")?;
                Self::Seen { reader: reader.to_owned(), event: event.parse()? }
            }
            "lost" => Self::SaidLost { reader: rest.to_owned() },
            "done" => Self::Done,
            "wrong" => Self::Wrong(rest.to_owned()),
            _ => bail!("a child said {line:?}"),
        })
    }
}

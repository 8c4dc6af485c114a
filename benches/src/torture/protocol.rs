//! What the children tell the parent, one line each.

use anyhow::{Context as _, Result, bail};
use uuid::Uuid;

/// A line of a child.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    /// `A stream version id:position …`: the store said that these are stored; the version behind the
    /// last.
    Acknowledged { stream: Uuid, version: u32, events: Vec<(Uuid, u64)> },
    /// `U id …`: one append whose outcome the store could not say.
    Unknown(Vec<Uuid>),
    /// `N id …`: refused or rolled back.
    NotStored(Vec<Uuid>),
    /// `S reader step …`: a reader saw events; each position as the distance from the one before.
    Seen { reader: usize, steps: Vec<i64> },
    /// `E reader checksum`: a reader has come to the end.
    End { reader: usize, checksum: u64 },
    /// `D`: the writers of a process are done.
    Done,
    /// `F text`: something that should not be.
    Finding(String),
}

impl Line {
    pub(super) fn parse(line: &str) -> Result<Self> {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut words = rest.split(' ');
        let mut word = || words.next().context("a word is missing");
        let ids = || rest.split(' ').map(Uuid::try_parse).collect::<Result<Vec<_>, _>>();
        Ok(match kind {
            "A" => {
                let (stream, version) = (word()?.parse()?, word()?.parse()?);
                let pair = |pair: &str| {
                    let (id, position) = pair.split_once(':').context("a colon is missing")?;
                    Ok((id.parse()?, position.parse()?))
                };
                let events = words.map(pair).collect::<Result<_>>()?;
                Self::Acknowledged { stream, version, events }
            }
            "U" => Self::Unknown(ids()?),
            "N" => Self::NotStored(ids()?),
            "S" => {
                let reader = word()?.parse()?;
                Self::Seen { reader, steps: words.map(str::parse).collect::<Result<_, _>>()? }
            }
            "E" => Self::End { reader: word()?.parse()?, checksum: word()?.parse()? },
            "D" => Self::Done,
            "F" => Self::Finding(rest.to_owned()),
            _ => bail!("a line of an unknown kind"),
        })
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids = |f: &mut std::fmt::Formatter<'_>, ids: &[Uuid]| {
            ids.iter().try_for_each(|id| write!(f, " {}", id.simple()))
        };
        match self {
            Self::Acknowledged { stream, version, events } => {
                write!(f, "A {} {version}", stream.simple())?;
                let mut events = events.iter();
                events.try_for_each(|(id, position)| write!(f, " {}:{position}", id.simple()))
            }
            Self::Unknown(events) => f.write_str("U").and_then(|()| ids(f, events)),
            Self::NotStored(events) => f.write_str("N").and_then(|()| ids(f, events)),
            Self::Seen { reader, steps } => {
                write!(f, "S {reader}")?;
                steps.iter().try_for_each(|step| write!(f, " {step}"))
            }
            Self::End { reader, checksum } => write!(f, "E {reader} {checksum}"),
            Self::Done => f.write_str("D"),
            Self::Finding(text) => write!(f, "F {}", text.replace('\n', " ")),
        }
    }
}

/// What one event adds to a checksum over events, whatever their order.
pub(super) fn checksum(position: u64, event: Uuid) -> u64 {
    let (high, low) = event.as_u64_pair();
    (high ^ low.rotate_left(29) ^ position.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        .rotate_left(31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_says_is_understood() -> Result<()> {
        let id = Uuid::from_u128(7);
        for line in [
            Line::Acknowledged { stream: id, version: 3, events: vec![(id, 9), (id, 12)] },
            Line::Unknown(vec![id, id]),
            Line::NotStored(vec![id]),
            Line::Seen { reader: 2, steps: vec![1, 5, -3] },
            Line::End { reader: 2, checksum: u64::MAX },
            Line::Done,
            Line::Finding("a b".to_owned()),
        ] {
            assert_eq!(Line::parse(&line.to_string())?, line);
        }
        Ok(())
    }
}

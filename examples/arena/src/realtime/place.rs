//! Where a client stands in the log: a text that it keeps and brings back.

use std::fmt;
use std::str::FromStr;

use aether_core::log::Anchor;
use aether_core::{EventId, Position};
use serde::{Serialize, Serializer};

/// A position, with the event at or before it as a proof where one is known: by the event, a log that was restored is told from the one
/// that the client has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) position: Position,
    pub(crate) event: Option<EventId>,
}

/// A text that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAPlace;

impl Place {
    /// Before everything.
    pub(crate) const START: Self = Self { position: Position::START, event: None };

    /// A position without a proof.
    pub(crate) const fn at(position: Position) -> Self {
        Self { position, event: None }
    }

    /// What proves it.
    pub(crate) fn anchor(self) -> Option<Anchor> {
        let Self { position, event } = self;
        event.map(|event_id| Anchor { position, event_id })
    }
}

impl From<Anchor> for Place {
    fn from(Anchor { position, event_id }: Anchor) -> Self {
        Self { position, event: Some(event_id) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.position.get())?;
        self.event.map_or(Ok(()), |event| write!(f, ".{}", event.as_uuid().simple()))
    }
}

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (position, event) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
        if position.is_empty() || !position.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAPlace);
        }
        let position = position.parse().ok().map(Position::new).filter(|it| *it < Position::END);
        let event = event.map(|event| event.parse().map_err(|_| NotAPlace)).transpose()?;
        Ok(Self { position: position.ok_or(NotAPlace)?, event })
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
impl<'de> serde::Deserialize<'de> for Place {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("no place"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was_told() {
        let event = Some(EventId::generate());
        for place in [Place::START, Place { position: Position::new(48_213), event }] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for wrong in ["", ".", "-1", "+1", "1.", "1.x", "x", "9223372036854775807", "1.2.3"] {
            assert_eq!(wrong.parse::<Place>(), Err(NotAPlace), "{wrong}");
        }
    }
}

//! Answers of scripts, read with care: what was not expected is an error, never a default.

use std::time::Duration;

use fred::types::Value;

use crate::error::{Error, Result};

/// What belongs under a key, as scripts and errors call it.
const KINDS: [&str; 6] = ["hash", "set", "sorted set", "string", "counter", "HyperLogLog"];

/// The elements of a script's answer, one after another. Scripts of this crate answer with lists, and
/// with `{ "wrongtype", key, expected }` where they have looked at a key and left everything as it was.
#[derive(Debug)]
pub(crate) struct Reply {
    of: &'static str,
    elements: std::vec::IntoIter<Value>,
}

impl Reply {
    /// The answer of the script called `of`.
    pub(crate) fn new(of: &'static str, value: Value) -> Result<Self> {
        let mut reply = Self::elements(of, value)?;
        let elements = reply.elements.as_slice();
        let refused =
            elements.first().is_some_and(|first| first.as_str().as_deref() == Some("wrongtype"));
        if refused && elements.len() == 3 {
            let (_, key, found) = (reply.text()?, reply.text()?, reply.text()?);
            let expected = KINDS.into_iter().find(|kind| *kind == found);
            return Err(match expected {
                Some(expected) => Error::WrongType { key, expected },
                None => reply.error(),
            });
        }
        Ok(reply)
    }

    fn elements(of: &'static str, value: Value) -> Result<Self> {
        match value {
            Value::Array(elements) => Ok(Self { of, elements: elements.into_iter() }),
            _ => Err(unexpected(of)),
        }
    }

    /// Whether everything was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.elements.as_slice().is_empty()
    }

    /// A text that is there.
    pub(crate) fn text(&mut self) -> Result<String> {
        self.elements.next().and_then(|value| value.as_string()).ok_or_else(|| self.error())
    }

    /// A number that is there and not negative.
    pub(crate) fn number(&mut self) -> Result<u64> {
        self.elements.next().and_then(|value| value.as_u64()).ok_or_else(|| self.error())
    }

    /// A number that is there.
    pub(crate) fn signed(&mut self) -> Result<i64> {
        self.elements.next().and_then(|value| value.as_i64()).ok_or_else(|| self.error())
    }

    /// A number of microseconds.
    pub(crate) fn micros(&mut self) -> Result<Duration> {
        self.number().map(Duration::from_micros)
    }

    /// A list inside the list.
    pub(crate) fn list(&mut self) -> Result<Self> {
        let element = self.elements.next().ok_or_else(|| self.error())?;
        Self::elements(self.of, element)
    }

    /// That this is not what the script answers.
    pub(crate) fn error(&self) -> Error {
        unexpected(self.of)
    }
}

fn unexpected(of: &str) -> Error {
    Error::UnexpectedReply { reason: format!("the script of {of} answered something else") }
}

/// A span in whole microseconds, rounded up, at most a century: Lua counts exactly up to 2⁵³.
pub(crate) fn micros(span: Duration) -> u64 {
    const CENTURY: u128 = 36_525 * 86_400 * 1_000_000;
    let micros = span.as_nanos().div_ceil(1000).min(CENTURY);
    u64::try_from(micros).unwrap_or(u64::MAX)
}

/// A span in whole milliseconds, rounded up, at most a century.
pub(crate) fn millis(span: Duration) -> u64 {
    micros(span).div_ceil(1000)
}

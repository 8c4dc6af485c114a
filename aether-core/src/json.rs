//! JSON text that is known to be storable, and the encoder that makes it so.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::ser::{CharEscape, Formatter};
use serde_json::value::RawValue;

mod finite;

/// A piece of JSON text, cheap to clone. Payloads and metadata travel in this form and are decoded
/// only where somebody looks inside.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Arc<str>);

/// Why a value can not be stored as JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// A float is NaN or infinite, which JSON can not say.
    #[error("a number is not finite; check the arithmetic before making the event")]
    NotFinite,
    /// A string holds the character U+0000, which PostgreSQL's JSONB can not hold.
    #[error("a string contains the NUL character; strip it where the text comes in")]
    Nul,
    /// Objects and arrays are nested deeper than can be read back.
    #[error("nesting is deeper than {} levels; flatten the value", Json::MAX_DEPTH)]
    TooDeep,
    /// The value's `Serialize` failed, or text was not JSON.
    #[error("not representable as JSON: {0}")]
    Format(serde_json::Error),
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        Self::Format(error)
    }
}

impl Json {
    /// The deepest nesting of objects and arrays that [`Json::encode`] accepts.
    pub const MAX_DEPTH: u32 = 120;

    /// Encodes a value in one pass.
    ///
    /// # Errors
    ///
    /// [`JsonError`] for what could not be stored or read back: non-finite numbers, NUL characters,
    /// nesting beyond [`Json::MAX_DEPTH`], or a failing `Serialize`. Trying again does not help.
    ///
    /// ```
    /// use aether_core::{Json, JsonError};
    ///
    /// assert_eq!(Json::encode(&[1, 2])?.as_str(), "[1,2]");
    /// assert!(matches!(Json::encode(&f64::NAN), Err(JsonError::NotFinite)));
    /// # Ok::<(), JsonError>(())
    /// ```
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        encode_with(|serializer| value.serialize(serializer), || finite::check(value))
    }

    /// Takes text that came from elsewhere, after the same checks as [`Json::encode`].
    ///
    /// # Errors
    ///
    /// [`JsonError`] when the text is not JSON or could not be stored.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        Self::encode(&serde_json::from_str::<serde_json::Value>(text)?)
    }

    /// Takes text that a store has kept, without looking at it. For backends only: text that is not
    /// JSON shows up later, as a decoding error that names the event.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        Self(text.into())
    }

    /// The empty object, `{}`.
    #[must_use]
    pub fn empty() -> Self {
        Self("{}".into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Decodes the text.
    ///
    /// # Errors
    ///
    /// serde_json's error when the text does not fit `T`.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Self::encode(&value).map_err(serde::de::Error::custom)
    }
}

/// Runs `write` against a compact serializer that watches for what can not be stored. `recheck` walks
/// the value once more, and only when a `null` was written: serde_json writes non-finite numbers so.
pub(crate) fn encode_with(
    write: impl FnOnce(&mut Encoder<'_>) -> Result<(), serde_json::Error>,
    recheck: impl FnOnce() -> Result<(), JsonError>,
) -> Result<Json, JsonError> {
    let seen = Seen::default();
    let mut text = Vec::with_capacity(256);
    let written = write(&mut serde_json::Serializer::with_formatter(&mut text, Watch(&seen)));
    if seen.too_deep.get() {
        return Err(JsonError::TooDeep);
    }
    written?;
    if seen.nul.get() {
        return Err(JsonError::Nul);
    }
    if seen.null.get() {
        recheck()?;
    }
    // serde_json writes UTF-8 only, but says so only in `unsafe`: the check costs next to nothing.
    let text = String::from_utf8(text)
        .map_err(|error| JsonError::Format(serde::ser::Error::custom(error)))?;
    Ok(Json(text.into()))
}

/// The serializer handed to [`encode_with`].
pub(crate) type Encoder<'a> = serde_json::Serializer<&'a mut Vec<u8>, Watch<'a>>;

/// Walks a value and fails on the first non-finite number.
pub(crate) fn check_finite<T: Serialize + ?Sized>(value: &T) -> Result<(), JsonError> {
    finite::check(value)
}

#[derive(Default)]
struct Seen {
    depth: Cell<u32>,
    too_deep: Cell<bool>,
    nul: Cell<bool>,
    null: Cell<bool>,
}

/// A compact formatter that notes what it is asked to write.
pub(crate) struct Watch<'a>(&'a Seen);

impl Watch<'_> {
    fn enter(&self) -> io::Result<()> {
        let depth = self.0.depth.get() + 1;
        self.0.depth.set(depth);
        if depth > Json::MAX_DEPTH {
            self.0.too_deep.set(true);
            return Err(io::Error::other("nested too deeply"));
        }
        Ok(())
    }

    fn leave(&self) {
        self.0.depth.set(self.0.depth.get() - 1);
    }
}

impl Formatter for Watch<'_> {
    fn write_null<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.null.set(true);
        writer.write_all(b"null")
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        if matches!(escape, CharEscape::AsciiControl(0)) {
            self.0.nul.set(true);
        }
        serde_json::ser::CompactFormatter.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.leave();
        writer.write_all(b"]")
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.leave();
        writer.write_all(b"}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_jsonb_refuses_is_encoded() {
        assert!(matches!(Json::encode("a\0b"), Err(JsonError::Nul)));
        assert!(matches!(Json::encode(&Some(f64::NAN)), Err(JsonError::NotFinite)));
        assert!(matches!(Json::encode(&vec![(1, f32::INFINITY)]), Err(JsonError::NotFinite)));
        let key = std::collections::BTreeMap::from([("a\0", 1)]);
        assert!(matches!(Json::encode(&key), Err(JsonError::Nul)));
    }

    #[test]
    fn an_honest_null_is_no_error() -> Result<(), JsonError> {
        assert_eq!(Json::encode(&(None::<i32>, 1.5))?.as_str(), "[null,1.5]");
        Ok(())
    }

    #[test]
    fn what_is_encoded_can_be_decoded_again() -> Result<(), Box<dyn std::error::Error>> {
        let nested = |depth: u32| {
            (0..depth).fold(serde_json::Value::Null, |inner, _| serde_json::json!([inner]))
        };
        let deepest = nested(Json::MAX_DEPTH);
        assert_eq!(Json::encode(&deepest)?.decode::<serde_json::Value>()?, deepest);
        assert!(matches!(Json::encode(&nested(Json::MAX_DEPTH + 1)), Err(JsonError::TooDeep)));
        Ok(())
    }
}

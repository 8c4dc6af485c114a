//! JSON text that is known to be storable, and the encoder that makes it so.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

mod guard;
mod jsonb;
mod number;
mod raw;
mod stand_ins;
mod tokens;
mod watch;

use guard::Guard;
use watch::{Doubts, Seen, Watch};

/// A piece of JSON text, cheap to clone. Payloads and metadata travel in this form and are decoded
/// only where somebody looks inside.
///
/// Two are equal if their values are: neither spaces nor the order of keys count, every digit does.
///
/// # What comes back
///
/// Everything that [`Json::encode`] accepts comes back from every store equal, to the bit: floats and integers of
/// any size, text, nesting. PostgreSQL's JSONB, which keeps the events, has one exception, and all stores share it:
/// **−0.0 comes back as 0.0**. Numbers are written in full (`1e16` as `10000000000000000.0`), an object's keys in
/// the order of JSONB where a map gives them: their order is not part of the value. An event that comes back
/// otherwise than it went in is applied as it comes back, from the first moment and everywhere.
#[derive(Clone)]
pub struct Json {
    text: Arc<str>,
    /// What the text may not give back of the value that it was encoded from.
    doubts: Doubts,
}

/// Why a value cannot be stored as JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// A float is NaN or infinite, which JSON cannot say.
    #[error("a number is not finite; check the arithmetic before making the event")]
    NotFinite,
    /// A string holds the character U+0000, which PostgreSQL's JSONB cannot hold.
    #[error("a string contains the NUL character; strip it where the text comes in")]
    Nul,
    /// Objects and arrays are nested deeper than can be read back.
    #[error("nesting is deeper than {} levels; flatten the value", Json::MAX_DEPTH)]
    TooDeep,
    /// An object has a key twice, of which one value would be lost: a flattened map has a key that is also a
    /// field, a tagged enum's content a field that is called like the tag.
    #[error(
        "the key {key:?} is written twice in one object; rename the field, or do not flatten the map"
    )]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A number is longer than PostgreSQL's `numeric` can be.
    #[error(
        "a number has more than 131072 digits before the point or 16383 after it; store it as text"
    )]
    TooManyDigits,
    /// The text cannot be read as the type that wrote it: serde cannot buffer integers of 128 bits, for
    /// example, in content that is flattened or untagged.
    #[error("its JSON cannot be read as the type that wrote it: {0}; write such a field as text")]
    Unreadable(serde_json::Error),
    /// The text reads as another value: `Some(None)` is written as `null`, for example, and read as `None`.
    #[error(
        "its JSON reads as another value than was written; give the type a form that JSON keeps"
    )]
    Ambiguous,
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
    /// nesting beyond [`Json::MAX_DEPTH`], a key twice in one object, or a failing `Serialize`. Trying again does
    /// not help.
    ///
    /// ```
    /// use aether_core::event::JsonError;
    /// use aether_core::Json;
    ///
    /// assert_eq!(Json::encode(&[1, 2])?.as_str(), "[1,2]");
    /// assert!(matches!(Json::encode(&f64::NAN), Err(JsonError::NotFinite)));
    /// # Ok::<(), JsonError>(())
    /// ```
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        encode_with(|guard| value.serialize(guard))
    }

    /// Takes text that came from elsewhere, after the same checks as [`Json::encode`], and as JSONB gives it
    /// back: numbers keep all their digits.
    ///
    /// # Errors
    ///
    /// [`JsonError`] when the text is not JSON or could not be stored.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let raw: &RawValue = serde_json::from_str(text)?;
        jsonb::rewritten(raw.get()).map(|text| Self::from_stored(&text))
    }

    /// Takes text that a store has kept, without looking at it. For backends only: text that is not
    /// JSON shows up later, as a decoding error that names the event.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        Self { text: text.into(), doubts: Doubts::default() }
    }

    /// The empty object, `{}`.
    #[must_use]
    pub fn empty() -> Self {
        Self::from_stored("{}")
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Decodes the text.
    ///
    /// # Errors
    ///
    /// serde_json's error when the text does not fit `T`.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.text)
    }

    /// The text that PostgreSQL gives back for this one, to the byte.
    pub(crate) fn kept(&self) -> Result<Self, JsonError> {
        jsonb::rewritten(&self.text).map(|text| Self::from_stored(&text))
    }

    /// Encodes a value that can be read back, with −0.0 as 0.0.
    ///
    /// # Errors
    ///
    /// As [`Json::encode`]; [`JsonError::Unreadable`] and [`JsonError::Ambiguous`] for what is lost.
    pub(crate) fn encode_readable<T: Serialize + DeserializeOwned>(
        value: &T,
    ) -> Result<Self, JsonError> {
        let json = Self::encode(value)?;
        json.read_back(|text| serde_json::from_str(text), Self::encode::<T>)?;
        Ok(json)
    }

    /// Encodes a value that comes back as it is, to the bit.
    ///
    /// # Errors
    ///
    /// As [`Json::encode_readable`], and [`JsonError::Ambiguous`] for −0.0.
    pub(crate) fn encode_exact<T: Serialize + DeserializeOwned>(
        value: &T,
    ) -> Result<Self, JsonError> {
        let json = Self::encode_readable(value)?;
        if json.doubts.negative_zero { Err(JsonError::Ambiguous) } else { Ok(json) }
    }

    /// The value as it comes back, where that may differ from the one that was encoded. `None`: it does not.
    ///
    /// # Errors
    ///
    /// [`JsonError::Unreadable`] or [`JsonError::Ambiguous`] if something of it is lost, other than the sign of
    /// zero and the order of a map.
    pub(crate) fn read_back<T>(
        &self,
        decode: impl FnOnce(&str) -> Result<T, serde_json::Error>,
        encode: impl FnOnce(&T) -> Result<Self, JsonError>,
    ) -> Result<Option<T>, JsonError> {
        if !self.doubts.any() {
            return Ok(None);
        }
        let value = decode(&self.text).map_err(JsonError::Unreadable)?;
        let again = encode(&value)?;
        let same = self.doubts.some_nulls == again.doubts.some_nulls
            && tokens::digest(&self.text) == tokens::digest(&again.text);
        if same { Ok(Some(value)) } else { Err(JsonError::Ambiguous) }
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
            || matches!(
                (jsonb::rewritten(&self.text), jsonb::rewritten(&other.text)),
                (Ok(text), Ok(other)) if text == other
            )
    }
}

impl Eq for Json {}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.text).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = raw::raw_value(deserializer)?;
        jsonb::rewritten(raw.get())
            .map(|text| Self::from_stored(&text))
            .map_err(serde::de::Error::custom)
    }
}

/// Runs `write` against a compact serializer that watches for what cannot be stored.
pub(crate) fn encode_with(
    write: impl for<'a> FnOnce(Guard<'a, Encoder<'a>>) -> Result<(), serde_json::Error>,
) -> Result<Json, JsonError> {
    written(write, |text, seen| {
        if seen.nul.get() {
            return Err(JsonError::Nul);
        }
        let doubts = seen.doubts.get();
        let text = if doubts.rewritten() { jsonb::rewritten(text)?.into() } else { text.into() };
        Ok(Json { text, doubts })
    })
}

/// Encodes a value for a place that keeps any text: a cache. What it cannot give back is refused.
///
/// # Errors
///
/// [`JsonError`], as [`Json::encode`], but NUL characters and long numbers are fine.
pub fn encode_text<T: Serialize + DeserializeOwned>(value: &T) -> Result<Vec<u8>, JsonError> {
    written(
        |guard| value.serialize(guard),
        |text, seen| {
            let json = Json { text: text.into(), doubts: seen.doubts.get() };
            let encode = |value: &T| {
                written(
                    |guard| value.serialize(guard),
                    |text, seen| Ok(Json { text: text.into(), doubts: seen.doubts.get() }),
                )
            };
            json.read_back(|text| serde_json::from_str(text), encode)?;
            Ok(text.as_bytes().to_vec())
        },
    )
}

/// The serializer that [`encode_with`] guards.
pub(crate) type Encoder<'a> = &'a mut serde_json::Serializer<&'a mut Vec<u8>, Watch<'a>>;

/// What an encoding leaves behind for the next one of its thread.
#[derive(Default)]
struct Scratch {
    text: Vec<u8>,
    fields: Vec<&'static str>,
}

impl Scratch {
    /// The largest text whose memory is kept.
    const KEPT: usize = 1 << 16;
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Writes a value and takes what becomes of its text.
fn written<R>(
    write: impl for<'a> FnOnce(Guard<'a, Encoder<'a>>) -> Result<(), serde_json::Error>,
    take: impl FnOnce(&str, &Seen) -> Result<R, JsonError>,
) -> Result<R, JsonError> {
    // taken out: a `Serialize` may encode something else meanwhile
    let Scratch { mut text, fields } = SCRATCH.take();
    let seen = Seen::over(fields);
    text.clear();
    let done = write(Guard::new(
        &mut serde_json::Serializer::with_formatter(&mut text, Watch(&seen)),
        &seen,
    ));
    let result = match (seen.refused(), done) {
        (Some(refused), _) => Err(refused),
        (None, Err(error)) => Err(error.into()),
        // serde_json writes UTF-8 only, but says so only in `unsafe`: the check costs next to nothing
        (None, Ok(())) => std::str::from_utf8(&text)
            .map_err(|error| JsonError::Format(serde::ser::Error::custom(error)))
            .and_then(|text| take(text, &seen)),
    };
    if text.capacity() <= Scratch::KEPT {
        let mut fields = seen.fields.into_inner();
        fields.clear();
        SCRATCH.set(Scratch { text, fields });
    }
    result
}

#[cfg(test)]
mod tests;

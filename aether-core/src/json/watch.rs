//! What is noticed while a value is written: what JSON text cannot hold, and what it may not give back.

use std::cell::{Cell, RefCell};
use std::io;

use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use super::number;
use super::{Json, JsonError};

/// What a text may not give back as it was written. Nothing of it: the text says it all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Doubts {
    /// A negative zero, which JSONB keeps as 0.0.
    pub(super) negative_zero: bool,
    /// An integer of 128 bits, which serde cannot buffer: flattened, untagged and internally tagged content.
    pub(super) wide: bool,
    /// JSON text inside of the value, in a form of its own.
    pub(super) raw: bool,
    /// A map whose keys are not in the order of JSONB.
    pub(super) unordered: bool,
    /// How often a `Some` was written as `null`, which reads as `None`.
    pub(super) some_nulls: u16,
}

impl Doubts {
    /// Whether the text has to be read back to know what it gives.
    pub(crate) fn any(self) -> bool {
        self != Self::default()
    }

    /// Whether JSONB gives back another text than was written, beside spaces.
    pub(super) const fn rewritten(self) -> bool {
        self.negative_zero || self.raw || self.unordered
    }
}

/// The notes on one value.
#[derive(Default)]
pub(crate) struct Seen {
    pub(super) doubts: Cell<Doubts>,
    pub(super) nul: Cell<bool>,
    refused: RefCell<Option<JsonError>>,
    depth: Cell<u32>,
    /// The fields of the structs that are open.
    pub(super) fields: RefCell<Vec<&'static str>>,
    /// The newest key of a map.
    pub(super) key: RefCell<String>,
}

impl Seen {
    /// Notes that are kept in memory that is there already.
    pub(super) fn over(fields: Vec<&'static str>) -> Self {
        Self { fields: fields.into(), ..Self::default() }
    }

    pub(super) fn doubt(&self, note: impl FnOnce(&mut Doubts)) {
        let mut doubts = self.doubts.get();
        note(&mut doubts);
        self.doubts.set(doubts);
    }

    /// Why the value is not written.
    pub(super) fn refused(&self) -> Option<JsonError> {
        self.refused.borrow_mut().take()
    }

    /// Ends the writing. The error that serde carries up is not the one that is told.
    pub(super) fn refuse<T, E: serde::ser::Error>(&self, error: JsonError) -> Result<T, E> {
        let told = E::custom(&error);
        self.refused.borrow_mut().get_or_insert(error);
        Err(told)
    }

    /// Notes a field of the struct whose fields begin at `first`.
    pub(super) fn field<E: serde::ser::Error>(
        &self,
        first: usize,
        key: &'static str,
    ) -> Result<(), E> {
        let mut fields = self.fields.borrow_mut();
        if fields[first..].contains(&key) {
            return self.refuse(JsonError::DuplicateKey { key: key.to_owned() });
        }
        fields.push(key);
        Ok(())
    }
}

/// A compact formatter that writes numbers as JSONB gives them back.
pub(crate) struct Watch<'a>(pub(super) &'a Seen);

impl Watch<'_> {
    fn enter(&self) -> io::Result<()> {
        let depth = self.0.depth.get() + 1;
        self.0.depth.set(depth);
        if depth > Json::MAX_DEPTH {
            return self.0.refuse::<(), serde_json::Error>(JsonError::TooDeep).map_err(Into::into);
        }
        Ok(())
    }

    fn leave(&self) {
        self.0.depth.set(self.0.depth.get() - 1);
    }
}

impl Formatter for Watch<'_> {
    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        number::write_f32(writer, value)
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        number::write_f64(writer, value)
    }

    fn write_number_str<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        value: &str,
    ) -> io::Result<()> {
        self.write_raw_fragment(writer, value)
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.0.doubt(|doubts| doubts.raw = true);
        writer.write_all(fragment.as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        if matches!(escape, CharEscape::AsciiControl(0)) {
            self.0.nul.set(true);
        }
        CompactFormatter.write_char_escape(writer, escape)
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

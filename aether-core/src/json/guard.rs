//! A serializer in front of serde_json's that sees what its text no longer shows: floats that are not
//! finite, the sign of zero, `Some` of nothing, keys that meet.

use std::fmt::{Display, Write as _};

use serde::ser::{self, Serialize, Serializer};

use super::JsonError;
use super::watch::Seen;

/// Hands everything on to the serializer inside.
pub(crate) struct Guard<'a, S> {
    inner: S,
    seen: &'a Seen,
    place: Place,
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Value,
    /// Directly in a `Some`.
    Some,
    /// The key of a map.
    Key,
}

impl<'a, S> Guard<'a, S> {
    pub(super) const fn new(inner: S, seen: &'a Seen) -> Self {
        Self { inner, seen, place: Place::Value }
    }

    /// Notes the text of a key.
    fn note_key(&self, key: impl Display) {
        if self.place == Place::Key {
            let mut text = self.seen.key.borrow_mut();
            text.clear();
            // writing to a String does not fail
            let _ = write!(text, "{key}");
        }
    }

    fn note_null(&self) {
        if self.place == Place::Some {
            self.seen.doubt(|doubts| doubts.some_nulls = doubts.some_nulls.saturating_add(1));
        }
    }

    /// Refuses floats that are not finite. Keys are text: there every float comes back as it was.
    fn note_float<E: ser::Error>(&self, finite: bool, negative_zero: bool) -> Result<(), E> {
        if !finite {
            return self.seen.refuse(JsonError::NotFinite);
        }
        if self.place == Place::Key {
            self.seen.doubt(|doubts| doubts.unordered = true);
        } else if negative_zero {
            self.seen.doubt(|doubts| doubts.negative_zero = true);
        }
        Ok(())
    }

    fn note_wide(&self, value: impl Display) {
        self.note_key(value);
        self.seen.doubt(|doubts| doubts.wide = true);
    }
}

/// A value that is written through a [`Guard`].
struct Guarded<'a, T: ?Sized> {
    value: &'a T,
    seen: &'a Seen,
    place: Place,
}

impl<T: Serialize + ?Sized> Serialize for Guarded<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let guard = Guard { inner: serializer, seen: self.seen, place: self.place };
        self.value.serialize(guard)
    }
}

macro_rules! scalars {
    ($($method:ident($ty:ty);)*) => {
        $(fn $method(self, value: $ty) -> Result<S::Ok, S::Error> {
            self.note_key(value);
            self.inner.$method(value)
        })*
    };
}

impl<'a, S: Serializer> Serializer for Guard<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Items<'a, S::SerializeSeq>;
    type SerializeTuple = Items<'a, S::SerializeTuple>;
    type SerializeTupleStruct = Items<'a, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Items<'a, S::SerializeTupleVariant>;
    type SerializeMap = Entries<'a, S::SerializeMap>;
    type SerializeStruct = Fields<'a, S::SerializeStruct>;
    type SerializeStructVariant = Fields<'a, S::SerializeStructVariant>;

    scalars! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_char(char);
        serialize_str(&str);
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.note_key(value);
        self.inner.collect_str(value)
    }

    fn serialize_i128(self, value: i128) -> Result<S::Ok, S::Error> {
        self.note_wide(value);
        self.inner.serialize_i128(value)
    }

    fn serialize_u128(self, value: u128) -> Result<S::Ok, S::Error> {
        self.note_wide(value);
        self.inner.serialize_u128(value)
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        self.note_float(value.is_finite(), value == 0.0 && value.is_sign_negative())?;
        self.inner.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        self.note_float(value.is_finite(), value == 0.0 && value.is_sign_negative())?;
        self.inner.serialize_f64(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S::Ok, S::Error> {
        self.inner.serialize_bytes(value)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.note_null();
        self.inner.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        let place = if self.place == Place::Key { Place::Key } else { Place::Some };
        self.inner.serialize_some(&Guarded { value, seen: self.seen, place })
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.note_null();
        self.inner.serialize_unit()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.note_null();
        self.inner.serialize_unit_struct(name)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.note_key(variant);
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = Guarded { value, seen: self.seen, place: self.place };
        self.inner.serialize_newtype_struct(name, &value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = Guarded { value, seen: self.seen, place: Place::Value };
        self.inner.serialize_newtype_variant(name, index, variant, &value)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Items { inner: self.inner.serialize_seq(len)?, seen: self.seen })
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        Ok(Items { inner: self.inner.serialize_tuple(len)?, seen: self.seen })
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Ok(Items { inner: self.inner.serialize_tuple_struct(name, len)?, seen: self.seen })
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let inner = self.inner.serialize_tuple_variant(name, index, variant, len)?;
        Ok(Items { inner, seen: self.seen })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        let inner = self.inner.serialize_map(len)?;
        Ok(Entries { inner, seen: self.seen, previous: None })
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Fields::new(self.inner.serialize_struct(name, len)?, self.seen))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let inner = self.inner.serialize_struct_variant(name, index, variant, len)?;
        Ok(Fields::new(inner, self.seen))
    }
}

/// The elements of a list.
pub(crate) struct Items<'a, C> {
    inner: C,
    seen: &'a Seen,
}

macro_rules! items {
    ($($trait:ident::$method:ident;)*) => {
        $(impl<C: ser::$trait> ser::$trait for Items<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                self.inner.$method(&Guarded { value, seen: self.seen, place: Place::Value })
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })*
    };
}

items! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}

/// The entries of a map.
pub(crate) struct Entries<'a, C> {
    inner: C,
    seen: &'a Seen,
    previous: Option<String>,
}

impl<C: ser::SerializeMap> ser::SerializeMap for Entries<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        self.inner.serialize_key(&Guarded { value: key, seen: self.seen, place: Place::Key })?;
        let mut key = self.seen.key.borrow_mut();
        match &mut self.previous {
            None => self.previous = Some(std::mem::take(&mut *key)),
            Some(previous) => {
                // keys that rise in the order of JSONB are all different
                if (previous.len(), previous.as_str()) >= (key.len(), key.as_str()) {
                    self.seen.doubt(|doubts| doubts.unordered = true);
                }
                std::mem::swap(previous, &mut *key);
            }
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.inner.serialize_value(&Guarded { value, seen: self.seen, place: Place::Value })
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}

/// The fields of a struct.
pub(crate) struct Fields<'a, C> {
    inner: C,
    seen: &'a Seen,
    /// Where its fields begin among those that are open.
    first: usize,
}

impl<'a, C> Fields<'a, C> {
    fn new(inner: C, seen: &'a Seen) -> Self {
        let first = seen.fields.borrow().len();
        Self { inner, seen, first }
    }

    fn leave(&self) {
        self.seen.fields.borrow_mut().truncate(self.first);
    }
}

macro_rules! fields {
    ($($trait:ident;)*) => {
        $(impl<C: ser::$trait> ser::$trait for Fields<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                self.seen.field(self.first, key)?;
                let value = Guarded { value, seen: self.seen, place: Place::Value };
                self.inner.serialize_field(key, &value)
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
                self.inner.skip_field(key)
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.leave();
                self.inner.end()
            }
        })*
    };
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

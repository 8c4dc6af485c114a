//! Serde adapters between an enum variant and its bare content.
//!
//! Serde's own enum forms put the variant's name into the JSON. The name is stored in a column of its
//! own, so these adapters leave it out, at no cost: no intermediate value is built.

use serde::Serialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer as _, IntoDeserializer};
use serde::ser::{Error as _, Impossible, Serializer};
use serde_json::Error;

/// A serializer for enums only: hands a variant's content on to the serializer inside.
pub(super) struct ContentOnly<S>(pub(super) S);

fn not_an_enum<T>() -> Result<T, Error> {
    Err(Error::custom("an event must be an enum variant with named fields or one content type"))
}

macro_rules! refuse {
    ($($method:ident($($ty:ty),*) -> $out:ty;)*) => {
        $(fn $method(self, $(_: $ty),*) -> Result<$out, Error> { not_an_enum() })*
    };
}

impl<S: Serializer<Ok = (), Error = Error>> Serializer for ContentOnly<S> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Impossible<(), Error>;
    type SerializeStructVariant = StructContent<S::SerializeStruct>;

    fn serialize_unit_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<(), Error> {
        use serde::ser::SerializeStruct as _;
        self.0.serialize_struct(name, 0)?.end()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        content: &T,
    ) -> Result<(), Error> {
        content.serialize(self.0)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        not_an_enum()
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        self.0.serialize_struct(name, len).map(StructContent)
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Error> {
        not_an_enum()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        not_an_enum()
    }
}

/// A struct variant's fields, written as those of a struct.
pub(super) struct StructContent<S>(S);

impl<S: serde::ser::SerializeStruct<Ok = (), Error = Error>> serde::ser::SerializeStructVariant
    for StructContent<S>
{
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.0.serialize_field(key, value)
    }

    fn end(self) -> Result<(), Error> {
        self.0.end()
    }
}

/// Decodes `payload` as the content of `variant`.
pub(super) fn decode<E: DeserializeOwned>(
    variant: &'static str,
    payload: &str,
) -> Result<E, Error> {
    let mut json = serde_json::Deserializer::from_str(payload);
    let event = E::deserialize(Variant { variant, content: &mut json })?;
    json.end()?;
    Ok(event)
}

type JsonReader<'de> = serde_json::Deserializer<serde_json::de::StrRead<'de>>;

/// A deserializer that presents JSON content as one known variant of an enum.
struct Variant<'a, 'de> {
    variant: &'static str,
    content: &'a mut JsonReader<'de>,
}

impl<'de> de::Deserializer<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: de::value::StrDeserializer<'_, Error> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.content.deserialize_map(de::IgnoredAny).map(|_| ())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.content)
    }

    fn tuple_variant<V: de::Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("an event variant has named fields or one content type"))
    }

    fn struct_variant<V: de::Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content.deserialize_map(visitor)
    }
}

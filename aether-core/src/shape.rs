//! The shape of a serialised type: what its fields are called and what they hold.
//!
//! Two promises rest on it: a snapshot is only used by code whose aggregate still has the shape it
//! was taken with, and an event type's stored form does not change unnoticed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Write as _;

pub(crate) mod definition;

pub(crate) use definition::Shape;

/// The shape of `T`, as text.
#[must_use]
pub fn shape_of<T: Shape + ?Sized>() -> String {
    ShapeWriter::text_of(T::describe)
}

/// A fingerprint of the shape of `T`: equal shapes, equal fingerprints (FNV-1a, 64 bits).
#[must_use]
pub fn fingerprint_of<T: Shape + ?Sized>() -> Fingerprint {
    Fingerprint(fnv(0xcbf2_9ce4_8422_2325, shape_of::<T>().as_bytes()).cast_signed())
}

/// Stands for the shape an aggregate had when a snapshot of it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(i64);

impl Fingerprint {
    /// A fingerprint from its number, as stores keep it.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// That of the same shape under another version of the aggregate's rules. The first leaves it as it is.
    #[must_use]
    pub fn under_rules(self, version: u32) -> Self {
        match version {
            1 => self,
            _ => Self(fnv(self.0.cast_unsigned(), &version.to_be_bytes()).cast_signed()),
        }
    }
}

/// FNV-1a, continued from a hash.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Collects a description. What `#[derive(Shape)]` writes to.
#[derive(Debug, Default)]
pub struct ShapeWriter {
    text: String,
    /// The named types around the current place: a recursive type is named, not entered again.
    open: Vec<&'static str>,
}

impl ShapeWriter {
    /// What `describe` writes, as text.
    #[must_use]
    pub fn text_of(describe: impl FnOnce(&mut Self)) -> String {
        let mut shape = Self::default();
        describe(&mut shape);
        shape.text
    }

    /// A type without inner structure.
    pub fn leaf(&mut self, name: &str) {
        self.text.push_str(name);
    }

    /// A named type; `path` is unique to it and keeps recursion finite, `body` writes what is inside.
    pub fn named(&mut self, name: &str, path: &'static str, body: impl FnOnce(&mut Self)) {
        self.text.push_str(name);
        if self.open.contains(&path) {
            return;
        }
        self.open.push(path);
        body(self);
        self.open.pop();
    }

    /// A list of `items` between `open` and `close`; `item` writes each.
    pub fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        items: impl IntoIterator<Item = T>,
        mut item: impl FnMut(&mut Self, T),
    ) {
        self.text.push_str(open);
        for (index, element) in items.into_iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            item(self, element);
        }
        self.text.push_str(close);
    }

    /// A field: its attributes (may be empty), its name, then its type by `ty`.
    pub fn field(&mut self, attributes: &str, name: &str, ty: impl FnOnce(&mut Self)) {
        if !attributes.is_empty() {
            let _ = write!(self.text, "{attributes} ");
        }
        if !name.is_empty() {
            let _ = write!(self.text, "{name}: ");
        }
        ty(self);
    }
}

macro_rules! leaves {
    ($($ty:ty => $name:literal;)*) => {
        $(impl Shape for $ty {
            fn describe(shape: &mut ShapeWriter) {
                shape.leaf($name);
            }
        })*
    };
}

leaves! {
    bool => "bool"; char => "char"; str => "String"; String => "String"; () => "()";
    i8 => "i8"; i16 => "i16"; i32 => "i32"; i64 => "i64"; i128 => "i128"; isize => "isize";
    u8 => "u8"; u16 => "u16"; u32 => "u32"; u64 => "u64"; u128 => "u128"; usize => "usize";
    f32 => "f32"; f64 => "f64";
    uuid::Uuid => "Uuid";
    chrono::DateTime<chrono::Utc> => "DateTime<Utc>";
    chrono::NaiveDate => "NaiveDate";
    chrono::NaiveDateTime => "NaiveDateTime";
    serde_json::Value => "Value"; crate::Json => "Value";
    std::net::IpAddr => "IpAddr";
    std::time::Duration => "Duration";
    crate::Version => "u32";
    crate::Position => "u64";
    crate::log::Name => "String";
}

macro_rules! transparent {
    ($($ty:ident),*) => {
        $(impl<T: Shape + ?Sized> Shape for $ty<T> {
            fn describe(shape: &mut ShapeWriter) {
                T::describe(shape);
            }
        })*
    };
}

use std::rc::Rc;
use std::sync::Arc;

transparent!(Box, Rc, Arc);

impl<T: Shape + ?Sized> Shape for &T {
    fn describe(shape: &mut ShapeWriter) {
        T::describe(shape);
    }
}

macro_rules! generic {
    ($($name:literal: $ty:ident<$($param:ident),*>;)*) => {
        $(impl<$($param: Shape),*> Shape for $ty<$($param),*> {
            fn describe(shape: &mut ShapeWriter) {
                let parts: &[fn(&mut ShapeWriter)] = &[$($param::describe),*];
                shape.leaf($name);
                shape.list("<", ">", parts, |shape, part| part(shape));
            }
        })*
    };
}

generic! {
    "Option": Option<T>;
    "Vec": Vec<T>;
    "Vec": VecDeque<T>;
    "Set": BTreeSet<T>;
    "Map": BTreeMap<K, V>;
}

impl<T: Shape, S> Shape for HashSet<T, S> {
    fn describe(shape: &mut ShapeWriter) {
        BTreeSet::<T>::describe(shape);
    }
}

impl<K: Shape, V: Shape, S> Shape for HashMap<K, V, S> {
    fn describe(shape: &mut ShapeWriter) {
        BTreeMap::<K, V>::describe(shape);
    }
}

impl<T: Shape> Shape for [T] {
    fn describe(shape: &mut ShapeWriter) {
        Vec::<T>::describe(shape);
    }
}

impl<T: Shape, const N: usize> Shape for [T; N] {
    fn describe(shape: &mut ShapeWriter) {
        shape.leaf(&format!("Array{N}"));
        shape.list("<", ">", [()], |shape, ()| T::describe(shape));
    }
}

macro_rules! tuples {
    ($(($($param:ident),+);)*) => {
        $(impl<$($param: Shape),+> Shape for ($($param,)+) {
            fn describe(shape: &mut ShapeWriter) {
                let parts: &[fn(&mut ShapeWriter)] = &[$($param::describe),+];
                shape.list("(", ")", parts, |shape, part| part(shape));
            }
        })*
    };
}

tuples! {
    (A); (A, B); (A, B, C); (A, B, C, D); (A, B, C, D, E); (A, B, C, D, E, F);
}

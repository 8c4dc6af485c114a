//! A change of what is stored changes the shape; nothing else does.

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::rc::Weak;

use aether_core::Shape;
use aether_core::shape::{fingerprint_of, shape_of};
use serde::{Deserialize, Serialize};

/// The shape of a type declared for one comparison.
macro_rules! shape {
    ($name:ident, $($item:tt)*) => {{
        #[derive(Serialize, Deserialize, Shape)]
        #[allow(dead_code)]
        $($item)*
        (shape_of::<$name>(), fingerprint_of::<$name>())
    }};
}

/// Each item has another shape, and another fingerprint, than the first.
macro_rules! assert_all_differ {
    ($name:ident; $first:item $($other:item)+) => {
        let first = shape!($name, $first);
        $({
            let other = shape!($name, $other);
            assert_ne!(first.0, other.0);
            assert_ne!(first.1, other.1);
        })+
    };
}

/// All items have the shape of the first.
macro_rules! assert_all_same {
    ($name:ident; $first:item $($other:item)+) => {
        let first = shape!($name, $first);
        $(assert_eq!(first, shape!($name, $other));)+
    };
}

#[derive(Serialize, Deserialize, Shape)]
struct Position {
    x: i32,
    y: Option<i32>,
}

#[derive(Serialize, Deserialize, Shape)]
enum Status {
    Active,
    Ko { since: u32 },
    Other(String),
}

#[test]
fn a_shape_reads_like_the_declaration() {
    #[derive(Serialize, Deserialize, Shape)]
    struct Pair(Position, u8);
    #[derive(Serialize, Deserialize, Shape)]
    struct Nothing;
    #[derive(Serialize, Deserialize, Shape)]
    struct Bare {}
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Player {
        #[serde(rename = "hp")]
        #[serde(default)]
        hit_points: i64,
        positions: BTreeMap<String, Vec<Position>>,
        r#type: [u8; 4],
    }

    assert_eq!(shape_of::<Position>(), "Position { x: i32, y: Option<i32> }");
    assert_eq!(shape_of::<Status>(), "Status { Active, Ko { since: u32 }, Other(String) }");
    assert_eq!(shape_of::<Pair>(), "Pair(Position { x: i32, y: Option<i32> }, u8)");
    assert_eq!(shape_of::<Nothing>(), "Nothing");
    assert_eq!(shape_of::<Bare>(), "Bare {}");
    assert_eq!(
        shape_of::<Player>(),
        "#[serde(rename_all = \"camelCase\", deny_unknown_fields)] Player { \
         #[serde(rename = \"hp\", default)] hit_points: i64, \
         positions: Map<String, Vec<Position { x: i32, y: Option<i32> }>>, \
         type: Array4<u8> }"
    );
}

#[test]
fn a_change_of_a_struct_changes_the_shape() {
    assert_all_differ! { Bag;
        struct Bag { gold: u32, items: Vec<String> }
        struct Bag { coins: u32, items: Vec<String> }
        struct Bag { gold: u64, items: Vec<String> }
        struct Bag { gold: Option<u32>, items: Vec<String> }
        struct Bag { gold: u32, items: Vec<Option<String>> }
        struct Bag { gold: u32 }
        struct Bag { gold: u32, items: Vec<String>, weight: f32 }
        struct Bag { #[serde(rename = "silver")] gold: u32, items: Vec<String> }
        struct Bag { #[serde(default)] gold: u32, items: Vec<String> }
        struct Bag { #[serde(skip)] gold: u32, items: Vec<String> }
        #[serde(rename_all = "camelCase")]
        struct Bag { gold: u32, items: Vec<String> }
        struct Bag(u32, Vec<String>);
        enum Bag { Only { gold: u32, items: Vec<String> } }
    }
}

#[test]
fn a_change_of_an_enum_changes_the_shape() {
    assert_all_differ! { Status;
        enum Status { Active, Ko { since: u32 } }
        enum Status { Active, Dead { since: u32 } }
        enum Status { Active, Ko { until: u32 } }
        enum Status { Active, Ko { since: u64 } }
        enum Status { Active, Ko(u32) }
        enum Status { Active, Ko }
        enum Status { Active }
        enum Status { Active, Ko { since: u32 }, Over }
        enum Status { #[serde(rename = "active")] Active, Ko { since: u32 } }
        enum Status { Active, Ko { #[serde(default)] since: u32 } }
        #[serde(tag = "type")]
        enum Status { Active, Ko { since: u32 } }
        #[serde(untagged)]
        enum Status { Active, Ko { since: u32 } }
    }
}

#[test]
fn a_change_of_a_nested_type_changes_the_shape() {
    mod before {
        #[derive(aether_core::Shape)]
        pub(super) struct Item {
            pub(super) _weight: u32,
        }
    }
    mod after {
        #[derive(aether_core::Shape)]
        pub(super) struct Item {
            pub(super) _weight: f32,
        }
    }
    #[derive(Shape)]
    struct Bag<T> {
        _items: HashMap<String, Option<Vec<T>>>,
    }
    assert_ne!(fingerprint_of::<Bag<before::Item>>(), fingerprint_of::<Bag<after::Item>>());
}

#[test]
fn what_serde_does_not_see_leaves_the_shape_alone() {
    assert_all_same! { Bag;
        struct Bag { gold: u32, #[serde(default, rename = "o")] items: Vec<String> }
        /// A bag.
        #[derive(Debug, Clone)]
        pub(crate) struct Bag {
            /// Gold.
            pub gold: u32,
            /** Things. */
            #[serde(
                default,
                rename="o",
            )]
            pub(crate) items: Vec<String>,
        }
        struct Bag {
            gold: u32,
            #[allow(unused)] #[serde(default)] #[serde(rename   = "o")] items: Vec<String>,
            #[serde(skip)] cache: PhantomData<fn()>,
            #[serde(skip_serializing, skip_deserializing)] cache_too: u8,
        }
    }
    assert_all_same! { Status;
        enum Status { Active, Ko(u32) }
        #[derive(Debug)]
        enum Status {
            /// Can act.
            Active,
            #[allow(unused)]
            Ko(/** Since. */ u32, #[serde(skip)] u8),
            #[serde(skip)]
            #[allow(unused)]
            Internal { cache: u8 },
        }
    }
}

#[test]
fn a_transparent_type_has_the_shape_inside() {
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(transparent)]
    struct Nickname(String);
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(transparent)]
    struct Marked<T> {
        mark: PhantomData<T>,
        value: Vec<Position>,
    }
    #[derive(Shape)]
    struct Outer {
        _nickname: Nickname,
    }
    assert_eq!(shape_of::<Nickname>(), "String");
    assert_eq!(shape_of::<Marked<Weak<u8>>>(), shape_of::<Vec<Position>>());
    assert_eq!(shape_of::<Outer>(), "Outer { _nickname: String }");
}

#[test]
fn an_opaque_field_counts_by_the_name_of_its_type() {
    #[derive(Shape)]
    struct Sealed<'a> {
        #[shape(opaque)]
        _link: Option<std::rc::Weak<Position>>,
        #[shape(opaque)]
        _callback: &'a (dyn Fn(&str, [u8; 2]) -> bool + Send),
        #[shape(opaque)]
        _assoc: <Vec<u8> as IntoIterator>::Item,
    }
    assert_eq!(
        shape_of::<Sealed<'_>>(),
        "Sealed { _link: Option<std::rc::Weak<Position>>, \
         _callback: &'a(dyn Fn(&str, [u8; 2]) -> bool + Send), \
         _assoc: <Vec<u8> as IntoIterator>::Item }"
    );
}

#[test]
fn a_recursive_type_ends() {
    #[derive(Shape)]
    struct Tree {
        _value: u8,
        _branches: Vec<Tree>,
    }
    #[derive(Shape)]
    #[expect(dead_code, reason = "only described")]
    enum Expr {
        Number(f64),
        Sum(Box<Expr>, Box<Term>),
    }
    #[derive(Shape)]
    struct Term {
        _factors: Vec<Expr>,
    }
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(transparent)]
    struct List(Vec<List>);

    assert_eq!(shape_of::<Tree>(), "Tree { _value: u8, _branches: Vec<Tree> }");
    assert_eq!(shape_of::<Expr>(), "Expr { Number(f64), Sum(Expr, Term { _factors: Vec<Expr> }) }");
    assert_eq!(shape_of::<List>(), "Vec<>");
}

#[test]
fn a_type_used_twice_is_described_twice() {
    #[derive(Shape)]
    struct Trip {
        _from: Position,
        _to: Position,
    }
    let position = shape_of::<Position>();
    assert_eq!(shape_of::<Trip>(), format!("Trip {{ _from: {position}, _to: {position} }}"));
}

#[test]
fn generic_types_are_told_apart_by_their_arguments() {
    #[derive(Shape)]
    struct Crate<T: ?Sized, const N: usize = 2> {
        _content: [u8; N],
        _what: Box<T>,
    }
    #[derive(Serialize, Deserialize, Shape)]
    struct Without<T> {
        #[serde(skip)]
        _cache: PhantomData<T>,
        #[shape(opaque)]
        _other: Option<T>,
    }
    assert_eq!(
        shape_of::<Crate<Crate<str>>>(),
        "Crate { _content: Array2<u8>, _what: Crate { _content: Array2<u8>, _what: String } }"
    );
    assert_ne!(shape_of::<Crate<Crate<u8>>>(), shape_of::<Crate<Crate<u16>>>());
    assert_ne!(shape_of::<Crate<u8, 1>>(), shape_of::<Crate<u8, 3>>());
    // a parameter that no described field mentions needs no `Shape`
    assert_eq!(shape_of::<Without<Weak<u8>>>(), "Without { _other: Option<T> }");
}

#[test]
fn a_fingerprint_never_changes() {
    // stored with every snapshot: another number here means that all of them are taken anew
    assert_eq!(fingerprint_of::<Position>().get(), 8_582_850_968_286_203_342);
}

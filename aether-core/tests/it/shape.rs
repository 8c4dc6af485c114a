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
enum Etat {
    Actif,
    Ko { depuis: u32 },
    Autre(String),
}

#[test]
fn a_shape_reads_like_the_declaration() {
    #[derive(Serialize, Deserialize, Shape)]
    struct Paire(Position, u8);
    #[derive(Serialize, Deserialize, Shape)]
    struct Rien;
    #[derive(Serialize, Deserialize, Shape)]
    struct Vide {}
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Joueur {
        #[serde(rename = "pv")]
        #[serde(default)]
        points_de_vie: i64,
        positions: BTreeMap<String, Vec<Position>>,
        r#type: [u8; 4],
    }

    assert_eq!(shape_of::<Position>(), "Position { x: i32, y: Option<i32> }");
    assert_eq!(shape_of::<Etat>(), "Etat { Actif, Ko { depuis: u32 }, Autre(String) }");
    assert_eq!(shape_of::<Paire>(), "Paire(Position { x: i32, y: Option<i32> }, u8)");
    assert_eq!(shape_of::<Rien>(), "Rien");
    assert_eq!(shape_of::<Vide>(), "Vide {}");
    assert_eq!(
        shape_of::<Joueur>(),
        "#[serde(rename_all = \"camelCase\", deny_unknown_fields)] Joueur { \
         #[serde(rename = \"pv\", default)] points_de_vie: i64, \
         positions: Map<String, Vec<Position { x: i32, y: Option<i32> }>>, \
         type: Array4<u8> }"
    );
}

#[test]
fn a_change_of_a_struct_changes_the_shape() {
    assert_all_differ! { Sac;
        struct Sac { or: u32, objets: Vec<String> }
        struct Sac { pieces: u32, objets: Vec<String> }
        struct Sac { or: u64, objets: Vec<String> }
        struct Sac { or: Option<u32>, objets: Vec<String> }
        struct Sac { or: u32, objets: Vec<Option<String>> }
        struct Sac { or: u32 }
        struct Sac { or: u32, objets: Vec<String>, poids: f32 }
        struct Sac { #[serde(rename = "argent")] or: u32, objets: Vec<String> }
        struct Sac { #[serde(default)] or: u32, objets: Vec<String> }
        struct Sac { #[serde(skip)] or: u32, objets: Vec<String> }
        #[serde(rename_all = "camelCase")]
        struct Sac { or: u32, objets: Vec<String> }
        struct Sac(u32, Vec<String>);
        enum Sac { Seul { or: u32, objets: Vec<String> } }
    }
}

#[test]
fn a_change_of_an_enum_changes_the_shape() {
    assert_all_differ! { Etat;
        enum Etat { Actif, Ko { depuis: u32 } }
        enum Etat { Actif, Mort { depuis: u32 } }
        enum Etat { Actif, Ko { avant: u32 } }
        enum Etat { Actif, Ko { depuis: u64 } }
        enum Etat { Actif, Ko(u32) }
        enum Etat { Actif, Ko }
        enum Etat { Actif }
        enum Etat { Actif, Ko { depuis: u32 }, Fini }
        enum Etat { #[serde(rename = "actif")] Actif, Ko { depuis: u32 } }
        enum Etat { Actif, Ko { #[serde(default)] depuis: u32 } }
        #[serde(tag = "type")]
        enum Etat { Actif, Ko { depuis: u32 } }
        #[serde(untagged)]
        enum Etat { Actif, Ko { depuis: u32 } }
    }
}

#[test]
fn a_change_of_a_nested_type_changes_the_shape() {
    mod before {
        #[derive(aether_core::Shape)]
        pub(super) struct Objet {
            pub(super) _poids: u32,
        }
    }
    mod after {
        #[derive(aether_core::Shape)]
        pub(super) struct Objet {
            pub(super) _poids: f32,
        }
    }
    #[derive(Shape)]
    struct Sac<T> {
        _objets: HashMap<String, Option<Vec<T>>>,
    }
    assert_ne!(fingerprint_of::<Sac<before::Objet>>(), fingerprint_of::<Sac<after::Objet>>());
}

#[test]
fn what_serde_does_not_see_leaves_the_shape_alone() {
    assert_all_same! { Sac;
        struct Sac { or: u32, #[serde(default, rename = "o")] objets: Vec<String> }
        /// A bag.
        #[derive(Debug, Clone)]
        pub(crate) struct Sac {
            /// Gold.
            pub or: u32,
            /** Things. */
            #[serde(
                default,
                rename="o",
            )]
            pub(crate) objets: Vec<String>,
        }
        struct Sac {
            or: u32,
            #[allow(unused)] #[serde(default)] #[serde(rename   = "o")] objets: Vec<String>,
            #[serde(skip)] cache: PhantomData<fn()>,
            #[serde(skip_serializing, skip_deserializing)] cache_aussi: u8,
        }
    }
    assert_all_same! { Etat;
        enum Etat { Actif, Ko(u32) }
        #[derive(Debug)]
        enum Etat {
            /// Can act.
            Actif,
            #[allow(unused)]
            Ko(/** Since. */ u32, #[serde(skip)] u8),
            #[serde(skip)]
            #[allow(unused)]
            Interne { cache: u8 },
        }
    }
}

#[test]
fn a_transparent_type_has_the_shape_inside() {
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(transparent)]
    struct Pseudo(String);
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(transparent)]
    struct Marque<T> {
        marque: PhantomData<T>,
        valeur: Vec<Position>,
    }
    #[derive(Shape)]
    struct Exterieur {
        _pseudo: Pseudo,
    }
    assert_eq!(shape_of::<Pseudo>(), "String");
    assert_eq!(shape_of::<Marque<Weak<u8>>>(), shape_of::<Vec<Position>>());
    assert_eq!(shape_of::<Exterieur>(), "Exterieur { _pseudo: String }");
}

#[test]
fn an_opaque_field_counts_by_the_name_of_its_type() {
    #[derive(Shape)]
    struct Ferme<'a> {
        #[shape(opaque)]
        _lien: Option<std::rc::Weak<Position>>,
        #[shape(opaque)]
        _rappel: &'a (dyn Fn(&str, [u8; 2]) -> bool + Send),
        #[shape(opaque)]
        _assoc: <Vec<u8> as IntoIterator>::Item,
    }
    assert_eq!(
        shape_of::<Ferme<'_>>(),
        "Ferme { _lien: Option<std::rc::Weak<Position>>, \
         _rappel: &'a(dyn Fn(&str, [u8; 2]) -> bool + Send), \
         _assoc: <Vec<u8> as IntoIterator>::Item }"
    );
}

#[test]
fn a_recursive_type_ends() {
    #[derive(Shape)]
    struct Arbre {
        _valeur: u8,
        _branches: Vec<Arbre>,
    }
    #[derive(Shape)]
    #[expect(dead_code, reason = "only described")]
    enum Expr {
        Nombre(f64),
        Somme(Box<Expr>, Box<Terme>),
    }
    #[derive(Shape)]
    struct Terme {
        _facteurs: Vec<Expr>,
    }
    #[derive(Serialize, Deserialize, Shape)]
    #[serde(transparent)]
    struct Liste(Vec<Liste>);

    assert_eq!(shape_of::<Arbre>(), "Arbre { _valeur: u8, _branches: Vec<Arbre> }");
    assert_eq!(
        shape_of::<Expr>(),
        "Expr { Nombre(f64), Somme(Expr, Terme { _facteurs: Vec<Expr> }) }"
    );
    assert_eq!(shape_of::<Liste>(), "Vec<>");
}

#[test]
fn a_type_used_twice_is_described_twice() {
    #[derive(Shape)]
    struct Trajet {
        _de: Position,
        _vers: Position,
    }
    let position = shape_of::<Position>();
    assert_eq!(shape_of::<Trajet>(), format!("Trajet {{ _de: {position}, _vers: {position} }}"));
}

#[test]
fn generic_types_are_told_apart_by_their_arguments() {
    #[derive(Shape)]
    struct Boite<T: ?Sized, const N: usize = 2> {
        _contenu: [u8; N],
        _quoi: Box<T>,
    }
    #[derive(Serialize, Deserialize, Shape)]
    struct Sans<T> {
        #[serde(skip)]
        _cache: PhantomData<T>,
        #[shape(opaque)]
        _autre: Option<T>,
    }
    assert_eq!(
        shape_of::<Boite<Boite<str>>>(),
        "Boite { _contenu: Array2<u8>, _quoi: Boite { _contenu: Array2<u8>, _quoi: String } }"
    );
    assert_ne!(shape_of::<Boite<Boite<u8>>>(), shape_of::<Boite<Boite<u16>>>());
    assert_ne!(shape_of::<Boite<u8, 1>>(), shape_of::<Boite<u8, 3>>());
    // a parameter that no described field mentions needs no `Shape`
    assert_eq!(shape_of::<Sans<Weak<u8>>>(), "Sans { _autre: Option<T> }");
}

#[test]
fn a_fingerprint_never_changes() {
    // stored with every snapshot: another number here means that all of them are taken anew
    assert_eq!(fingerprint_of::<Position>().get(), 8_582_850_968_286_203_342);
}

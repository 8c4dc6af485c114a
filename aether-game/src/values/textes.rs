//! Texts that people write for people: names of things, reasons, descriptions.

use super::invisible::est_invisible;
use crate::refus::refus;

refus! {
    /// Why a text is refused.
    pub enum TexteInvalide of "Valeur" {
        /// It holds nothing, or only spaces.
        Vide = "TEXTE_VIDE",
            "the text is empty; write something",
            "le texte est vide ; écrivez quelque chose";
        /// It has too many characters.
        TropLong { longueur: usize, maximum: usize } = "TEXTE_TROP_LONG",
            "the text has {longueur} characters and {maximum} are allowed; shorten it",
            "le texte a {longueur} caractères et {maximum} sont permis ; raccourcissez-le";
        /// It holds a character that nobody sees.
        Invisible { code_point: u32 } = "TEXTE_INVISIBLE",
            "the text holds the invisible character U+{code_point:04X}; take it out",
            "le texte contient le caractère invisible U+{code_point:04X} ; retirez-le";
    }
}

macro_rules! textes {
    ($($(#[$doc:meta])* $name:ident($max:literal, $min:literal, $lines:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Most characters.
            pub const LONGUEUR_MAX: usize = $max;

            /// A text from elsewhere. Spaces at both ends are taken off.
            ///
            /// # Errors
            ///
            /// It is empty, too long, or holds an invisible character.
            pub fn new(texte: &str) -> Result<Self, TexteInvalide> {
                verifie(texte, $max, $min, $lines).map(|texte| Self(texte.to_owned()))
            }

            /// A text that the program composed, without what cannot stand in one; `-` if too little is left.
            #[must_use]
            #[allow(dead_code, reason = "nobody composes what somebody says")]
            pub(crate) fn epure(texte: &str) -> Self {
                let visibles: String = texte.chars().filter(|c| !est_invisible(*c)).take($max).collect();
                Self::new(&visibles).unwrap_or_else(|_| Self("-".to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(texte: $name) -> Self {
                texte.0
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&String::deserialize(deserializer)?).map_err(::serde::de::Error::custom)
            }
        }

        impl ::aether_core::Shape for $name {
            fn describe(shape: &mut ::aether_core::shape::ShapeWriter) {
                shape.leaf(concat!(stringify!($name), "(", $min, "..=", $max, ")"));
            }
        }
    )*};
}

textes! {
    /// The name of a thing: an item, a zone, a quest. 1 to 100 characters, on one line.
    Nom(100, 1, false);
    /// Why somebody did something, in his words. 1 to 200 characters, on one line.
    Motif(200, 1, false);
    /// What somebody says. 1 to 200 characters, on one line.
    Propos(200, 1, false);
    /// A description. Up to 2,000 characters, on any number of lines; may be empty.
    Description(2000, 0, true);
}

impl Default for Description {
    /// None.
    fn default() -> Self {
        Self(String::new())
    }
}

fn verifie(
    texte: &str,
    maximum: usize,
    minimum: usize,
    lignes: bool,
) -> Result<&str, TexteInvalide> {
    let texte = texte.trim();
    let longueur = texte.chars().count();
    if longueur < minimum {
        return Err(TexteInvalide::Vide);
    }
    if longueur > maximum {
        return Err(TexteInvalide::TropLong { longueur, maximum });
    }
    let cache = |c: &char| est_invisible(*c) && !(lignes && *c == '\n');
    match texte.chars().find(cache) {
        Some(c) => Err(TexteInvalide::Invisible { code_point: c.into() }),
        None => Ok(texte),
    }
}

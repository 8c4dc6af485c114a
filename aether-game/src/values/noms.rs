//! Names of players: what may stand in one, and the key under which look-alike names are one name.

use aether_core::Shape;
use aether_core::shape::ShapeWriter;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_security::{GeneralSecurityProfile as _, MixedScript as _, confusable_detection};
use unicode_segmentation::UnicodeSegmentation as _;

use super::invisible::est_invisible;
use crate::refus::refus;

refus! {
    /// Why a name is refused.
    pub enum NomInvalide of "Valeur" {
        /// It has too few letters.
        TropCourt { longueur: usize, minimum: usize } = "NOM_TROP_COURT",
            "the name has {longueur} letters and {minimum} are needed; choose a longer one",
            "le nom a {longueur} lettres et il en faut {minimum} ; choisissez-en un plus long";
        /// It has too many letters.
        TropLong { maximum: usize } = "NOM_TROP_LONG",
            "the name has more than {maximum} letters; choose a shorter one",
            "le nom a plus de {maximum} lettres ; choisissez-en un plus court";
        /// It holds a character that names do not have: an invisible one, a symbol, one of no living script.
        CaractereInterdit { code_point: u32 } = "NOM_CARACTERE_INTERDIT",
            "the name holds the character U+{code_point:04X}; use letters, digits and single separators between them",
            "le nom contient le caractère U+{code_point:04X} ; employez des lettres, des chiffres et des séparateurs simples entre eux";
        /// More than three marks are piled on a letter.
        TropDeMarques = "NOM_TROP_DE_MARQUES",
            "a letter of the name bears more than three marks; take some off",
            "une lettre du nom porte plus de trois marques ; retirez-en";
        /// Its letters come from several scripts.
        MelangeDEcritures = "NOM_MELANGE_D_ECRITURES",
            "the letters of the name come from several scripts; use one",
            "les lettres du nom viennent de plusieurs écritures ; n'en employez qu'une";
        /// All of it looks like other, plain letters.
        Trompeur { ressemble_a: String } = "NOM_TROMPEUR",
            "the name looks like {ressemble_a:?} and is another; choose one that cannot be mistaken",
            "le nom ressemble à {ressemble_a:?} et en est un autre ; choisissez-en un qui ne prête pas à confusion";
    }
}

const GRAPHEMES_MIN: usize = 3;
const GRAPHEMES_MAX: usize = 24;
/// What a column holds; and no more of a hostile text is looked at.
const OCTETS_MAX: usize = 255;
const MARQUES_MAX: usize = 3;

/// The name under which a player signs in, unique in the game: 3 to 24 graphemes of one script, digits, and single `_`, `-`, `.`
/// between them, in NFKC.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NomUtilisateur(String);

/// The name that others see: as [`NomUtilisateur`], and spaces and apostrophes may separate too. It is not unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pseudo(String);

impl NomUtilisateur {
    /// A name from elsewhere.
    ///
    /// # Errors
    ///
    /// See [`NomInvalide`].
    pub fn new(nom: &str) -> Result<Self, NomInvalide> {
        verifie(nom, &['_', '-', '.']).map(Self)
    }

    /// The name, folded: names that differ by case, by form, or by letters that look alike have one key.
    ///
    /// It is the lower case of the NFKC form, with `0` as `o`, `1` and `i` as `l`, `œ` as `oe`, `æ` as `ae`, and no separators. None
    /// of that changes with a version of Unicode.
    #[must_use]
    pub fn cle(&self) -> String {
        repli(&self.0)
    }
}

impl Pseudo {
    /// A name from elsewhere.
    ///
    /// # Errors
    ///
    /// See [`NomInvalide`].
    pub fn new(nom: &str) -> Result<Self, NomInvalide> {
        verifie(nom, &['_', '-', '.', ' ', '\'']).map(Self)
    }
}

macro_rules! noms {
    ($($name:ident),*) => {$(
        impl $name {
            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(nom: $name) -> Self {
                nom.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&String::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }

        impl Shape for $name {
            fn describe(shape: &mut ShapeWriter) {
                shape.leaf(stringify!($name));
            }
        }
    )*};
}

noms!(NomUtilisateur, Pseudo);

/// The name in NFKC, if nothing is wrong with it.
fn verifie(brut: &str, separateurs: &[char]) -> Result<String, NomInvalide> {
    let trop_long = NomInvalide::TropLong { maximum: GRAPHEMES_MAX };
    if brut.len() > OCTETS_MAX {
        return Err(trop_long);
    }
    // before NFKC, which turns some of them into spaces
    if let Some(c) = brut.chars().find(|c| est_invisible(*c)) {
        return Err(NomInvalide::CaractereInterdit { code_point: c.into() });
    }
    let nom: String = brut.nfkc().collect();
    let longueur = nom.graphemes(true).count();
    if longueur > GRAPHEMES_MAX || nom.len() > OCTETS_MAX {
        return Err(trop_long);
    }
    if longueur < GRAPHEMES_MIN {
        return Err(NomInvalide::TropCourt { longueur, minimum: GRAPHEMES_MIN });
    }
    verifie_caracteres(&nom, separateurs)?;
    verifie_ecriture(&nom)?;
    Ok(nom)
}

/// Letters and digits, marks upon letters, and single separators between them.
fn verifie_caracteres(nom: &str, separateurs: &[char]) -> Result<(), NomInvalide> {
    let interdit = |c: char| NomInvalide::CaractereInterdit { code_point: c.into() };
    // a name begins as if after a separator: with a letter or a digit
    let mut avant = '-';
    let mut marques = 0;
    for c in nom.chars() {
        let apres_separateur = separateurs.contains(&avant);
        if separateurs.contains(&c) {
            if apres_separateur {
                return Err(interdit(c));
            }
            marques = 0;
        } else if is_combining_mark(c) && c.identifier_allowed() && !apres_separateur {
            marques += 1;
        } else if c.is_alphanumeric() && c.identifier_allowed() {
            marques = 0;
        } else {
            return Err(interdit(c));
        }
        if marques > MARQUES_MAX {
            return Err(NomInvalide::TropDeMarques);
        }
        avant = c;
    }
    if separateurs.contains(&avant) { Err(interdit(avant)) } else { Ok(()) }
}

/// One script, and not plain letters in disguise (Unicode Technical Standard 39).
fn verifie_ecriture(nom: &str) -> Result<(), NomInvalide> {
    if !nom.is_single_script() {
        return Err(NomInvalide::MelangeDEcritures);
    }
    let courant = ligatures(nom);
    if courant.is_ascii() {
        return Ok(());
    }
    let ressemble_a: String = confusable_detection::skeleton(&courant).collect();
    if ressemble_a.is_ascii() { Err(NomInvalide::Trompeur { ressemble_a }) } else { Ok(()) }
}

/// French letters that are two: `œ` is no disguise.
fn ligatures(nom: &str) -> String {
    nom.replace('œ', "oe").replace('Œ', "OE").replace('æ', "ae").replace('Æ', "AE")
}

fn repli(nom: &str) -> String {
    let minuscules = ligatures(nom).to_lowercase();
    // lower case may undo NFKC
    minuscules.nfkc().filter_map(lettre_de_cle).collect()
}

const fn lettre_de_cle(c: char) -> Option<char> {
    match c {
        '_' | '-' | '.' => None,
        '0' => Some('o'),
        '1' | 'i' => Some('l'),
        'ß' | 'ẞ' => Some('ß'),
        'ς' => Some('σ'),
        c => Some(c),
    }
}

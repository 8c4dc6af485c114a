//! Whole numbers with bounds: the macro that makes their types, and the error of a number outside of them.

use std::fmt;

use crate::refus::{Ligne, Refus};

/// A number that is outside of what its type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HorsBornes {
    /// The type, as in `Or`.
    pub valeur: &'static str,
    /// The number.
    pub trouve: i128,
    /// The least that the type holds.
    pub minimum: i128,
    /// The most that the type holds.
    pub maximum: i128,
}

impl fmt::Display for HorsBornes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { valeur, trouve, minimum, maximum } = self;
        write!(
            f,
            "{valeur} holds {minimum} to {maximum}, and this is {trouve}; send a number in between"
        )
    }
}

impl std::error::Error for HorsBornes {}

impl Refus for HorsBornes {
    fn lignes() -> &'static [Ligne] {
        &[Ligne {
            code: "HORS_BORNES",
            agregat: "Valeur",
            anglais: "{valeur} holds {minimum} to {maximum}, and this is {trouve}; send a number in between",
            francais: "{valeur} va de {minimum} à {maximum}, et ceci vaut {trouve} ; envoyez un nombre entre les deux",
        }]
    }

    fn code(&self) -> &'static str {
        "HORS_BORNES"
    }

    fn francais(&self) -> String {
        let Self { valeur, trouve, minimum, maximum } = self;
        format!(
            "{valeur} va de {minimum} à {maximum}, et ceci vaut {trouve} ; envoyez un nombre entre les deux"
        )
    }
}

/// Declares whole numbers with bounds. The bounds are part of the stored shape: a lock of event shapes shows a change of them.
macro_rules! bornes {
    ($($(#[$doc:meta])* $name:ident($repr:ident) = $min:literal..=$max:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($repr);

        impl $name {
            /// The least.
            pub const MIN: Self = Self($min);
            /// The most.
            pub const MAX: Self = Self($max);

            /// A number from elsewhere.
            ///
            /// # Errors
            ///
            /// It is below [`MIN`](Self::MIN) or above [`MAX`](Self::MAX).
            pub fn new(nombre: impl Into<i128>) -> Result<Self, $crate::values::HorsBornes> {
                let trouve = nombre.into();
                let dans = $repr::try_from(trouve).ok().filter(|it| ($min..=$max).contains(it));
                dans.map(Self).ok_or($crate::values::HorsBornes {
                    valeur: stringify!($name),
                    trouve,
                    minimum: $min,
                    maximum: $max,
                })
            }

            /// A number written in the program: one outside of the bounds does not compile.
            #[must_use]
            #[allow(unused_comparisons, reason = "a bound may be that of the type")]
            pub const fn fixe<const N: u64>() -> Self {
                const { assert!(N >= $min && N <= $max, "a number outside of the bounds of its type") };
                Self(N as $repr)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> $repr {
                self.0
            }

            /// The sum; none when the type cannot hold it.
            #[must_use]
            pub fn plus(self, autre: Self) -> Option<Self> {
                Self::new(i128::from(self.0) + i128::from(autre.0)).ok()
            }

            /// The difference; none when the type cannot hold it.
            #[must_use]
            pub fn moins(self, autre: Self) -> Option<Self> {
                Self::new(i128::from(self.0) - i128::from(autre.0)).ok()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl From<$name> for $repr {
            fn from(nombre: $name) -> Self {
                nombre.0
            }
        }

        impl From<$name> for i128 {
            fn from(nombre: $name) -> Self {
                nombre.0.into()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(u64::deserialize(deserializer)?).map_err(::serde::de::Error::custom)
            }
        }

        impl ::aether_core::Shape for $name {
            fn describe(shape: &mut ::aether_core::shape::ShapeWriter) {
                shape.leaf(concat!(stringify!($name), "(", $min, "..=", $max, ")"));
            }
        }
    )*};
}

pub(super) use bornes;

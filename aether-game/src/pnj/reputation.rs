//! How a character likes a player.

use std::fmt;

use aether_core::Shape;
use aether_core::shape::ShapeWriter;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::values::HorsBornes;

/// How a character likes a player, −1,000 to 1,000; 0 is how it likes strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Reputation(i16);

impl Reputation {
    /// Hatred.
    pub const MIN: Self = Self(-1_000);
    /// Devotion.
    pub const MAX: Self = Self(1_000);
    /// How it likes strangers.
    pub const NEUTRE: Self = Self(0);

    /// A number from elsewhere.
    ///
    /// # Errors
    ///
    /// It is below [`MIN`](Self::MIN) or above [`MAX`](Self::MAX).
    pub fn new(nombre: i64) -> Result<Self, HorsBornes> {
        let dans = i16::try_from(nombre).ok().map(Self);
        dans.filter(|it| (Self::MIN..=Self::MAX).contains(it)).ok_or(HorsBornes {
            valeur: "Reputation",
            trouve: nombre.into(),
            minimum: Self::MIN.0.into(),
            maximum: Self::MAX.0.into(),
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i16 {
        self.0
    }

    /// Changed by so much, and kept within the bounds.
    #[must_use]
    pub fn varie(self, variation: i32) -> Self {
        let somme = i32::from(self.0).saturating_add(variation);
        let bornee = somme.clamp(Self::MIN.0.into(), Self::MAX.0.into());
        Self(i16::try_from(bornee).unwrap_or(self.0))
    }
}

impl fmt::Display for Reputation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Reputation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Reputation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Shape for Reputation {
    fn describe(shape: &mut ShapeWriter) {
        shape.leaf("Reputation(-1000..=1000)");
    }
}

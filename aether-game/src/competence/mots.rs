//! The words of skills: closed lists, spelt in JSON and SQL as the studio spells them.

use crate::values::mots;

mots! {
    /// What kind of skill.
    TypeCompetence {
        /// It is used, and rests.
        Active = "ACTIVE",
        /// It is always at work and never used.
        Passive = "PASSIVE",
        /// It is used, and is the strongest of a class.
        Ultimate = "ULTIMATE",
    }

    /// What a skill is made of.
    Element {
        /// Fire.
        Feu = "FEU",
        /// Water.
        Eau = "EAU",
        /// Earth.
        Terre = "TERRE",
        /// Air.
        Air = "AIR",
        /// Light.
        Lumiere = "LUMIERE",
        /// Shadow.
        Ombre = "OMBRE",
        /// None of them.
        Neutre = "NEUTRE",
    }

    /// Whom a skill is used on.
    CibleCompetence {
        /// The one who uses it.
        Soi = "SOI",
        /// One of the own side.
        Allie = "ALLIE",
        /// One of the other side.
        Ennemi = "ENNEMI",
        /// Several of the other side.
        Zone = "ZONE",
        /// Everybody.
        Tous = "TOUS",
    }
}

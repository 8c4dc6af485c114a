//! The words of damage and status effects.

use crate::values::mots;

mots! {
    /// Kinds of damage.
    TypeDegats {
        /// Weapons; armour helps.
        Physique = "PHYSIQUE",
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
        /// Neither element nor weapon: no resistance helps.
        Neutre = "NEUTRE",
    }

    /// Status effects.
    TypeEffet {
        /// Neutral damage at the start of each turn.
        Poison = "POISON",
        /// Fire damage at the start of each turn.
        Brulure = "BRULURE",
        /// Physical damage at the start of each turn.
        Saignement = "SAIGNEMENT",
        /// Heals at the start of each turn.
        Regeneration = "REGENERATION",
        /// Loses its turns.
        Etourdissement = "ETOURDISSEMENT",
        /// Deals more damage, in percent.
        Renforcement = "RENFORCEMENT",
        /// Deals less damage, in percent.
        Affaiblissement = "AFFAIBLISSEMENT",
        /// Takes less damage, in percent.
        Protection = "PROTECTION",
        /// The guard of a defence: takes half the damage.
        Garde = "GARDE",
    }

    /// What an effect comes from.
    SourceEffet {
        /// A skill, or the guard everybody knows.
        Competence = "COMPETENCE",
        /// An item.
        Objet = "OBJET",
        /// The place.
        Environnement = "ENVIRONNEMENT",
    }

    /// Why an effect ended.
    FinEffet {
        /// Its turns are over.
        Duree = "DUREE",
        /// Its bearer fell or fled.
        HorsCombat = "HORS_COMBAT",
        /// It was dispelled.
        Dissipe = "DISSIPE",
    }
}

impl TypeEffet {
    /// Whether it harms its bearer.
    #[must_use]
    pub const fn est_debuff(self) -> bool {
        matches!(
            self,
            Self::Poison
                | Self::Brulure
                | Self::Saignement
                | Self::Etourdissement
                | Self::Affaiblissement
        )
    }

    /// Whether it can be dispelled: a guard is lowered by its bearer only.
    #[must_use]
    pub const fn peut_etre_dissipe(self) -> bool {
        !matches!(self, Self::Garde)
    }
}

//! The words of the catalogue and of what is worn.

use aether_core::Shape;
use serde::{Deserialize, Serialize};

use crate::values::mots;

mots! {
    /// The kind of an item.
    TypeItem {
        /// A weapon.
        Arme = "ARME",
        /// Armour, and whatever else is worn: rings, cloaks, amulets.
        Armure = "ARMURE",
        /// It is used up.
        Consommable = "CONSOMMABLE",
        /// Things are made of it.
        Materiau = "MATERIAU",
        /// It belongs to a quest.
        Quete = "QUETE",
        /// Anything else.
        Autre = "AUTRE",
    }

    /// How rare an item is.
    Rarete {
        /// Common.
        Commun = "COMMUN",
        /// Rare.
        Rare = "RARE",
        /// Epic.
        Epique = "EPIQUE",
        /// Legendary.
        Legendaire = "LEGENDAIRE",
        /// Mythical.
        Mythique = "MYTHIQUE",
    }

    /// The kind of a slot: follows from what lies in it.
    TypeSlot {
        /// Anything else.
        General = "GENERAL",
        /// What can be worn.
        Equipement = "EQUIPEMENT",
        /// What can be used up.
        Consommable = "CONSOMMABLE",
        /// What things are made of.
        Materiau = "MATERIAU",
        /// What belongs to a quest.
        Quete = "QUETE",
    }

    /// Where on the body a piece can be worn. Rings and accessories have two places each.
    Famille {
        /// On the head.
        Tete = "TETE",
        /// On the chest.
        Torse = "TORSE",
        /// On the legs.
        Jambes = "JAMBES",
        /// On the feet.
        Pieds = "PIEDS",
        /// On the hands.
        Mains = "MAINS",
        /// In the hand that strikes.
        ArmePrincipale = "ARME_PRINCIPALE",
        /// In the other hand: a shield or a second weapon.
        ArmeSecondaire = "ARME_SECONDAIRE",
        /// On the back.
        Dos = "DOS",
        /// Around the neck.
        Cou = "COU",
        /// On a finger.
        Doigt = "DOIGT",
        /// An accessory.
        Accessoire = "ACCESSOIRE",
    }
}

impl TypeItem {
    /// The kind of slot that it lies in.
    #[must_use]
    pub const fn slot(self) -> TypeSlot {
        match self {
            Self::Arme | Self::Armure => TypeSlot::Equipement,
            Self::Consommable => TypeSlot::Consommable,
            Self::Materiau => TypeSlot::Materiau,
            Self::Quete => TypeSlot::Quete,
            Self::Autre => TypeSlot::General,
        }
    }
}

macro_rules! emplacements {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$word_doc:meta])* $variant:ident = $word:literal in $famille:ident,)+
    }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Shape,
        )]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All thirteen.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As JSON spells it; the column is `slot_` and the same in small letters.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// What can be worn there.
            #[must_use]
            pub const fn famille(self) -> Famille {
                match self {
                    $(Self::$variant => Famille::$famille,)+
                }
            }
        }
    };
}

emplacements! {
    /// One of the thirteen places on the body. Each holds one piece at most.
    Emplacement {
        /// The head.
        Tete = "TETE" in Tete,
        /// The chest.
        Torse = "TORSE" in Torse,
        /// The legs.
        Jambes = "JAMBES" in Jambes,
        /// The feet.
        Pieds = "PIEDS" in Pieds,
        /// The hands.
        Mains = "MAINS" in Mains,
        /// The hand that strikes.
        ArmePrincipale = "ARME_PRINCIPALE" in ArmePrincipale,
        /// The other hand.
        ArmeSecondaire = "ARME_SECONDAIRE" in ArmeSecondaire,
        /// The back.
        Dos = "DOS" in Dos,
        /// The neck.
        Cou = "COU" in Cou,
        /// The first ring.
        Doigt1 = "DOIGT_1" in Doigt,
        /// The second ring.
        Doigt2 = "DOIGT_2" in Doigt,
        /// The first accessory.
        Accessoire1 = "ACCESSOIRE_1" in Accessoire,
        /// The second accessory.
        Accessoire2 = "ACCESSOIRE_2" in Accessoire,
    }
}

impl std::fmt::Display for Emplacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

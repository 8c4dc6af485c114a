//! Refusals: each has a code that stays, an English sentence ([`Display`](std::fmt::Display)) and a French one.
//!
//! An aggregate's error is declared with the macro `refus!`, and listed once, below. A refusal stores nothing and is no failure: a door
//! shows its code and one of its sentences. The whole table is in `docs/refus.md`.

use aether_core::Rejection;

/// Why a rule of the game says no.
pub trait Refus: std::error::Error {
    /// Every refusal of this type.
    fn lignes() -> &'static [Ligne]
    where
        Self: Sized;

    /// The name of the refusal for programs: `OR_INSUFFISANT`. It is unique in the game and never changes.
    fn code(&self) -> &'static str;

    /// The sentence for French players.
    fn francais(&self) -> String;
}

/// A line of the table of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ligne {
    /// The code.
    pub code: &'static str,
    /// The aggregate that refuses; `Valeur` for what no command can hold.
    pub agregat: &'static str,
    /// The English sentence, with names for what varies.
    pub anglais: &'static str,
    /// The French sentence, with names for what varies.
    pub francais: &'static str,
}

/// Declares the refusals of an aggregate.
///
/// A variant is `Name { field: Type } = "CODE", "English", "French";`; both sentences may name its fields in braces. An English one says
/// what was expected, what was found and what to do.
macro_rules! refus {
    (
        $(#[$doc:meta])*
        pub enum $name:ident of $agregat:literal {
            $(
                $(#[$variant_doc:meta])*
                $variant:ident $({ $($field:ident: $ty:ty),+ $(,)? })?
                    = $code:literal, $anglais:literal, $francais:literal;
            )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(
                $(#[$variant_doc])*
                #[doc = ""]
                #[doc = concat!("`", $code, "`: ", $anglais, ".")]
                $variant $({ $(
                    #[doc = concat!("`", stringify!($field), "` of the sentence.")]
                    $field: $ty,
                )+ })?,
            )+
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant $({ $($field),+ })? => {
                        $($(let _ = $field;)+)?
                        ::std::write!(f, $anglais)
                    })+
                }
            }
        }

        impl ::std::error::Error for $name {}

        impl $crate::refus::Refus for $name {
            fn lignes() -> &'static [$crate::refus::Ligne] {
                &[$($crate::refus::Ligne {
                    code: $code,
                    agregat: $agregat,
                    anglais: $anglais,
                    francais: $francais,
                }),+]
            }

            fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)+
                }
            }

            fn francais(&self) -> String {
                match self {
                    $(Self::$variant $({ $($field),+ })? => {
                        $($(let _ = $field;)+)?
                        ::std::format!($francais)
                    })+
                }
            }
        }
    };
}

pub(crate) use refus;

macro_rules! tous {
    ($($refus:ty,)+) => {
        /// The table of all refusals of the game, in the order of the aggregates.
        #[must_use]
        pub fn table() -> Vec<Ligne> {
            [$(<$refus as Refus>::lignes()),+].concat()
        }

        /// The refusal in a rejection of a unit over several aggregates.
        #[must_use]
        pub fn dans(rejection: &Rejection) -> Option<&dyn Refus> {
            $(if let Some(refus) = rejection.downcast_ref::<$refus>() {
                return Some(refus);
            })+
            None
        }
    };
}

// one line per type, in the order of the model
tous! {
    crate::values::HorsBornes,
    crate::values::NomInvalide,
    crate::values::TexteInvalide,
    crate::joueur::JoueurRefus,
    crate::reservation::ReservationRefus,
    crate::combat::CombatRefus,
    crate::inventaire::InventaireRefus,
    crate::item::ItemRefus,
    crate::equipement::EquipementRefus,
    crate::quete::QueteRefus,
    crate::quete::ProgresRefus,
    crate::competence::CompetenceRefus,
    crate::competence::ApprentissageRefus,
    crate::competence::BarreRefus,
    crate::pnj::PnjRefus,
    // Economy
    crate::economie::EconomieRefus,
    // WorldState
    crate::monde::MondeRefus,
}

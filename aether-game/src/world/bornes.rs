//! Numbers that were drawn, brought within the bounds of their types.

use std::num::NonZeroU32;

use crate::values::{
    Experience, Montant, Niveau, NiveauCompetence, Or, Poids, PositionBarre, Prix, Quantite, Stat,
};

macro_rules! dans_les_bornes {
    ($($(#[$doc:meta])* $name:ident -> $ty:ident($repr:ty);)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(nombre: $repr) -> $ty {
            let bornee = i128::from(nombre).clamp($ty::MIN.into(), $ty::MAX.into());
            $ty::new(bornee).unwrap_or($ty::MIN)
        }
    )*};
}

dans_les_bornes! {
    /// Gold.
    or -> Or(u64);
    /// Gold that moves.
    montant -> Montant(u64);
    /// A number of pieces.
    quantite -> Quantite(u32);
    /// A price.
    prix -> Prix(u64);
    /// A level.
    niveau -> Niveau(u32);
    /// The level of a skill.
    niveau_competence -> NiveauCompetence(u32);
    /// A place on a bar.
    position -> PositionBarre(u32);
    /// Experience.
    experience -> Experience(u64);
    /// A value of a sheet.
    stat -> Stat(u32);
    /// A weight.
    poids -> Poids(u32);
}

/// A number from 1.
pub(super) fn au_moins_un(nombre: u32) -> NonZeroU32 {
    NonZeroU32::new(nombre).unwrap_or(NonZeroU32::MIN)
}

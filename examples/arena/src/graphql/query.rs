//! What can be asked for.

mod classements;
mod combats;
mod items;
mod joueurs;
mod liens;
mod marche;
mod monde;
mod quetes;

use async_graphql::MergedObject;

pub(super) use self::marche::Cote;
use super::found::{Found, found};

/// What can be asked for.
#[derive(Default, MergedObject)]
pub(super) struct Query(
    joueurs::Joueurs,
    combats::Combats,
    items::Items,
    marche::Marches,
    classements::Classements,
    quetes::Quetes,
    monde::Mondes,
);

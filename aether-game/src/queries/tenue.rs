//! What a player wears.

use aether_postgres::Error;
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::item::Emplacement;
use crate::read_models::{Item, PieceEquipement, SetEquipement};
use crate::values::JoueurId;

/// What a player wears.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tenue {
    /// The thirteen places, and what everything adds.
    pub set: SetEquipement,
    /// The pieces that are worn, from head to accessories.
    pub pieces: Vec<PiecePortee>,
}

/// A piece that is worn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PiecePortee {
    /// Where.
    pub emplacement: Emplacement,
    /// The piece, with its wear and improvements.
    pub piece: PieceEquipement,
    /// Its item as it is in the catalogue; none if that table does not know it (yet).
    pub item: Option<Item>,
}

/// What a player wears, with the state of each piece. None if he never wore anything (yet).
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn tenue(pool: &PgPool, joueur: JoueurId) -> Result<Option<Tenue>, Error> {
    Ok(tenues(pool, vec![joueur]).await?.pop())
}

/// What these players wear, in no order; those who never wore anything (yet) are left out. One statement, however many they are.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn tenues(pool: &PgPool, joueurs: Vec<JoueurId>) -> Result<Vec<Tenue>, Error> {
    let joueurs: Vec<_> = joueurs.into_iter().map(JoueurId::as_uuid).collect();
    ask(include_str!("sql/tenues.sql")).with(joueurs).all(pool).await
}

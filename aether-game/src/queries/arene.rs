//! The ranking of the arena.

use aether_postgres::Error;
use sqlx::PgPool;

use super::ask::ask;
use crate::read_models::CoteArene;
use crate::values::{CombatId, JoueurId};

/// A place in the ranking of the arena: what it is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceArene {
    /// The rating.
    pub cote: u32,
    /// The player.
    pub joueur_id: JoueurId,
}

impl CoteArene {
    /// Where the player stands: the next page begins after it.
    #[must_use]
    pub const fn place(&self) -> PlaceArene {
        PlaceArene { cote: self.cote, joueur_id: self.joueur_id }
    }
}

/// Players by rating, then by id, the highest first, at most `limit`: those after a place, or the first ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn classement_arene(
    pool: &PgPool,
    after: Option<PlaceArene>,
    limit: u32,
) -> Result<Vec<CoteArene>, Error> {
    let cote = after.map_or(i32::MAX, |it| it.cote.cast_signed());
    let joueur = after.map(|it| it.joueur_id.as_uuid()).unwrap_or_default();
    let query = ask(include_str!("sql/classement_arene.sql")).with(cote).with(joueur);
    query.limit(limit).all(pool).await
}

/// The ratings of those whose last rated combat is one of these, in no order.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn cotes_apres(pool: &PgPool, combats: Vec<CombatId>) -> Result<Vec<CoteArene>, Error> {
    let combats: Vec<_> = combats.into_iter().map(CombatId::as_uuid).collect();
    ask(include_str!("sql/cotes_apres.sql")).with(combats).all(pool).await
}

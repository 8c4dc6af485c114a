//! Bags, with what lies in them.

use aether_postgres::Error;
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::read_models::{Inventaire, Item, ItemInventaire};
use crate::values::{InventaireId, JoueurId};

/// A bag, and some of what lies in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sac {
    /// What it carries, and how much it can hold.
    pub inventaire: Inventaire,
    /// What lies in it, by position.
    pub contenu: Vec<Contenu>,
}

/// What lies in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Contenu {
    /// The slot.
    pub slot: ItemInventaire,
    /// Its item as it is in the catalogue; none if that table does not know it (yet).
    pub item: Option<Item>,
}

/// A player's bag with what lies in it, at most `limit` slots: those after a position, or the first ones. None if nothing ever came
/// into the bag (yet).
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn sac(
    pool: &PgPool,
    joueur: JoueurId,
    apres: Option<u16>,
    limit: u32,
) -> Result<Option<Sac>, Error> {
    let query = ask(include_str!("sql/sac.sql")).with(InventaireId::du_joueur(joueur).as_uuid());
    query.with(apres.map_or(-1, i32::from)).limit(limit).one(pool).await
}

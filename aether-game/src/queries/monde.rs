//! The world.

use aether_postgres::Error;
use sqlx::PgPool;

use super::ask::ask;
use crate::read_models::EtatMonde;

/// The state of the world; none before anything happened in it.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn etat_du_monde(pool: &PgPool) -> Result<Option<EtatMonde>, Error> {
    ask(include_str!("sql/etat_du_monde.sql")).one(pool).await
}

//! Skills of a player.

use aether_postgres::Error;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::read_models::{Competence, CompetenceJoueur};
use crate::values::{CompetenceId, JoueurId};

/// A skill that a player has learned.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CompetenceConnue {
    /// The skill.
    pub competence: Competence,
    /// What the player has made of it.
    pub apprise: CompetenceJoueur,
}

/// The skills that a player has learned, by id, at most `limit`: those after a skill, or the first ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn competences_du_joueur(
    pool: &PgPool,
    joueur: JoueurId,
    after: Option<CompetenceId>,
    limit: u32,
) -> Result<Vec<CompetenceConnue>, Error> {
    let after = after.map(CompetenceId::as_uuid).unwrap_or_default();
    let query = ask(include_str!("sql/competences_du_joueur.sql")).with(joueur.as_uuid());
    query.with(after).limit(limit).all(pool).await
}

/// The skills that a player can use at a time, by id, at most `limit`: those after a skill, or the first ones. They are not passive, and do
/// not rest.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn competences_pretes(
    pool: &PgPool,
    joueur: JoueurId,
    maintenant: DateTime<Utc>,
    after: Option<CompetenceId>,
    limit: u32,
) -> Result<Vec<CompetenceConnue>, Error> {
    let after = after.map(CompetenceId::as_uuid).unwrap_or_default();
    let query = ask(include_str!("sql/competences_pretes.sql")).with(joueur.as_uuid());
    query.with(maintenant).with(after).limit(limit).all(pool).await
}

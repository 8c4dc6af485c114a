//! Quests: those of a player, and those open to one.

use aether_postgres::Error;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::read_models::{Quete, QueteJoueur};
use crate::values::JoueurId;

/// A quest in progress.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QueteEnCours {
    /// The quest.
    pub quete: Quete,
    /// How far the player has come.
    pub progres: QueteJoueur,
}

/// The quests in progress of a player, those accepted last first, at most `limit`: those after another one, or the first ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn quetes_en_cours(
    pool: &PgPool,
    joueur: JoueurId,
    after: Option<&QueteJoueur>,
    limit: u32,
) -> Result<Vec<QueteEnCours>, Error> {
    let acceptee_a = after.map_or(DateTime::<Utc>::MAX_UTC, |it| it.acceptee_a);
    let quete = after.map(|it| it.quete_id.as_uuid()).unwrap_or_default();
    let query = ask(include_str!("sql/quetes_en_cours.sql")).with(joueur.as_uuid());
    query.with(acceptee_a).with(quete).limit(limit).all(pool).await
}

/// The quests that a player can accept at a time, by the level that they ask for, then by id, at most `limit`: those after a quest, or
/// the first ones.
///
/// The player has the level, has finished the quests before, and neither is in the middle of it nor has a reward of it to take. One that was
/// finished before is open again from its day or week on. The level is that of the table of players; one that it does not know has the
/// first.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn quetes_ouvertes(
    pool: &PgPool,
    joueur: JoueurId,
    maintenant: DateTime<Utc>,
    after: Option<&Quete>,
    limit: u32,
) -> Result<Vec<Quete>, Error> {
    let niveau = after.map_or(0, |it| i32::from(it.niveau_requis.get()));
    let quete = after.map(|it| it.quete_id.as_uuid()).unwrap_or_default();
    let query = ask(include_str!("sql/quetes_ouvertes.sql")).with(joueur.as_uuid());
    query.with(maintenant).with(niveau).with(quete).limit(limit).all(pool).await
}

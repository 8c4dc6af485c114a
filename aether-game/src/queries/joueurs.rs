//! Players: profile, levels, ranking.

use aether_postgres::Error;
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::joueur::{Classe, Stats};
use crate::read_models::{Joueur, NiveauAtteint};
use crate::values::{Experience, JoueurId, Niveau};

/// A player in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rang {
    /// The player.
    pub joueur_id: JoueurId,
    /// The name that others see.
    pub pseudo: String,
    /// The class.
    pub classe: Classe,
    /// The level.
    pub niveau: Niveau,
    /// Experience in total.
    pub experience: Experience,
}

/// A place in the ranking: what it is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The level.
    pub niveau: Niveau,
    /// Experience in total.
    pub experience: Experience,
    /// The player.
    pub joueur_id: JoueurId,
}

impl Rang {
    /// Where the player stands: the next page begins after it.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place { niveau: self.niveau, experience: self.experience, joueur_id: self.joueur_id }
    }
}

/// A player with everything that the table tells; none if it does not know the player (yet).
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn profil(pool: &PgPool, joueur: JoueurId) -> Result<Option<Joueur>, Error> {
    Ok(profils(pool, vec![joueur]).await?.pop())
}

/// These players, in no order; those that the table does not know (yet) are left out. One statement, however many they are.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn profils(pool: &PgPool, joueurs: Vec<JoueurId>) -> Result<Vec<Joueur>, Error> {
    let joueurs: Vec<_> = joueurs.into_iter().map(JoueurId::as_uuid).collect();
    ask(include_str!("sql/profils.sql")).with(joueurs).all(pool).await
}

/// The levels that a player reached, the newest first, at most `limit`: those before the event `before`, or the newest ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn niveaux_atteints(
    pool: &PgPool,
    joueur: JoueurId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<NiveauAtteint>, Error> {
    let query = ask(include_str!("sql/niveaux_atteints.sql")).with(joueur.as_uuid());
    query.before(before).limit(limit).all(pool).await
}

/// Players by level, then by experience, then by id, the highest first, at most `limit`: those after a place, or the first ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn classement(
    pool: &PgPool,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<Rang>, Error> {
    let niveau = after.map_or(i32::MAX, |it| it.niveau.get().into());
    let experience = after.map_or(0, |it| it.experience.get().cast_signed());
    let joueur = after.map(|it| it.joueur_id.as_uuid()).unwrap_or_default();
    let query = ask(include_str!("sql/classement.sql")).with(niveau).with(experience);
    query.with(joueur).limit(limit).all(pool).await
}

/// A player in the ranking of those who were seen lately.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RangGlobal {
    /// The player.
    pub joueur_id: JoueurId,
    /// The name that others see.
    pub pseudo: String,
    /// The class.
    pub classe: Classe,
    /// The level.
    pub niveau: Niveau,
    /// The title.
    pub titre: Option<String>,
    /// The guild's name.
    pub guilde_nom: Option<String>,
    /// What the player is made of, with what equipment adds.
    pub stats_totales: Stats,
    /// The place by level and experience, from 1.
    pub rang: u32,
    /// The place by combats won, from 1.
    pub rang_arene: u32,
}

/// The ranking of players who were seen in the last 30 days, as of the last refresh of its view: at most `limit` places after `after`, 0 for the first.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn classement_global(
    pool: &PgPool,
    after: u32,
    limit: u32,
) -> Result<Vec<RangGlobal>, Error> {
    let query = ask(include_str!("sql/classement_global.sql")).with(i64::from(after));
    query.limit(limit).all(pool).await
}

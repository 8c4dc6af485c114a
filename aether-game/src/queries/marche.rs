//! The market: books, prices, orders, trades, parcels.

use aether_postgres::Error;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgPool;

use super::ask::ask;
use crate::economie::TypeOrdre;
use crate::read_models::{ColisEconomie, OrdreEconomie, PrixMarche, TransactionEconomie};
use crate::values::{ItemId, JoueurId, Prix};

/// All open orders of one side at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct NiveauDePrix {
    /// The price of a piece.
    pub prix_unitaire: Prix,
    /// For how many pieces.
    pub quantite: u64,
    /// How many orders.
    pub ordres: u64,
}

/// The open orders of one side of a book, the best price first, then the oldest, at most `limit`: those after an order, or the best
/// ones. Orders whose time is over trade no more and are left out.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn offres(
    pool: &PgPool,
    item: ItemId,
    type_ordre: TypeOrdre,
    maintenant: DateTime<Utc>,
    after: Option<&OrdreEconomie>,
    limit: u32,
) -> Result<Vec<OrdreEconomie>, Error> {
    let sql = match type_ordre {
        TypeOrdre::Vente => include_str!("sql/offres_vente.sql"),
        TypeOrdre::Achat => include_str!("sql/offres_achat.sql"),
    };
    let rang = rang(type_ordre, after.map(|it| it.prix_unitaire));
    let sequence = after.map_or(0, |it| it.event_sequence);
    let query = ask(sql).with(item.as_uuid()).with(maintenant).with(rang).with(sequence);
    query.limit(limit).all(pool).await
}

/// The open orders of one side of a book, summed by price, the best price first, at most `limit` prices: those after a price, or the
/// best ones. Orders whose time is over are left out.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn profondeur(
    pool: &PgPool,
    item: ItemId,
    type_ordre: TypeOrdre,
    maintenant: DateTime<Utc>,
    after: Option<Prix>,
    limit: u32,
) -> Result<Vec<NiveauDePrix>, Error> {
    let sql = match type_ordre {
        TypeOrdre::Vente => include_str!("sql/profondeur_vente.sql"),
        TypeOrdre::Achat => include_str!("sql/profondeur_achat.sql"),
    };
    let query = ask(sql).with(item.as_uuid()).with(maintenant).with(rang(type_ordre, after));
    query.limit(limit).all(pool).await
}

/// Where a price stands in the order of its side: a lower one is better. Before all of them without a price.
fn rang(type_ordre: TypeOrdre, prix: Option<Prix>) -> i32 {
    let prix = prix.map(|it| it.get().cast_signed());
    match type_ordre {
        TypeOrdre::Vente => prix.unwrap_or(0),
        TypeOrdre::Achat => prix.map_or(i32::MIN, |prix| -prix),
    }
}

/// The prices of an item: the last one, those of 24 hours, and hour by hour; none before its first trade.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn prix(pool: &PgPool, item: ItemId) -> Result<Option<PrixMarche>, Error> {
    ask(include_str!("sql/prix.sql")).with(item.as_uuid()).one(pool).await
}

/// The trades of an item, the newest first, at most `limit`: those before a trade, or the newest ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn transactions_de_l_item(
    pool: &PgPool,
    item: ItemId,
    before: Option<&TransactionEconomie>,
    limit: u32,
) -> Result<Vec<TransactionEconomie>, Error> {
    let executee_a = before.map_or(DateTime::<Utc>::MAX_UTC, |it| it.executee_a);
    let sequence = before.map_or(i64::MAX, |it| it.event_sequence);
    let query = ask(include_str!("sql/transactions_de_l_item.sql")).with(item.as_uuid());
    query.with(executee_a).with(sequence).limit(limit).all(pool).await
}

/// What a player bought and sold, the newest first, at most `limit`: what was before the event `before`, or the newest.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn transactions_du_joueur(
    pool: &PgPool,
    joueur: JoueurId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<TransactionEconomie>, Error> {
    let query = ask(include_str!("sql/transactions_du_joueur.sql")).with(joueur.as_uuid());
    query.before(before).limit(limit).all(pool).await
}

/// The open orders of a player, the oldest first. They are as many as [a player may have](crate::joueur::Joueur::ORDRES_MAX) at most.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn ordres_du_joueur(
    pool: &PgPool,
    joueur: JoueurId,
) -> Result<Vec<OrdreEconomie>, Error> {
    ask(include_str!("sql/ordres_du_joueur.sql")).with(joueur.as_uuid()).all(pool).await
}

/// The parcels that wait for a player, the oldest first, at most `limit`: those put down after the event `after`, or the oldest ones.
///
/// # Errors
///
/// [`Error`]; see [the module](super).
pub async fn colis_du_joueur(
    pool: &PgPool,
    joueur: JoueurId,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<ColisEconomie>, Error> {
    let query = ask(include_str!("sql/colis_du_joueur.sql")).with(joueur.as_uuid());
    query.with(after.unwrap_or(0)).limit(limit).all(pool).await
}

//! The table of password hashes: the only place where they are.

use aether_postgres::Error;
use sqlx::PgPool;

use crate::compte::CompteId;

const STEPS: &[(i64, &str, &str)] = &[(1, "mots_de_passe", include_str!("sql/create.sql"))];

/// Stores the hash of a new account. Where there is one already, that stays: the account is another's, or this is a retry.
pub(crate) async fn begin(pool: &PgPool, compte: CompteId, hash: &str) -> Result<(), Error> {
    let query = sqlx::query(include_str!("sql/begin.sql"));
    query.bind(compte.as_uuid()).bind(hash).execute(pool).await?;
    Ok(())
}

/// Takes back a hash whose account did not come to be.
pub(crate) async fn forget(pool: &PgPool, compte: CompteId, hash: &str) -> Result<(), Error> {
    let query = sqlx::query(include_str!("sql/forget.sql"));
    query.bind(compte.as_uuid()).bind(hash).execute(pool).await?;
    Ok(())
}

/// The hash of an account.
pub(crate) async fn find(pool: &PgPool, compte: CompteId) -> Result<Option<String>, Error> {
    let query = sqlx::query_scalar(include_str!("sql/find.sql"));
    Ok(query.bind(compte.as_uuid()).fetch_optional(pool).await?)
}

/// Replaces a hash by another of the same password. Where the password was changed meanwhile, nothing happens.
pub(crate) async fn renew(
    pool: &PgPool,
    compte: CompteId,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    let query = sqlx::query(include_str!("sql/renew.sql"));
    query.bind(compte.as_uuid()).bind(old).bind(new).execute(pool).await?;
    Ok(())
}

/// Makes the table.
pub(crate) async fn migrate(pool: &PgPool) -> Result<(), Error> {
    aether_postgres::run_migrations(pool, "arena_migrations", STEPS).await
}

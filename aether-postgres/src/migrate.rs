//! Bringing a database's schema up to date.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnection, PgPool};

use crate::database::begin;
use crate::error::Error;
use crate::functions;
use crate::read_models::PgTx;

/// The migrations of the event store itself: tables. Functions are in [`functions`].
pub(crate) const STORE: &[(i64, &str, &str)] = &[
    (1, "tables", include_str!("../migrations/0001_tables.sql")),
    (2, "guard", include_str!("../migrations/0002_guard.sql")),
    (3, "partitions", include_str!("../migrations/0003_partitions.sql")),
    (4, "horizon", include_str!("../migrations/0004_horizon.sql")),
    (5, "append", include_str!("../migrations/0005_append.sql")),
    (6, "append_locking", include_str!("../migrations/0006_append_locking.sql")),
    (7, "archive", include_str!("../migrations/0007_archive.sql")),
    (8, "load", include_str!("../migrations/0008_load.sql")),
    (9, "projections", include_str!("../migrations/0009_projections.sql")),
    (10, "status", include_str!("../migrations/0010_status.sql")),
    (11, "shadow", include_str!("../migrations/0011_shadow.sql")),
    (12, "processes", include_str!("../migrations/0012_processes.sql")),
    (13, "fences", include_str!("../migrations/0013_fences.sql")),
    (14, "anchors", include_str!("../migrations/0014_anchors.sql")),
    (15, "shard_lag", include_str!("../migrations/0015_shard_lag.sql")),
    (17, "months", include_str!("../migrations/0017_months.sql")),
    (16, "functions", include_str!("../migrations/0016_functions.sql")),
    (18, "incarnation", include_str!("../migrations/0018_incarnation.sql")),
    (22, "event_ids", include_str!("../migrations/0022_event_ids.sql")),
];

/// Runs the migrations that a database has not had yet, all of them in one transaction: version, name
/// and SQL of each, in ascending order. `table` keeps account of them, apart from those of others.
///
/// Several nodes may call this at the same time; one migrates, the others wait. Needs a direct
/// connection, not a pooler in transaction mode.
///
/// # Errors
///
/// [`Error::Migrate`] if a migration fails or an applied one has changed since, [`Error::Database`] if
/// the database can not be reached. Nothing was changed then.
///
/// ```no_run
/// # async fn example(pool: sqlx::PgPool) -> Result<(), aether_postgres::Error> {
/// aether_postgres::run_migrations(&pool, "guild_migrations", &[
///     (1, "guilds", "CREATE TABLE guilds (guild_id UUID PRIMARY KEY)"),
/// ]).await
/// # }
/// ```
pub async fn run_migrations(
    pool: &PgPool,
    table: &'static str,
    steps: &'static [(i64, &'static str, &'static str)],
) -> Result<(), Error> {
    let mut transaction = begin_migrating(pool, table).await?;
    run_in(&mut transaction, table, steps).await?;
    transaction.commit().await?;
    Ok(())
}

/// Brings the tables of the store up to date, then its functions, in one transaction.
pub(crate) async fn migrate_store(pool: &PgPool) -> Result<(), Error> {
    let table = "aether_migrations";
    let mut transaction = begin_migrating(pool, table).await?;
    run_in(&mut transaction, table, STORE).await?;
    functions::replace(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// A transaction that migrates alone. The lock of `sqlx` would outlive it; this one ends with it, whatever happens.
async fn begin_migrating(pool: &PgPool, table: &str) -> sqlx::Result<PgTx> {
    let mut transaction = begin(pool).await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1))")
        .bind(table)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

async fn run_in(
    connection: &mut PgConnection,
    table: &'static str,
    steps: &'static [(i64, &'static str, &'static str)],
) -> Result<(), Error> {
    let migrations = steps.iter().map(|&(version, name, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, Cow::Borrowed(name), kind, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.dangerous_set_table_name(table);
    migrator.set_locking(false);
    migrator.run_direct(None, connection, false).await?;
    Ok(())
}

//! Bringing a database's schema up to date.

use std::borrow::Cow;

use sqlx::migrate::{
    AppliedMigration, Migrate as _, MigrateError, Migration, MigrationType, Migrator,
};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{Row as _, SqlSafeStr as _};

use crate::database::{Mode, Terms, begin, look};
use crate::error::Error;
use crate::tx::PgTx;
use crate::{functions, needs};

/// The migrations of the event store itself: tables. Functions are in [`functions`]. Nothing has had the numbers 19 and
/// 21, and nothing may get them now: programs that know later ones would take them for another history.
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
    (20, "grants", include_str!("../migrations/0020_grants.sql")),
    (22, "event_ids", include_str!("../migrations/0022_event_ids.sql")),
    (23, "projection_names", include_str!("../migrations/0023_projection_names.sql")),
    (26, "span_of_a_batch", include_str!("../migrations/0026_span_of_a_batch.sql")),
    (27, "inline_projections", include_str!("../migrations/0027_inline_projections.sql")),
    (28, "last_given_up", include_str!("../migrations/0028_last_given_up.sql")),
    (29, "command_fingerprints", include_str!("../migrations/0029_command_fingerprints.sql")),
];

/// Runs the migrations that a database has not had yet, all of them in one transaction: version, name
/// and SQL of each, in ascending order. `table` keeps account of them, apart from those of others.
///
/// Several nodes may call this at the same time; one migrates, the others wait. Needs a direct
/// connection, not a pooler in transaction mode. Where all is applied already it changes nothing, and needs no rights but
/// to read `table`. Migrations that are newer than all of these were made by a newer program, and are left alone.
///
/// # Errors
///
/// [`Error::Migrate`] if a migration fails or an applied one has changed since, [`Error::Database`] if
/// the database cannot be reached. Nothing was changed then.
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

/// Brings the tables of the store up to date, then its functions, in one transaction. Where all is done already, it
/// takes no locks and needs no rights.
pub(crate) async fn migrate_store(pool: &PgPool, mode: Mode) -> Result<(), Error> {
    let table = "aether_migrations";
    let mut transaction = begin_migrating(pool, table).await?;
    look(&mut transaction, mode).await?;
    let ran = run_in(&mut transaction, table, STORE).await?;
    if let Some(found) = ran.ahead {
        needs::check(&mut transaction, found, ran.known).await?;
    }
    let outdated = ran.changed || !functions::are_current(&mut transaction).await?;
    if outdated {
        functions::replace(&mut transaction).await?;
    }
    functions::secure(&mut transaction).await?;
    if outdated {
        functions::renew_grants(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// A transaction that migrates alone. The lock of `sqlx` would outlive it; this one ends with it, whatever happens.
pub(crate) async fn begin_migrating(pool: &PgPool, table: &str) -> sqlx::Result<PgTx> {
    let mut transaction = begin(pool, Terms::DURABLE).await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext($1))")
        .bind(table)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// What became of a run.
struct Ran {
    /// Whether there was anything to do.
    changed: bool,
    /// The newest migration of a newer program, if one has been here.
    ahead: Option<i64>,
    /// The newest migration of this program.
    known: i64,
}

async fn run_in(
    connection: &mut PgConnection,
    table: &'static str,
    steps: &'static [(i64, &'static str, &'static str)],
) -> Result<Ran, Error> {
    let migrations = steps.iter().map(|&(version, name, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, Cow::Borrowed(name), kind, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.dangerous_set_table_name(table);
    migrator.set_locking(false);
    migrator.set_ignore_missing(true);
    let known = steps.iter().map(|step| step.0).max().unwrap_or(0);
    let applied = applied(connection, table).await?;
    // what is newer than all of ours was made by a newer program; a hole among ours is another history
    let stranger = applied
        .iter()
        .map(|it| it.version)
        .find(|it| *it <= known && !migrator.version_exists(*it));
    if let Some(version) = stranger {
        return Err(MigrateError::VersionMissing(version).into());
    }
    let ahead = applied.iter().map(|it| it.version).filter(|it| *it > known).max();
    let is_applied = |step: &Migration| {
        applied.iter().any(|it| it.version == step.version && it.checksum == step.checksum)
    };
    let changed = !migrator.iter().all(is_applied);
    if changed {
        migrator.run_direct(None, connection, false).await?;
    }
    Ok(Ran { changed, ahead, known })
}

/// What was applied; nothing where nobody has migrated yet.
async fn applied(
    connection: &mut PgConnection,
    table: &str,
) -> Result<Vec<AppliedMigration>, Error> {
    let row = sqlx::query("SELECT to_regclass($1) IS NOT NULL")
        .bind(table)
        .fetch_one(&mut *connection)
        .await?;
    match row.try_get(0)? {
        true => Ok(connection.list_applied_migrations(table).await?),
        false => Ok(Vec::new()),
    }
}

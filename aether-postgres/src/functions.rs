//! The SQL functions and views of the store, each in a file of its own under `functions/`.
//!
//! Migrations hold tables; functions are replaced when their text changes. Four rules keep programs of two releases
//! on one database:
//!
//! - A function is only replaced by a program of the same or a newer release. An older one that starts later leaves
//!   it alone.
//! - Parameters with defaults, and results, may be added at the end: a migration drops the old signature, and calls of
//!   older releases do without them. Any other changed signature or result is a new function. The old one stays, as a
//!   migration or an older release has made it, until no program of that release runs any more.
//! - What a release adds to tables has defaults, so that functions of the release before still work.
//! - A function must not need a table that a later migration makes.
//!
//! Where names are looked up and whose rights a function has is no part of its text: [`secure`] sees to it for all. But
//! a path costs a twentieth of an append. So functions that each append calls name the schema themselves, as `{schema}.`.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _, raw_sql};

/// Name and text of each, in an order in which they can be made.
const FUNCTIONS: &[(&str, &str)] = &[
    ("aether_refuse_isolation", include_str!("../functions/refuse_isolation.sql")),
    ("aether_raise_durability", include_str!("../functions/raise_durability.sql")),
    ("aether_snapshots", include_str!("../functions/snapshots.sql")),
    ("aether_refuse_change", include_str!("../functions/refuse_change.sql")),
    ("aether_partitions", include_str!("../functions/partitions.sql")),
    ("aether_move_to_archive", include_str!("../functions/move_to_archive.sql")),
    ("aether_clear_default", include_str!("../functions/clear_default.sql")),
    ("aether_emptied_months", include_str!("../functions/emptied_months.sql")),
    ("aether_drop_month", include_str!("../functions/drop_month.sql")),
    ("aether_tables_at", include_str!("../functions/tables_at.sql")),
    ("aether_tables_between", include_str!("../functions/tables_between.sql")),
    ("aether_events_in", include_str!("../functions/events_in.sql")),
    ("aether_page_of", include_str!("../functions/page_of.sql")),
    ("aether_map_months", include_str!("../functions/map_months.sql")),
    ("aether_months_of", include_str!("../functions/months_of.sql")),
    ("aether_ensure_partition", include_str!("../functions/ensure_partition.sql")),
    ("aether_has_partition", include_str!("../functions/has_partition.sql")),
    ("aether_finish_partition", include_str!("../functions/finish_partition.sql")),
    ("aether_ensure_partitions", include_str!("../functions/ensure_partitions.sql")),
    ("aether_lock_space", include_str!("../functions/lock_space.sql")),
    ("aether_enter", include_str!("../functions/enter.sql")),
    ("aether_horizon", include_str!("../functions/horizon.sql")),
    ("aether_incarnation", include_str!("../functions/incarnation.sql")),
    ("aether_begin_incarnation", include_str!("../functions/begin_incarnation.sql")),
    ("aether_log_end", include_str!("../functions/log_end.sql")),
    ("aether_flush", include_str!("../functions/flush.sql")),
    ("aether_light_beacon", include_str!("../functions/light_beacon.sql")),
    ("aether_horizon_holders", include_str!("../functions/horizon_holders.sql")),
    ("aether_month", include_str!("../functions/month.sql")),
    ("aether_month_key", include_str!("../functions/month_key.sql")),
    ("aether_note_months", include_str!("../functions/note_months.sql")),
    ("aether_is_given_up", include_str!("../functions/is_given_up.sql")),
    ("aether_begin_append", include_str!("../functions/begin_append.sql")),
    ("aether_append", include_str!("../functions/append.sql")),
    ("aether_append_one", include_str!("../functions/append_one.sql")),
    ("aether_append_locking", include_str!("../functions/append_locking.sql")),
    ("aether_keep_fingerprints", include_str!("../functions/keep_fingerprints.sql")),
    ("aether_settle_commands", include_str!("../functions/settle_commands.sql")),
    ("aether_due_tasks", include_str!("../functions/due_tasks.sql")),
    ("aether_resolve", include_str!("../functions/resolve.sql")),
    ("aether_resolve_within", include_str!("../functions/resolve_within.sql")),
    ("aether_log", include_str!("../functions/log.sql")),
    ("aether_fill_heads", include_str!("../functions/fill_heads.sql")),
    ("aether_archive", include_str!("../functions/archive.sql")),
    ("aether_load", include_str!("../functions/load.sql")),
    ("aether_month_events", include_str!("../functions/month_events.sql")),
    ("aether_events_at", include_str!("../functions/events_at.sql")),
    ("aether_newest", include_str!("../functions/newest.sql")),
    ("aether_next", include_str!("../functions/next.sql")),
    ("aether_beat", include_str!("../functions/beat.sql")),
    ("aether_projection_lease", include_str!("../functions/projection_lease.sql")),
    ("aether_projection_lags", include_str!("../functions/projection_lags.sql")),
    ("aether_projection_lag", include_str!("../functions/projection_lag.sql")),
    ("aether_shadow_tables", include_str!("../functions/rebuild/shadow_tables.sql")),
    ("aether_shadow_sequences", include_str!("../functions/rebuild/shadow_sequences.sql")),
    ("aether_shadow_views", include_str!("../functions/rebuild/shadow_views.sql")),
    ("aether_shadow_obstacles", include_str!("../functions/rebuild/shadow_obstacles.sql")),
    ("aether_shadow_check", include_str!("../functions/rebuild/shadow_check.sql")),
    ("aether_shadow_options", include_str!("../functions/rebuild/shadow_options.sql")),
    ("aether_shadow_grant", include_str!("../functions/rebuild/shadow_grant.sql")),
    (
        "aether_shadow_copy_sequences",
        include_str!("../functions/rebuild/shadow_copy_sequences.sql"),
    ),
    ("aether_shadow_copy", include_str!("../functions/rebuild/shadow_copy.sql")),
    ("aether_shadow_copy_keys", include_str!("../functions/rebuild/shadow_copy_keys.sql")),
    ("aether_shadow_describe", include_str!("../functions/rebuild/shadow_describe.sql")),
    ("aether_shadow_compare", include_str!("../functions/rebuild/shadow_compare.sql")),
    ("aether_shadow_create", include_str!("../functions/rebuild/shadow_create.sql")),
    ("aether_shadow_lock", include_str!("../functions/rebuild/shadow_lock.sql")),
    ("aether_shadow_swap", include_str!("../functions/rebuild/shadow_swap.sql")),
    ("aether_shadow_sweep", include_str!("../functions/rebuild/shadow_sweep.sql")),
    ("aether_shadow_drop", include_str!("../functions/rebuild/shadow_drop.sql")),
    ("aether_rebuild_move", include_str!("../functions/rebuild/rebuild_move.sql")),
    ("aether_rebuild_finish", include_str!("../functions/rebuild/rebuild_finish.sql")),
    ("aether_save_processes", include_str!("../functions/save_processes.sql")),
    ("aether_remedy_task", include_str!("../functions/remedy_task.sql")),
    ("aether_void_command", include_str!("../functions/void_command.sql")),
    ("aether_prune_commands", include_str!("../functions/prune_commands.sql")),
    ("aether_fence", include_str!("../functions/fence.sql")),
    ("aether_prune_fences", include_str!("../functions/prune_fences.sql")),
    ("aether_shard_lag", include_str!("../functions/shard_lag.sql")),
    ("aether_grant", include_str!("../functions/grant.sql")),
];

/// These look names up along the path of their caller, which a rebuild sets. So do those that begin with
/// `aether_shadow_`.
const ON_THE_CALLERS_PATH: &[&str] = &["aether_projection_lease", "aether_rebuild_move"];

/// Names nothing of the store. Without a path it becomes part of the expressions that call it.
const WITHOUT_NAMES: &str = "aether_month";

/// What stands for the schema of the store in a function that looks up no name along a path.
const SCHEMA: &str = "{schema}.";

/// These run with the rights of the owner, since they move or drop what nobody else needs to. Only those may call them
/// whom `aether_grant` has let.
const AS_THE_OWNER: &[&str] = &[
    "aether_archive",
    "aether_clear_default",
    "aether_drop_month",
    "aether_ensure_partition",
    "aether_prune_commands",
    "aether_prune_fences",
];

/// This release, as the database compares it.
fn release() -> Vec<i32> {
    let parts = [
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    ];
    parts.iter().filter_map(|part| part.parse().ok()).collect()
}

/// Makes and replaces what is missing or differs, and was not written by a newer release.
pub(crate) async fn replace(connection: &mut PgConnection) -> sqlx::Result<()> {
    let (names, texts): (Vec<&str>, Vec<&str>) = FUNCTIONS.iter().copied().unzip();
    let schema = "SELECT quote_ident(current_schema())";
    let schema: String = sqlx::query_scalar(schema).fetch_one(&mut *connection).await?;
    let outdated = sqlx::query(include_str!("sql/outdated_functions.sql"))
        .bind(names)
        .bind(texts)
        .bind(release())
        .fetch_all(&mut *connection)
        .await?;
    for row in outdated {
        let place: i64 = row.try_get(0)?;
        let found = usize::try_from(place - 1).ok().and_then(|place| FUNCTIONS.get(place));
        if let Some((_, text)) = found {
            let text = named(text, &schema);
            // ours, with a name that the server has quoted
            raw_sql(AssertSqlSafe(text)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// The text of a function of the store in a schema, which is quoted where it has to be.
fn named(text: &str, schema: &str) -> String {
    let in_a_literal = format!("'{}.", schema.replace('\'', "''"));
    text.replace(&format!("'{SCHEMA}"), &in_a_literal).replace(SCHEMA, &format!("{schema}."))
}

/// Binds functions to the schema of the store, and gives some the rights of the owner.
pub(crate) async fn secure(connection: &mut PgConnection) -> sqlx::Result<()> {
    let without_a_path: Vec<&str> = FUNCTIONS
        .iter()
        .filter(|(name, text)| {
            ON_THE_CALLERS_PATH.contains(name) || *name == WITHOUT_NAMES || text.contains(SCHEMA)
        })
        .map(|(name, _)| *name)
        .collect();
    let unsafe_ones = sqlx::query(include_str!("sql/unsafe_functions.sql"))
        .bind(without_a_path)
        .bind(AS_THE_OWNER)
        .fetch_all(&mut *connection)
        .await?;
    for row in unsafe_ones {
        // put together and quoted by the server itself
        let statement: String = row.try_get(0)?;
        raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Gives roles what later tables and functions need, too, where they have been given the earlier ones.
pub(crate) async fn renew_grants(connection: &mut PgConnection) -> sqlx::Result<()> {
    let renew = "SELECT aether_grant(g.role, g.writes) FROM aether_grants AS g \
                 WHERE EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = g.role)";
    raw_sql(renew).execute(&mut *connection).await?;
    Ok(())
}

/// The functions and views of this release that the current schema lacks.
pub(crate) async fn missing(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    let sql = "SELECT u.name FROM unnest($1::text[]) AS u(name) \
               WHERE to_regclass(u.name) IS NULL AND NOT EXISTS ( \
                   SELECT FROM pg_proc AS p WHERE p.proname = u.name \
                   AND p.pronamespace = quote_ident(current_schema())::regnamespace)";
    sqlx::query_scalar(sql).bind(names).fetch_all(connection).await
}

/// Whether all of them are there as this release, or a newer one, has written them.
pub(crate) async fn are_current(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let (names, texts): (Vec<&str>, Vec<&str>) = FUNCTIONS.iter().copied().unzip();
    let sql = "SELECT NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS u(name, text) \
               WHERE NOT EXISTS (SELECT FROM aether_functions AS f WHERE f.name = u.name \
               AND (f.release > $3::int[] OR f.release = $3::int[] AND f.digest = hashtextextended(u.text, 0))))";
    sqlx::query_scalar(sql).bind(names).bind(texts).bind(release()).fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_holds_the_one_function_of_its_name() {
        for (name, text) in FUNCTIONS {
            let made: Vec<&str> = text.lines().filter(|line| line.starts_with("CREATE ")).collect();
            assert_eq!(made.len(), 1, "{name}: {made:?}");
            let known = ["FUNCTION", "VIEW"]
                .iter()
                .any(|kind| made[0].starts_with(&format!("CREATE OR REPLACE {kind} {name}")));
            assert!(known, "{name}: {}", made[0]);
        }
    }

    #[test]
    fn every_file_is_part_of_the_store() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("functions");
        let mut files = BTreeSet::new();
        for folder in [folder.clone(), folder.join("rebuild")] {
            for entry in folder.read_dir().unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                if let Some(name) = name.strip_suffix(".sql") {
                    files.insert(format!("aether_{name}"));
                }
            }
        }
        let known: BTreeSet<String> = FUNCTIONS.iter().map(|(name, _)| (*name).into()).collect();
        assert_eq!(files, known);
    }

    #[test]
    fn a_function_without_a_path_names_the_schema_of_all_it_uses() {
        for (name, text) in FUNCTIONS.iter().filter(|(_, text)| text.contains(SCHEMA)) {
            let (_, body) = text.split_once("$$").unwrap();
            let code: String =
                body.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
            for word in ["aether_", "evenements"] {
                for (place, _) in code.match_indices(word) {
                    let (before, used) = code.split_at(place);
                    let of_its_own = used.starts_with(&format!("{name}."));
                    assert!(before.ends_with(SCHEMA) || of_its_own, "{name}: {used}");
                }
            }
        }
        let text = "SELECT '{schema}.a'::regclass, b FROM {schema}.c";
        assert_eq!(named(text, r#""it's""#), r#"SELECT '"it''s".a'::regclass, b FROM "it's".c"#);
    }

    #[test]
    fn no_migration_since_the_sixteenth_makes_a_function() {
        for (version, name, sql) in crate::migrate::STORE.iter().filter(|step| step.0 >= 16) {
            let sql = sql.to_uppercase();
            let words: Vec<&str> = sql.split_whitespace().collect();
            let makes = words.windows(2).any(|pair| {
                matches!(pair[0], "CREATE" | "REPLACE") && matches!(pair[1], "FUNCTION" | "VIEW")
            });
            assert!(
                !makes,
                "migration {version} ({name}) makes a function: it belongs under functions/"
            );
        }
    }
}

//! The schema of the read models.

use sqlx::PgPool;

const STEPS: &[(i64, &str, &str)] = &[
    (1, "combat", include_str!("../../migrations/0001_combat.sql")),
    (2, "joueurs", include_str!("../../migrations/0002_joueurs.sql")),
    (3, "items", include_str!("../../migrations/0003_items.sql")),
    (4, "inventaires", include_str!("../../migrations/0004_inventaires.sql")),
    (5, "equipement", include_str!("../../migrations/0005_equipement.sql")),
    (6, "economie", include_str!("../../migrations/0006_economie.sql")),
    (7, "quetes", include_str!("../../migrations/0007_quetes.sql")),
    (8, "competences", include_str!("../../migrations/0008_competences.sql")),
    (9, "monde", include_str!("../../migrations/0009_monde.sql")),
    (10, "flux", include_str!("../../migrations/0010_flux.sql")),
    (11, "arene", include_str!("../../migrations/0011_arene.sql")),
    (12, "vues", include_str!("../../migrations/0012_vues.sql")),
    (13, "archives", include_str!("../../migrations/0013_archives.sql")),
];

/// Creates or updates the tables of the read models. Call it at every start: what was done before is
/// skipped, and several nodes may call it at once. Needs a direct connection, not a pooler in
/// transaction mode.
///
/// # Errors
///
/// As [`aether_postgres::run_migrations`]: nothing was changed then.
pub async fn migrate(pool: &PgPool) -> Result<(), aether_postgres::Error> {
    aether_postgres::run_migrations(pool, "aether_game_migrations", STEPS).await
}

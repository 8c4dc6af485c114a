//! Refreshes the materialized views.

use std::time::Duration;

use aether_core::{BoxError, Job};
use aether_postgres::PgStore;
use sqlx::PgPool;

/// The refresh of a view. Readers see the old content until it is done. The role must own the view: it is the one that migrated.
#[derive(Debug, Clone)]
pub struct Vue {
    pool: PgPool,
    name: &'static str,
    every: Duration,
    sql: &'static str,
}

impl Vue {
    /// `vue_leaderboard_global`: hourly.
    #[must_use]
    pub fn leaderboard(store: &PgStore) -> Self {
        let sql = include_str!("sql/refresh_leaderboard.sql");
        Self::new(store, "vue_leaderboard_global", Duration::from_secs(60 * 60), sql)
    }

    /// `vue_items_populaires`: daily.
    #[must_use]
    pub fn items_populaires(store: &PgStore) -> Self {
        let sql = include_str!("sql/refresh_items_populaires.sql");
        Self::new(store, "vue_items_populaires", Duration::from_secs(24 * 60 * 60), sql)
    }

    fn new(store: &PgStore, name: &'static str, every: Duration, sql: &'static str) -> Self {
        Self { pool: store.pool().clone(), name, every, sql }
    }
}

impl Job for Vue {
    fn name(&self) -> &str {
        self.name
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn run(&self) -> Result<String, BoxError> {
        sqlx::query(self.sql).execute(&self.pool).await?;
        Ok("refreshed".to_owned())
    }
}

//! The shadow tables: made, compared, locked, swapped in.

use sqlx::postgres::PgConnection;
use sqlx::postgres::types::Oid;

use aether_core::projection::Handler;

use crate::database::Mode;
use crate::tx::PgTx;

/// A projection that is rebuilt, whatever type it is of.
#[derive(Debug, Clone)]
pub(super) struct Rebuilt {
    pub(super) handler: Handler<PgTx>,
    pub(super) tables: &'static [&'static str],
}

impl Rebuilt {
    pub(super) fn new(handler: Handler<PgTx>) -> Self {
        Self { tables: handler.tables(), handler }
    }
}

/// Where a rebuild puts its tables.
#[derive(Debug, Clone)]
pub(super) struct Shadow {
    pub(super) schema: String,
    pub(super) tables: Vec<&'static str>,
}

impl Shadow {
    /// What puts the shadow tables before the live ones, for the rest of a transaction.
    pub(super) fn enter(&self) -> String {
        let schema = quoted(&self.schema).replace('\'', "''");
        format!(
            "SELECT set_config('search_path', '{schema}, ' || current_setting('search_path'), true)"
        )
    }

    /// Makes the tables. Refuses what could not be swapped in later.
    pub(super) async fn create(&self, on: &mut PgConnection, mode: Mode) -> sqlx::Result<()> {
        self.call("SELECT aether_shadow_create($1, $2)", on, mode).await
    }

    /// Fails if the tables cannot be swapped: for something that was put on the live ones, or as they have
    /// changed since.
    pub(super) async fn check(&self, on: &mut PgConnection, mode: Mode) -> sqlx::Result<()> {
        let query = mode.query("SELECT aether_shadow_check($1)").bind(&self.tables);
        query.execute(&mut *on).await?;
        self.compare(on, mode).await
    }

    /// Fails if the live tables have changed since.
    pub(super) async fn compare(&self, on: &mut PgConnection, mode: Mode) -> sqlx::Result<()> {
        self.call("SELECT aether_shadow_compare($1, $2)", on, mode).await
    }

    async fn call(&self, sql: &'static str, on: &mut PgConnection, mode: Mode) -> sqlx::Result<()> {
        mode.query(sql).bind(&self.schema).bind(&self.tables).execute(on).await?;
        Ok(())
    }

    /// Tells the planner what is in the tables: nobody analyses them between their swap and their first
    /// query.
    pub(super) async fn analyze(&self, on: &mut PgConnection, mode: Mode) -> sqlx::Result<()> {
        let schema = quoted(&self.schema);
        for table in &self.tables {
            let sql = format!("ANALYZE {schema}.{}", quoted(table));
            mode.assembled(sql).execute(&mut *on).await?;
        }
        Ok(())
    }

    /// The live tables.
    pub(super) async fn live(&self, on: &mut PgConnection, mode: Mode) -> sqlx::Result<Vec<Oid>> {
        let query = mode.query("SELECT aether_shadow_tables($1)").bind(&self.tables);
        sqlx::Row::try_get(&query.fetch_one(on).await?, 0)
    }

    /// Locks all that a swap changes, within some milliseconds or not at all.
    pub(super) async fn lock(
        &self,
        patience_ms: i32,
        on: &mut PgConnection,
        mode: Mode,
    ) -> sqlx::Result<()> {
        let query = mode.query("SELECT aether_shadow_lock($1, $2)");
        query.bind(&self.tables).bind(patience_ms).execute(on).await?;
        Ok(())
    }

    /// Puts the tables in the place of the live ones. Returns foreign keys that have yet to be validated.
    pub(super) async fn swap(
        &self,
        on: &mut PgConnection,
        mode: Mode,
    ) -> sqlx::Result<Vec<(String, String)>> {
        let query = mode.query(
            "SELECT table_name, quote_ident(constraint_name) FROM aether_shadow_swap($1, $2)",
        );
        let rows = query.bind(&self.schema).bind(&self.tables).fetch_all(on).await?;
        rows.iter()
            .map(|row| Ok((sqlx::Row::try_get(row, 0)?, sqlx::Row::try_get(row, 1)?)))
            .collect()
    }
}

/// A name as an identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

//! A question to the database, whose answers are one JSON value each.

use aether_postgres::Error;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryScalar;
use sqlx::types::Json;
use sqlx::{Encode, PgPool, Postgres, Type};

/// A statement of one column, and what is bound to it.
pub(super) struct Ask<T> {
    query: QueryScalar<'static, Postgres, Json<T>, PgArguments>,
}

pub(super) fn ask<T: DeserializeOwned + Send + Unpin + 'static>(sql: &'static str) -> Ask<T> {
    Ask { query: sqlx::query_scalar(sql) }
}

impl<T: DeserializeOwned + Send + Unpin + 'static> Ask<T> {
    /// Gives the next parameter.
    pub(super) fn with<V>(self, value: V) -> Self
    where
        V: Encode<'static, Postgres> + Type<Postgres> + Send + 'static,
    {
        Self { query: self.query.bind(value) }
    }

    /// Plans the statement for its parameters each time, where they decide which index is the best. Costs a fraction of a millisecond.
    pub(super) fn planned_anew(self) -> Self {
        Self { query: self.query.persistent(false) }
    }

    /// Only what was before this event, or all there is.
    pub(super) fn before(self, event: Option<i64>) -> Self {
        self.with(event.unwrap_or(i64::MAX))
    }

    /// At most this many answers.
    pub(super) fn limit(self, limit: u32) -> Self {
        self.with(i64::from(limit))
    }

    pub(super) async fn all(self, pool: &PgPool) -> Result<Vec<T>, Error> {
        let rows = self.query.fetch_all(pool).await?;
        Ok(rows.into_iter().map(|Json(row)| row).collect())
    }

    pub(super) async fn one(self, pool: &PgPool) -> Result<Option<T>, Error> {
        let row = self.query.fetch_optional(pool).await?;
        Ok(row.map(|Json(row)| row))
    }
}

//! What a database really holds, asked past the library.

use std::collections::HashMap;

use aether_core::EventId;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

/// How often each event is in the log.
pub(crate) struct Census(HashMap<Uuid, i64>);

impl Census {
    /// Counts, and asserts that the log is sound: versions without gaps, heads that agree with the
    /// events, positions that rise within each stream.
    pub(crate) async fn take(url: &str) -> Self {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let unsound: i64 = sqlx::query_scalar(include_str!("unsound_streams.sql"))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(unsound, 0, "streams with gaps, doubles or a wrong head");
        let rows = sqlx::query("SELECT event_id, count(*) FROM aether_log GROUP BY event_id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let counts: HashMap<Uuid, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (id, times) in &counts {
            assert_eq!(*times, 1, "event {id} is stored more than once");
        }
        Self(counts)
    }

    pub(crate) fn has(&self, id: EventId) -> bool {
        self.0.contains_key(&id.as_uuid())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Runs statements on a connection of their own.
pub(crate) async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
    connection.close().await.unwrap();
}

/// The one number a statement answers with.
pub(crate) async fn number(url: &str, sql: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    query.fetch_one(&mut connection).await.unwrap()
}

/// The one text a statement answers with.
pub(crate) async fn text(url: &str, sql: &str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    query.fetch_one(&mut connection).await.unwrap()
}

//! Ids, positions and versions are bound and read as they are.

use aether_core::{AggregateId, EventId, Position, Version, id};

use sqlx::PgPool;

id! {
    /// Identifies an item.
    struct ItemId;
}

#[tokio::test]
async fn ids_positions_and_versions_are_values_of_sql() {
    let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    let pool = PgPool::connect(database.url()).await.unwrap();
    let sql =
        "CREATE TABLE items (item uuid, owner uuid, event uuid, position bigint, version integer)";
    sqlx::query(sql).execute(&pool).await.unwrap();
    let row = (
        ItemId::generate(),
        AggregateId::generate(),
        Some(EventId::generate()),
        Position::END,
        Version::MAX,
    );
    sqlx::query("INSERT INTO items VALUES ($1, $2, $3, $4, $5), ($6, $2, NULL, 0, 0)")
        .bind(row.0)
        .bind(row.1)
        .bind(row.2)
        .bind(row.3)
        .bind(row.4)
        .bind(ItemId::generate())
        .execute(&pool)
        .await
        .unwrap();
    let sql = "SELECT item, owner, event, position, version FROM items WHERE item = ANY($1)";
    let found: Vec<(ItemId, AggregateId, Option<EventId>, Position, Version)> =
        sqlx::query_as(sql).bind(vec![row.0]).fetch_all(&pool).await.unwrap();
    assert_eq!(found, [row]);
    let none: Option<EventId> = sqlx::query_scalar("SELECT event FROM items WHERE version = $1")
        .bind(Version::ZERO)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(none, None);
    let versions: Vec<Version> =
        sqlx::query_scalar("SELECT version FROM items WHERE position = ANY($1)")
            .bind([Position::START, Position::END])
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(versions.len(), 2);
    pool.close().await;
}

#[tokio::test]
async fn a_negative_number_is_no_position_and_no_version() {
    let database = aether_servers::shared_postgres().await.unwrap().database().await.unwrap();
    let pool = PgPool::connect(database.url()).await.unwrap();
    let told = sqlx::query_scalar::<_, Position>("SELECT -1::bigint").fetch_one(&pool).await;
    assert!(told.unwrap_err().to_string().contains("a position is 0 or more"));
    let told = sqlx::query_scalar::<_, Version>("SELECT -7").fetch_one(&pool).await;
    assert!(told.unwrap_err().to_string().contains("the column holds -7"));
    pool.close().await;
}

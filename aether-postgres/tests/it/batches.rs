//! The SQL function for plain batches, asked directly: a writer whose batch fails goes on one by one, and
//! its callers would notice nothing of an error in here but its slowness.

use sqlx::{Connection as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::backend::database;

#[tokio::test]
async fn a_refused_request_of_a_plain_batch_fails_no_other() {
    let database = database().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let [new, made, any, foreign, exact, stale]: [Uuid; 6] =
        std::array::from_fn(|n| Uuid::from_u128(n as u128 + 1));
    for there in [made, any, foreign, exact, stale] {
        sqlx::query("INSERT INTO aether_streams VALUES ($1, 'Combat', 3, now(), now())")
            .bind(there)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let row = sqlx::query(
        "SELECT versions, actual, actual_types, positions
         FROM aether_append(
             7, 2, 2, $1, ARRAY['Combat', 'Combat', 'Combat', 'Other', 'Combat', 'Combat'],
             '{0, 0, -1, -1, 3, 2}', '{1, 1, 1, 1, 1, 1}', array_fill(now(), '{6}'),
             array_fill(now(), '{6}'), $1, '{1, 2, 3, 4, 5, 6}', '{0, 0, 0, 0, 0, 0}',
             '{1, 2, 3, 4, 5, 6}', '{1, 1, 1, 1, 1, 1}', '{1, 2, 3, 4, 5, 6}', '{0, 0, 0, 0, 0, 0}',
             $1, array_fill('Opened'::text, '{6}'), array_fill('Combat'::text, '{6}'),
             array_fill('{}'::jsonb, '{6}'), array_fill('{}'::jsonb, '{6}'), array_fill(now(), '{6}'),
             array_fill(1::smallint, '{6}'), array_fill(1::smallint, '{6}'))",
    )
    .bind([new, made, any, foreign, exact, stale])
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let versions: Vec<Option<i32>> = row.get(0);
    assert_eq!(versions, [Some(1), None, Some(4), None, Some(4), None]);
    let actual: Vec<Option<i32>> = row.get(1);
    assert_eq!((actual[1], actual[3], actual[5]), (Some(3), Some(3), Some(3)));
    let types: Vec<Option<String>> = row.get(2);
    assert_eq!(types[3].as_deref(), Some("Combat"));

    let stored = sqlx::query("SELECT aggregate_id FROM evenements ORDER BY aggregate_id");
    let stored = stored.fetch_all(&mut connection).await.unwrap();
    let stored: Vec<Uuid> = stored.iter().map(|row| row.get(0)).collect();
    assert_eq!(stored, [new, any, exact]);
    let known = sqlx::query("SELECT command_id FROM aether_commands ORDER BY command_id");
    let known = known.fetch_all(&mut connection).await.unwrap();
    assert_eq!(known.iter().map(|row| row.get(0)).collect::<Vec<Uuid>>(), [new, any, exact]);
}

//! Servers that are killed, restarted and paused on purpose.

use std::time::Duration;

use aether_servers::{Postgres, PostgresOptions, Redis, RedisOptions};
use sqlx::{Connection, PgConnection};

use crate::probe::{listens, lives, postgres_processes};

async fn postgres() -> Postgres {
    Postgres::start(PostgresOptions::for_tests().own()).await.unwrap()
}

#[tokio::test]
async fn a_killed_postgres_is_gone_with_all_its_backends() {
    let pg = postgres().await;
    let mut open = PgConnection::connect(pg.url()).await.unwrap();
    let (pids, _) = postgres_processes(pg.url()).await;
    pg.kill9().await.unwrap();
    assert!(pids.iter().all(|pid| !lives(*pid)));
    assert!(!listens(pg.url()));
    assert!(open.ping().await.is_err());
}

#[tokio::test]
async fn a_commit_survives_kill_and_restart_under_the_same_address() {
    let pg = postgres().await;
    let url = pg.url().to_owned();
    for round in 1..=3_i64 {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let sql = "create table if not exists kept (round int8)";
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        let insert = sqlx::query("insert into kept values ($1)").bind(round);
        insert.execute(&mut connection).await.unwrap();
        pg.kill9().await.unwrap();
        pg.restart().await.unwrap();
        assert_eq!(pg.url(), url);
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let count = sqlx::query_scalar("select count(*) from kept");
        let kept: i64 = count.fetch_one(&mut connection).await.unwrap();
        assert_eq!(kept, round);
    }
}

#[tokio::test]
async fn a_running_postgres_can_be_restarted() {
    let pg = postgres().await;
    let (before, _) = postgres_processes(pg.url()).await;
    // A client that does not leave must not hold up the restart.
    let _open = PgConnection::connect(pg.url()).await.unwrap();
    pg.restart().await.unwrap();
    let (after, _) = postgres_processes(pg.url()).await;
    assert_ne!(before[0], after[0]);
}

#[tokio::test]
async fn a_paused_postgres_does_not_answer_until_it_is_resumed() {
    let pg = postgres().await;
    let mut open = PgConnection::connect(pg.url()).await.unwrap();
    pg.pause().await.unwrap();
    let silent = tokio::time::timeout(Duration::from_millis(200), open.ping()).await;
    assert!(silent.is_err());
    pg.resume().await.unwrap();
    PgConnection::connect(pg.url()).await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_paused_server_can_be_killed_and_stopped() {
    let pg = postgres().await;
    pg.pause().await.unwrap();
    pg.kill9().await.unwrap();
    pg.restart().await.unwrap();
    pg.pause().await.unwrap();
    let url = pg.url().to_owned();
    pg.stop().await.unwrap();
    assert!(!listens(&url));
}

#[tokio::test]
async fn a_redis_is_killed_restarted_and_paused_like_a_postgres() {
    let redis = Redis::start(RedisOptions::default().own()).await.unwrap();
    let url = redis.url().to_owned();
    redis.kill9().await.unwrap();
    assert!(!listens(&url));
    redis.restart().await.unwrap();
    assert!(listens(&url));
    redis.restart().await.unwrap();
    assert_eq!(redis.url(), url);
    redis.pause().await.unwrap();
    redis.resume().await.unwrap();
    redis.stop().await.unwrap();
    assert!(!listens(&url));
}

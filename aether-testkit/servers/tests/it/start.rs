//! Starting servers: what they are like, and what is left of them.

use aether_servers::{Options, Origin, Postgres, PostgresOptions, Redis, RedisOptions};
use aether_servers::{Servers, ServersError};

use crate::probe::{eventually, listens, lives, postgres_processes, setting};

fn own() -> PostgresOptions {
    PostgresOptions::for_tests().own()
}

#[tokio::test]
async fn a_server_for_measurements_waits_for_the_disk() {
    let pg = Postgres::start(PostgresOptions::default().own()).await.unwrap();
    for (name, value) in [
        ("fsync", "on"),
        ("dynamic_shared_memory_type", "posix"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("max_connections", "300"),
        ("shared_buffers", "256MB"),
        ("max_wal_size", "4GB"),
        ("max_prepared_transactions", "0"),
        ("autovacuum", "on"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("lc_messages", "C.UTF-8"),
        ("listen_addresses", "127.0.0.1"),
    ] {
        assert_eq!(setting(pg.url(), name).await, value, "{name}");
    }
    assert!(matches!(pg.origin(), Origin::Local { version } if !version.is_empty()));
    assert!(pg.version() >= 13);
    pg.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_for_tests_does_not_wait_for_the_disk() {
    let pg = Postgres::start(own()).await.unwrap();
    assert_eq!(setting(pg.url(), "fsync").await, "off");
    assert_eq!(setting(pg.url(), "synchronous_commit").await, "on");
}

#[tokio::test]
async fn a_setting_of_the_caller_wins() {
    let options = own().setting("max_connections", "20").setting("application_name", "it's");
    let pg = Postgres::start(options).await.unwrap();
    assert_eq!(setting(pg.url(), "max_connections").await, "20");
    assert_eq!(setting(pg.url(), "application_name").await, "it's");
    assert!(pg.socket_folder().unwrap().join(format!(".s.PGSQL.{}", port(pg.url()))).exists());
}

#[tokio::test]
async fn a_stopped_server_leaves_no_process_and_no_file() {
    let pg = Postgres::start(own()).await.unwrap();
    let url = pg.url().to_owned();
    let (pids, data) = postgres_processes(&url).await;
    assert!(pids.len() > 1, "{pids:?}");
    pg.stop().await.unwrap();
    assert!(!listens(&url));
    assert!(pids.iter().all(|pid| !lives(*pid)));
    assert!(!data.parent().unwrap().exists());
}

#[tokio::test]
async fn a_dropped_server_leaves_no_process_and_no_file() {
    let pg = Postgres::start(own()).await.unwrap();
    let (pids, data) = postgres_processes(pg.url()).await;
    drop(pg);
    eventually("all processes gone", || pids.iter().all(|pid| !lives(*pid)));
    eventually("the folder gone", || !data.parent().unwrap().exists());
}

#[tokio::test]
async fn several_servers_start_at_the_same_time() {
    let start = || tokio::spawn(Redis::start(RedisOptions::default().own()));
    let started = futures::future::join_all((0..8).map(|_| start())).await;
    let servers: Vec<Redis> = started.into_iter().map(|server| server.unwrap().unwrap()).collect();
    let mut urls: Vec<&str> = servers.iter().map(Redis::url).collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), 8);
    assert!(urls.iter().all(|url| listens(url)));
}

#[tokio::test]
async fn both_servers_start_and_stop_together() {
    let mut options = Options::for_tests();
    (options.postgres.own, options.redis.own) = (true, true);
    let servers = tokio::spawn(Servers::start(options)).await.unwrap().unwrap();
    let urls = [servers.postgres.url().to_owned(), servers.redis.url().to_owned()];
    assert!(urls.iter().all(|url| listens(url)));
    servers.stop().await.unwrap();
    assert!(urls.iter().all(|url| !listens(url)));
}

#[tokio::test]
async fn a_redis_keeps_nothing_on_the_disk_and_takes_settings() {
    let redis = Redis::start(RedisOptions::default().own().setting("maxmemory", "7mb")).await;
    let redis = redis.unwrap();
    assert_eq!(config(redis.url(), "save"), "");
    assert_eq!(config(redis.url(), "appendonly"), "no");
    assert_eq!(config(redis.url(), "maxmemory"), (7 << 20).to_string());
    assert_ne!(redis.prefix(), redis.prefix());
}

#[tokio::test]
async fn a_wrong_bin_folder_is_an_error_that_names_it() {
    let mut options = own();
    options.bin = Some("/nowhere/bin".into());
    let error = Postgres::start(options).await.unwrap_err();
    assert!(matches!(&error, ServersError::NotABinFolder { .. }), "{error}");
    assert!(error.to_string().contains("/nowhere/bin"));
}

#[tokio::test]
async fn a_server_that_cannot_start_shows_its_log() {
    let error = Postgres::start(own().setting("no_such_setting", "1")).await.unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    let options = RedisOptions::default().own().setting("no-such-setting", "1");
    let error = Redis::start(options).await.unwrap_err();
    assert!(error.to_string().contains("no-such-setting"), "{error}");
}

fn port(url: &str) -> u16 {
    url::Url::parse(url).unwrap().port().unwrap()
}

/// One setting of a Redis, over a plain connection.
fn config(url: &str, name: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port(url))).unwrap();
    write!(stream, "CONFIG GET {name}\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    // *2, $n, name, $n, value, +OK
    answer.lines().nth(4).unwrap().to_owned()
}

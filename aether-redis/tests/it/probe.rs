//! Servers, raw commands and patience.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aether_redis::{KeySpace, RedisClient, Settings, Stamp};
use aether_testkit::servers::{self, Redis, RedisOptions};

/// A client on the shared server, and keys that nobody else uses.
pub(crate) async fn shared() -> (RedisClient, KeySpace) {
    let redis = servers::shared_redis().await.unwrap();
    let keys = KeySpace::with_prefix(redis.prefix()).unwrap();
    (connect(redis.url()).await, keys)
}

/// A server to be killed, paused and flushed.
pub(crate) async fn own() -> Redis {
    Redis::start(RedisOptions::default().own()).await.unwrap()
}

pub(crate) async fn connect(url: &str) -> RedisClient {
    RedisClient::connect_with(url, quick()).await.unwrap()
}

/// Short limits: what fails, fails soon.
pub(crate) fn quick() -> Settings {
    Settings::new()
        .pool_size(2)
        .command_timeout(Duration::from_millis(400))
        .unresponsive_after(Duration::from_secs(1))
}

/// One command over a plain connection; the first line of the answer.
pub(crate) fn raw(url: &str, command: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("redis://")).unwrap();
    write!(stream, "{command}\r\n").unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// The address of the shared server.
pub(crate) async fn shared_url() -> &'static str {
    servers::shared_redis().await.unwrap().url()
}

pub(crate) fn stamp(sequence: u64) -> Stamp {
    Stamp { sequence, at: SystemTime::now() }
}

pub(crate) fn seconds_ago(sequence: u64, seconds: u64) -> Stamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Stamp { sequence, at: UNIX_EPOCH + now - Duration::from_secs(seconds) }
}

/// Asks until the answer is yes, for up to ten seconds.
pub(crate) async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition().await {
        assert!(Instant::now() < deadline, "not within ten seconds: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

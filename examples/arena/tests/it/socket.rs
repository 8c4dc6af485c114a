//! What holds on the wire: slow and oversized requests, and the way out.

use std::time::{Duration, Instant};

use arena::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::listening::Listening;

/// Reads until the other side closes.
async fn read(mut stream: TcpStream) -> String {
    let mut text = vec![];
    // a connection that is reset has ended as well
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

fn quick(config: Config) -> Config {
    Config { request_within: Duration::from_millis(300), drain: Duration::ZERO, ..config }
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let server = Listening::open(quick).await;
    let mut slow = server.connect().await;
    slow.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\nx: ").await.unwrap();
    let text = tokio::time::timeout(Duration::from_secs(20), read(slow)).await.unwrap();
    assert!(!text.contains(" 204 "), "{text}");
}

#[tokio::test]
async fn a_head_beyond_its_size_is_refused() {
    let server = Listening::open(|config| config).await;
    let mut stream = server.connect().await;
    let large = "a".repeat(32 * 1024);
    let head = format!("GET /health/live HTTP/1.1\r\nhost: a\r\nx: {large}\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let text = read(stream).await;
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 431 "), "{text}");
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let server = Listening::open(|config| Config { drain: Duration::ZERO, ..config }).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    let begun = Instant::now();
    server.leave().await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    read(idle).await;
}

//! What holds on the wire: slow and oversized requests, and the way out.

use std::time::{Duration, Instant};

use arena::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::scene::Scene;

/// A server that listens.
struct Listening {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    _scene: Scene,
}

impl Listening {
    async fn open(change: impl FnOnce(Config) -> Config) -> Self {
        let scene = Scene::with(change).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = scene.app.clone();
        let stop_signal = async { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(async move { arena::serve(&app, listener, stop_signal).await });
        Self { address, stop, served, _scene: scene }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

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
    server.stop.send(()).unwrap();
    server.served.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    read(idle).await;
}

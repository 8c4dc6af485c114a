//! The way of connections in, and the way out: nothing that runs is cut off, and nothing waits for ever.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::config::Config;
use crate::peer::Peer;

/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;
/// How long running requests may take to end; then their connections are cut.
const LAST_ANSWERS: Duration = Duration::from_millis(3500);
/// How long the engine and the node may take.
const CLOSING: Duration = Duration::from_millis(1000);
/// How long nobody is let in after the system had no room for one more connection.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Where the server is in its life.
#[derive(Debug, Default)]
pub(crate) struct Drain {
    leaving: AtomicBool,
    /// Tells sockets and streams to end.
    pub(crate) closing: CancellationToken,
    /// The sockets; their connections are not among those of requests any more.
    pub(crate) sockets: TaskTracker,
}

impl Drain {
    /// Whether the server is about to end.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Relaxed)
    }
}

/// Runs a server until SIGTERM or Ctrl-C.
///
/// # Errors
///
/// What kept it from opening or closing.
pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    log();
    let listener = TcpListener::bind(config.listen).await?;
    let app = App::open(config).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    serve(&app, listener, stop).await;
    match tokio::time::timeout(CLOSING, app.close()).await {
        Ok(closed) => closed?,
        Err(_) => tracing::warn!("the node did not end in time; its leases end by themselves"),
    }
    tracing::info!("closed");
    Ok(())
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    // a second one is refused, and the first stays
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .try_init();
}

/// Serves until `stop`, then leaves: not ready, open for a while so that proxies notice, then no new connection, and running
/// requests are answered. Returns after at most [`Config::drain`] and 3.5 seconds.
pub async fn serve(app: &App, listener: TcpListener, stop: impl Future<Output = ()>) {
    let door = Door::new(app);
    door.accept_until(&listener, stop).await;
    app.drain().leaving.store(true, Relaxed);
    tracing::info!("leaving");
    door.accept_until(&listener, tokio::time::sleep(app.config().drain)).await;
    drop(listener);
    app.drain().closing.cancel();
    door.leave.cancel();
    let sockets = &app.drain().sockets;
    sockets.close();
    door.connections.close();
    let ended = async { tokio::join!(sockets.wait(), door.connections.wait()) };
    if tokio::time::timeout(LAST_ANSWERS, ended).await.is_err() {
        tracing::warn!(connections = door.connections.len(), "cut off");
        door.cut.cancel();
        door.connections.wait().await;
    }
}

/// What lets connections in.
struct Door {
    router: Router,
    http: http1::Builder,
    connections: TaskTracker,
    /// No further request.
    leave: CancellationToken,
    /// No further byte.
    cut: CancellationToken,
}

impl Door {
    fn new(app: &App) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(app.config().request_within)
            .max_buf_size(HEAD);
        Self {
            router: app.router(),
            http,
            connections: TaskTracker::new(),
            leave: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    async fn accept_until(&self, listener: &TcpListener, until: impl Future<Output = ()>) {
        let mut until = std::pin::pin!(until);
        loop {
            tokio::select! {
                () = &mut until => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, Peer(peer)),
                    Err(error) => {
                        tracing::debug!(%error, "a connection could not be accepted");
                        tokio::time::sleep(NO_ROOM).await;
                    }
                },
            }
        }
    }

    fn admit(&self, stream: TcpStream, peer: Peer) {
        // small answers do not wait for more
        let _ = stream.set_nodelay(true);
        let router = self.router.clone();
        let service = tower::service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            tower::Service::call(&mut router.clone(), request)
        });
        let connection =
            self.http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let (leave, cut) = (self.leave.clone(), self.cut.clone());
        self.connections.spawn(async move {
            let mut connection = std::pin::pin!(connection.with_upgrades());
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = cut.cancelled() => return,
                () = leave.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    tokio::select! {
                        ended = connection.as_mut() => ended,
                        () = cut.cancelled() => return,
                    }
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection has broken");
            }
        });
    }
}

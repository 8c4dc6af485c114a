//! A server that listens on a port of its own.

use arena::Config;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::scene::Scene;

pub(crate) struct Listening {
    pub(crate) address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    pub(crate) scene: Scene,
}

impl Listening {
    pub(crate) async fn open(change: impl FnOnce(Config) -> Config) -> Self {
        Self::on(Scene::with(change).await, TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// Another node beside it.
    pub(crate) async fn beside(&self) -> Self {
        Self::on(self.scene.beside().await, TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// One whose connections hold little that was not read.
    pub(crate) async fn narrow() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(4096).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self::on(Scene::open().await, socket.listen(16).unwrap())
    }

    fn on(scene: Scene, listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = scene.app.clone();
        let stop_signal = async { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(async move { arena::serve(&app, listener, stop_signal).await });
        Self { address, stop, served, scene }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Leaves, as after SIGTERM; its scene stays.
    pub(crate) async fn leave(self) -> Scene {
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
        self.scene
    }
}

//! A wire between store and server that can be cut at a chosen moment.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// What happens to the next message that a client sends over a connection it already has.
#[derive(Debug)]
pub(crate) enum Cut {
    /// It never reaches the server.
    Request,
    /// The server does what it says; the reply is swallowed.
    Reply,
    /// The client's connection breaks at once; the message reaches the server when the channel says.
    LateRequest(oneshot::Receiver<()>, oneshot::Sender<()>),
}

/// A TCP proxy in front of a server.
pub(crate) struct Proxy {
    address: SocketAddr,
    server: Arc<Mutex<(String, u16)>>,
    wires: Wires,
}

/// What happens to messages.
#[derive(Clone, Default)]
struct Wires {
    next: Arc<Mutex<Option<Planned>>>,
    /// A message that holds this breaks its connection, each time.
    poison: Arc<Mutex<Option<&'static str>>>,
}

/// A cut, and the messages it may happen at.
type Planned = (Cut, fn(&[u8]) -> bool);

impl Proxy {
    /// Starts a proxy for the server behind `url`.
    pub(crate) async fn start(url: &str) -> Self {
        let server = Arc::new(Mutex::new(host_and_port(url)));
        let leads_to = server.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let carried = Wires::default();
        let wires = carried.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = leads_to.lock().unwrap().clone();
                if let Ok(server) = TcpStream::connect(server).await {
                    tokio::spawn(carry(client, server, wires.clone()));
                }
            }
        });
        Self { address, server, wires: carried }
    }

    /// New connections lead to another server.
    pub(crate) fn lead_to(&self, url: &str) {
        *self.server.lock().unwrap() = host_and_port(url);
    }

    /// The same database as `url`, through the proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        let options: PgConnectOptions = url.parse().unwrap();
        let database = options.get_database().unwrap();
        format!("postgres://{}@{}/{database}", options.get_username(), self.address)
    }

    /// Cuts the wire at every message that holds a text.
    pub(crate) fn poison(&self, text: &'static str) {
        *self.wires.poison.lock().unwrap() = Some(text);
    }

    /// Cuts the wire at the next statement that is carried out.
    pub(crate) fn cut(&self, cut: Cut) {
        // a Bind, with its Execute: no introduction, no Parse, no ping of a pool
        *self.wires.next.lock().unwrap() = Some((cut, |message| message[0] == b'B'));
    }

    /// Cuts the wire at the next COMMIT.
    pub(crate) fn cut_commit(&self, cut: Cut) {
        let commits = |message: &[u8]| message.windows(6).any(|six| six == b"COMMIT");
        *self.wires.next.lock().unwrap() = Some((cut, commits));
    }

    /// Whether the cut that was asked for has happened.
    pub(crate) fn has_cut(&self) -> bool {
        self.wires.next.lock().unwrap().is_none()
    }
}

fn host_and_port(url: &str) -> (String, u16) {
    let options: PgConnectOptions = url.parse().unwrap();
    (options.get_host().to_owned(), options.get_port())
}

/// The end of every complete answer: ready for a query, outside of a transaction.
const READY: &[u8] = b"Z\0\0\0\x05I";

async fn carry(client: TcpStream, server: TcpStream, wires: Wires) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = from_client.read(&mut asked) => {
                let Some(read) = read.ok().filter(|read| *read > 0) else { return };
                let message = &asked[..read];
                if is_poison(message, &wires.poison) {
                    return;
                }
                match cut_at(message, &wires.next) {
                    None => {
                        if to_server.write_all(message).await.is_err() {
                            return;
                        }
                        continue;
                    }
                    Some(Cut::Request) => return,
                    Some(Cut::Reply) => {
                        let _ = to_server.write_all(message).await;
                        wait_until_ready(&mut from_server).await;
                    }
                    Some(Cut::LateRequest(deliver, delivered)) => {
                        drop((from_client, to_client));
                        let _ = deliver.await;
                        let _ = to_server.write_all(message).await;
                        wait_until_ready(&mut from_server).await;
                        let _ = delivered.send(());
                    }
                }
                return;
            }
            read = from_server.read(&mut answered) => {
                let Some(read) = read.ok().filter(|read| *read > 0) else { return };
                if to_client.write_all(&answered[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn is_poison(message: &[u8], poison: &Mutex<Option<&'static str>>) -> bool {
    let poison = *poison.lock().unwrap();
    poison.is_some_and(|text| message.windows(text.len()).any(|part| part == text.as_bytes()))
}

fn cut_at(message: &[u8], next: &Mutex<Option<Planned>>) -> Option<Cut> {
    let mut next = next.lock().unwrap();
    let due = next.as_ref().is_some_and(|(_, here)| here(message));
    if due { next.take().map(|(cut, _)| cut) } else { None }
}

async fn wait_until_ready(server: &mut tokio::net::tcp::OwnedReadHalf) {
    let mut reply = Vec::new();
    while !reply.ends_with(READY) {
        match server.read_buf(&mut reply).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
    }
}

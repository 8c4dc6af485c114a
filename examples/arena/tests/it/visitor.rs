//! A client of the socket.

use std::net::SocketAddr;

use aether_testkit::within_deadline;
use axum::http::StatusCode;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::listening::Listening;

/// A socket that is open.
pub(crate) struct Visitor(WebSocketStream<TcpStream>);

/// The request for an upgrade.
pub(crate) fn upgrade(
    address: SocketAddr,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Request {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

/// The socket that was asked for; the status of the answer where it is refused.
pub(crate) async fn shake_hands(
    request: Request,
    stream: TcpStream,
) -> Result<WebSocketStream<TcpStream>, StatusCode> {
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => Err(answer.status()),
        Err(error) => panic!("{error}"),
    }
}

impl Visitor {
    /// Opens a socket; the status of the answer where it is refused.
    pub(crate) async fn open(
        node: &Listening,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, StatusCode> {
        Self::over(node.connect().await, node, headers).await
    }

    async fn over(
        stream: TcpStream,
        node: &Listening,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, StatusCode> {
        let mut all = vec![("sec-websocket-protocol", "aether.v1")];
        all.extend_from_slice(headers);
        shake_hands(upgrade(node.address, "/ws", &all), stream).await.map(Self)
    }

    /// A guest.
    pub(crate) async fn guest(node: &Listening) -> Self {
        let mut visitor = Self::open(node, &[]).await.unwrap();
        visitor.greet(None).await;
        visitor
    }

    /// The holder of a token.
    pub(crate) async fn with(node: &Listening, token: &str) -> Self {
        let mut visitor = Self::open(node, &[]).await.unwrap();
        let ready = visitor.greet(Some(token)).await;
        assert!(ready["session"].is_string(), "{ready}");
        visitor
    }

    /// A guest with little room for what it has not read.
    pub(crate) async fn narrow(node: &Listening) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let stream = socket.connect(node.address).await.unwrap();
        let mut visitor = Self::over(stream, node, &[]).await.unwrap();
        visitor.greet(None).await;
        visitor
    }

    pub(crate) async fn greet(&mut self, token: Option<&str>) -> Value {
        let mut hello = json!({ "t": "bonjour", "v": 1 });
        if let Some(token) = token {
            hello["jeton"] = json!(token);
        }
        self.say(&hello).await;
        let ready = self.hear().await;
        assert_eq!(ready["t"], "pret", "{ready}");
        ready
    }

    pub(crate) async fn say(&mut self, frame: &Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        // what the server has closed cannot be written to
        let _ = self.0.send(message).await;
    }

    /// The next frame that is no beat; beats are answered.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            let frame = match self.any().await {
                Ok(frame) => frame,
                Err((code, reason)) => panic!("closed with {code}: {reason}"),
            };
            if frame["t"] != "battement" {
                return frame;
            }
            self.say(&json!({ "t": "battement" })).await;
        }
    }

    /// The next frame, or the code and reason of the close.
    pub(crate) async fn any(&mut self) -> Result<Value, (u16, String)> {
        loop {
            let message = within_deadline("a frame", self.0.next()).await;
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => {
                    // answers the close
                    let _ = self.0.next().await;
                    return Err((frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads until the close, without a word.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Err(closed) = self.any().await {
                return closed;
            }
        }
    }

    /// Subscribes; the answer.
    pub(crate) async fn listen(&mut self, canal: &str, after: Option<&str>) -> Value {
        let mut frame = json!({ "t": "abonner", "id": 1, "canal": canal });
        if let Some(after) = after {
            frame["apres"] = json!(after);
        }
        self.say(&frame).await;
        let answer = self.hear().await;
        assert_eq!((&answer["t"], &answer["canal"]), (&json!("abonne"), &json!(canal)), "{answer}");
        answer
    }
}

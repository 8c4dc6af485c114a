//! `GET /graphql`: subscriptions over `graphql-transport-ws`.
//!
//! A client says hello (`connection_init`, with `{"jeton": …}` or the cookie of the upgrade) within five seconds. Nothing is queued: what
//! happens is read from its feed when the socket takes it.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::caller::Caller;
use super::conversation::Conversation;
use super::execution::Execution;
use super::limits;
use super::protocol::{Received, Sent};
use super::schema::Schema;
use crate::app::App;
use crate::auth::origin;
use crate::problem::{Code, Problem};
use crate::realtime::session;

/// The sub-protocol.
const NAME: &str = "graphql-transport-ws";
/// How long a socket may take for a message.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a socket is closed.
#[derive(Debug)]
pub(super) enum End {
    /// The client has left.
    Gone,
    /// With this code, for this reason.
    Close(u16, &'static str),
}

impl End {
    pub(super) const NO_MESSAGE: Self =
        Self::Close(4400, "this is no message of graphql-transport-ws");
    pub(super) const UNKNOWN: Self = Self::Close(4401, "say hello and log in first");
    const FORBIDDEN: Self = Self::Close(4403, "the token is not valid");
    const SILENT: Self = Self::Close(4408, "no hello within 5 seconds");
    pub(super) const TWICE: Self = Self::Close(4409, "there is a subscription with this id");
    pub(super) const TOO_MANY: Self = Self::Close(4429, "too many requests");
    pub(super) const LEAVING: Self = Self::Close(1012, "this node ends; another one goes on");
}

/// Opens a socket: for pages of known origins, and for programs.
pub(super) async fn open(
    State(app): State<App>,
    Extension(schema): Extension<Schema>,
    caller: Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|error| Problem::new(Code::HEADER).detail(error.body_text()))?;
    origin::check_upgrade(&headers, app.config())?;
    let upgrade = session::agree(upgrade, &headers, NAME, limits::BODY)?;
    let tracker = app.drain().sockets.clone();
    let execution = Execution::new(schema, caller);
    let live = move |socket| tracker.track_future(Wire(socket).live(execution));
    Ok(upgrade.on_upgrade(live))
}

/// The two ends of a socket.
pub(super) struct Wire(WebSocket);

impl Wire {
    async fn live(mut self, execution: Execution) {
        let ended = match tokio::time::timeout(session::HELLO, self.hello(execution)).await {
            Ok(Ok(talk)) => talk.run(&mut self).await,
            Ok(Err(end)) => end,
            Err(_) => End::SILENT,
        };
        if let End::Close(code, reason) = ended {
            let frame = CloseFrame { code, reason: reason.into() };
            let closed = self.0.send(Message::Close(Some(frame)));
            // who does not take it is gone
            let _ = tokio::time::timeout(PATIENCE, closed).await;
        }
    }

    /// Reads the hello: a token in it counts before the cookie of the upgrade.
    async fn hello(&mut self, mut execution: Execution) -> Result<Conversation, End> {
        let payload = loop {
            match self.receive().await? {
                Received::ConnectionInit { payload } => break payload,
                Received::Ping {} => self.send(&Sent::Pong).await?,
                Received::Pong {} => {}
                _ => return Err(End::UNKNOWN),
            }
        };
        if let Some(token) = payload.and_then(|hello| hello.jeton) {
            let account = session::holder(&execution.caller.app, &token).await;
            execution.caller.who.account = Some(account.ok_or(End::FORBIDDEN)?);
        }
        self.send(&Sent::ConnectionAck).await?;
        Ok(Conversation::new(execution))
    }

    /// The next message. Safe to be cut off.
    pub(super) async fn receive(&mut self) -> Result<Received, End> {
        loop {
            let message = self.0.recv().await.ok_or(End::Gone)?;
            match message.map_err(|_| End::Gone)? {
                Message::Text(text) => {
                    return serde_json::from_str(&text).map_err(|_| End::NO_MESSAGE);
                }
                Message::Binary(_) => return Err(End::NO_MESSAGE),
                Message::Close(_) => return Err(End::Gone),
                Message::Ping(_) | Message::Pong(_) => {}
            }
        }
    }

    pub(super) async fn send(&mut self, message: &Sent<'_>) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|_| End::Gone)?;
        let sent = tokio::time::timeout(PATIENCE, self.0.send(Message::Text(text.into())));
        sent.await.map_err(|_| End::Gone)?.map_err(|_| End::Gone)
    }
}

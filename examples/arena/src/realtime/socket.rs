//! `GET /ws`: the life of a socket, from the hello to its close.

mod conversation;
mod end;
mod listening;
mod writer;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use futures::StreamExt as _;
use futures::stream::SplitStream;

use self::conversation::Conversation;
use self::end::End;
use super::protocol::{FRAME, NAME, Recue, VERSION, close};
use super::session;
use crate::app::App;
use crate::auth::origin;
use crate::auth::who::Who;
use crate::lang::Lang;
use crate::problem::{Code, Problem};

/// Opens a socket: for pages of known origins, and for programs.
pub(super) async fn open(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    origin::check_upgrade(&headers, app.config())?;
    let upgrade = upgrade.map_err(|error| Problem::new(Code::HEADER).detail(error.body_text()))?;
    let upgrade = session::agree(upgrade, &headers, NAME, FRAME)?;
    let lang = Lang::of(&headers);
    let tracker = app.drain().sockets.clone();
    Ok(upgrade.on_upgrade(move |socket| tracker.track_future(serve(app, who, lang, socket))))
}

async fn serve(app: App, who: Who, lang: Lang, socket: WebSocket) {
    let (sink, mut stream) = socket.split();
    let writer = writer::start(sink);
    metrics::gauge!("arena_sockets").increment(1.0);
    let greeted = tokio::time::timeout(session::HELLO, hello(&app, who, &mut stream)).await;
    let silent = |_| Err(End::new(close::SILENT, "no hello within 5 seconds"));
    let end = match greeted.unwrap_or_else(silent) {
        Err(end) => end,
        Ok(who) => {
            let mut talk = Conversation::begin(app, who, lang, writer.queue().clone()).await;
            let end = talk.run(&mut stream).await;
            talk.finish(end).await
        }
    };
    writer.finish(end, stream).await;
    metrics::gauge!("arena_sockets").decrement(1.0);
}

/// Reads the hello: a token in it counts before the cookie of the upgrade.
async fn hello(app: &App, who: Who, stream: &mut SplitStream<WebSocket>) -> Result<Who, End> {
    loop {
        let message = stream.next().await.ok_or(End::Gone)?;
        let Some(text) = end::text(message)? else { continue };
        return match serde_json::from_str(&text) {
            Ok(Recue::Bonjour { v: VERSION, jeton: None }) => Ok(who),
            Ok(Recue::Bonjour { v: VERSION, jeton: Some(token) }) => {
                let account = session::holder(app, &token).await;
                let account = account.ok_or_else(|| End::new(close::SESSION, "log in again"))?;
                Ok(Who { account: Some(account), ..who })
            }
            Ok(Recue::Bonjour { .. }) => Err(End::new(close::NO_FRAME, "this server speaks v 1")),
            _ => Err(End::new(close::NO_FRAME, "the first frame is bonjour")),
        };
    }
}

/// What comes from a client, or why nothing does.
type Received = Result<Message, axum::Error>;

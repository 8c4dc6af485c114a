//! How sockets begin, whose they are, and whether the session behind one is still valid.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;

use crate::app::App;
use crate::auth::who::Account;
use crate::problem::{Code, Problem};

/// How long a client may take for its hello.
pub(crate) const HELLO: Duration = Duration::from_secs(5);

/// How often it is looked at.
pub(crate) const LOOK: Duration = Duration::from_secs(2);

/// Agrees on a sub-protocol, whose messages have at most so many bytes. Who does not offer it is refused.
pub(crate) fn agree(
    upgrade: WebSocketUpgrade,
    headers: &HeaderMap,
    name: &'static str,
    bytes: usize,
) -> Result<WebSocketUpgrade, Problem> {
    let lines = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let mut offered = lines.filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    if !offered.any(|offer| offer.trim() == name) {
        return Err(Problem::new(Code::HEADER).detail(format!("the sub-protocol is {name}")));
    }
    Ok(upgrade.protocols([name]).max_message_size(bytes).max_frame_size(bytes))
}

/// The holder of a token; none if it is not valid.
pub(crate) async fn holder(app: &App, token: &str) -> Option<Arc<Account>> {
    let id = token.parse().ok()?;
    app.auth().sessions.holder(&id).await.ok().flatten()
}

/// Whether the session goes on. While nobody can say, it does.
pub(crate) async fn is_valid(app: &App, account: Option<&Arc<Account>>) -> bool {
    let Some(account) = account else { return true };
    !matches!(app.auth().sessions.holder(&account.session).await, Ok(None))
}

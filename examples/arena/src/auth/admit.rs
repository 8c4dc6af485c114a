//! What each request of the game goes through before its handler: whose it is, where it comes from, how often.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::cookie::{self, Shown};
use super::who::Who;
use super::{limits, origin};
use crate::app::App;
use crate::peer::Peer;
use crate::problem::{Code, Problem};

/// Lets a request in that is not one too many, with who asks among its extensions.
pub(crate) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match counted(&app, &parts).await {
        Ok(who) => {
            parts.extensions.insert(who);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Lets a request in that its handler counts, with who asks among its extensions.
pub(crate) async fn recognise(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match who(&app, &parts).await {
        Ok(who) => {
            parts.extensions.insert(who);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn counted(app: &App, parts: &Parts) -> Result<Who, Problem> {
    let who = who(app, parts).await?;
    let limit = if parts.method.is_safe() { limits::READ } else { limits::WRITE };
    app.auth().limits.take(limit, &who.subject()).await?;
    Ok(who)
}

async fn who(app: &App, parts: &Parts) -> Result<Who, Problem> {
    let Parts { method, headers, extensions, .. } = parts;
    let peer = extensions.get::<Peer>().copied().unwrap_or(Peer::UNKNOWN);
    let address = peer.client(headers, app.config().trusted_proxies);
    let shown = cookie::shown(headers, app.config());
    origin::check(method, headers, shown.as_ref(), app.config())?;
    let account = match &shown {
        Some(Shown::Nonsense) => return Err(Problem::new(Code::LOG_IN)),
        Some(Shown::Bearer(id)) => match app.auth().sessions.holder(id).await? {
            None => return Err(Problem::new(Code::LOG_IN)),
            holder => holder,
        },
        // a browser keeps a cookie longer than its session lasts
        Some(Shown::Cookie(id)) => app.auth().sessions.holder(id).await?,
        None => None,
    };
    Ok(Who { account, address })
}

//! `DELETE /sessions/{id}`: logs out, here or elsewhere.

use aether_core::uuid::Uuid;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::auth::cookie;
use crate::auth::who::{Holder, handle};
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;

/// Ends one of the own sessions.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "sessions", params(("id" = Uuid, Path)),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "it has ended"),
        (status = 404, description = "the holder has no such session", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Holder(account): Holder,
    InPath(id): InPath<Uuid>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let sessions = &app.auth().sessions;
    let own = sessions.shared.list(account.id).await?;
    let found = own.into_iter().find(|session| handle(&session.id) == id);
    let session = found.ok_or_else(|| Problem::new(Code::UNKNOWN))?.id;
    sessions.revoke(&session).await?;
    let mut headers = HeaderMap::new();
    if session == account.session
        && let Some(value) = cookie::forget(app.config())
    {
        headers.insert(SET_COOKIE, value);
    }
    Ok((StatusCode::NO_CONTENT, headers))
}

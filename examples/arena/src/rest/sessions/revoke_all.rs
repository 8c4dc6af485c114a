//! `DELETE /sessions`: logs out everywhere.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::auth::cookie;
use crate::auth::who::Holder;
use crate::problem::{Problem, Written};

/// Ends all own sessions, this one too.
#[utoipa::path(
    delete, path = "/sessions", tag = "sessions", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "they have ended"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoke_all(
    State(app): State<App>,
    Holder(account): Holder,
) -> Result<(StatusCode, HeaderMap), Problem> {
    app.auth().sessions.revoke_all(account.id).await?;
    let mut headers = HeaderMap::new();
    if let Some(value) = cookie::forget(app.config()) {
        headers.insert(SET_COOKIE, value);
    }
    Ok((StatusCode::NO_CONTENT, headers))
}

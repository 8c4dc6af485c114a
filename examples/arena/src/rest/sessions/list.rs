//! `GET /sessions`: where one is logged in.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::problem::{Problem, Written};
use crate::view::session::SessionVue;

/// The own sessions, the one used last first.
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the own sessions", body = Vec<SessionVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Holder(account): Holder,
) -> Result<Json<Vec<SessionVue>>, Problem> {
    let sessions = app.auth().sessions.shared.list(account.id).await?;
    Ok(Json(sessions.iter().map(|it| SessionVue::of(it, &account.session)).collect()))
}

//! `GET /monde`: the world.

use aether_game::queries;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::view::monde::MondeVu;

/// The world: its clock, its events, its bosses, its zones.
#[utoipa::path(
    get, path = "/monde", tag = "monde", params(("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "the world", body = MondeVu),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(app): State<App>, after: After) -> Result<Json<MondeVu>, Problem> {
    after.shown_by(&app, &["monde"]).await?;
    let monde = queries::etat_du_monde(app.store().pool()).await?;
    Ok(Json(monde.map(MondeVu::of).unwrap_or_default()))
}

//! `GET /zones`, `GET /zones/{id}`: the zones that somebody has found.

use aether_core::uuid::Uuid;
use aether_game::queries;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::position::After;
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;
use crate::view::monde::ZoneVue;

/// The zones that somebody has found.
#[utoipa::path(
    get, path = "/zones", tag = "monde", params(("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "the zones", body = Vec<ZoneVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    after: After,
) -> Result<Json<Vec<ZoneVue>>, Problem> {
    after.shown_by(&app, &["monde"]).await?;
    let monde = queries::etat_du_monde(app.store().pool()).await?;
    Ok(Json(monde.as_ref().map(ZoneVue::all).unwrap_or_default()))
}

/// A zone that somebody has found.
#[utoipa::path(
    get, path = "/zones/{id}", tag = "monde",
    params(("id" = Uuid, Path), ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "the zone", body = ZoneVue),
        (status = 404, description = "nobody has found it", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    InPath(id): InPath<Uuid>,
    after: After,
) -> Result<Json<ZoneVue>, Problem> {
    after.shown_by(&app, &["monde"]).await?;
    let monde = queries::etat_du_monde(app.store().pool()).await?;
    let zones = monde.as_ref().map(ZoneVue::all).unwrap_or_default();
    let found = zones.into_iter().find(|zone| zone.is(id));
    found.map(Json).ok_or_else(|| Problem::new(Code::UNKNOWN))
}

//! `GET /marche/{item}/prix`: the prices of an item.

use aether_game::queries;
use aether_game::values::ItemId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::position::After;
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;
use crate::view::marche::PrixVu;

/// The prices of an item: the last one, those of 24 hours, and hour by hour.
#[utoipa::path(
    get, path = "/marche/{item}/prix", tag = "marche", params(("item" = Uuid, Path), ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "the prices", body = PrixVu),
        (status = 404, description = "it was never traded", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn price(
    State(app): State<App>,
    InPath(item): InPath<ItemId>,
    after: After,
) -> Result<Json<PrixVu>, Problem> {
    after.shown_by(&app, &["economie"]).await?;
    let found = queries::prix(app.store().pool(), item).await?;
    found.map(|prix| Json(PrixVu::of(prix))).ok_or_else(|| Problem::new(Code::UNKNOWN))
}

//! `GET /items/{id}`: an item of the catalogue.

use aether_game::queries;
use aether_game::values::ItemId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;
use crate::view::item::ItemVu;

/// An item, be it withdrawn or not.
#[utoipa::path(
    get, path = "/items/{id}", tag = "items", params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "the item", body = ItemVu),
        (status = 404, description = "there is no such item", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    InPath(id): InPath<ItemId>,
) -> Result<Json<ItemVu>, Problem> {
    let found = queries::item(app.store().pool(), id).await?;
    found.map(|item| Json(ItemVu::of(item))).ok_or_else(|| Problem::new(Code::UNKNOWN))
}

//! `GET /joueurs/{id}/tenue`: what a player wears.

use aether_game::queries;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Who;
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::InPath;
use crate::view::Eyes;
use crate::view::sac::PieceVue;

/// What a player wears, from head to accessories; nothing of a player whom nobody knows.
#[utoipa::path(
    get, path = "/joueurs/{id}/tenue", tag = "joueurs", params(("id" = Uuid, Path), ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "the pieces", body = Vec<PieceVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn worn(
    State(app): State<App>,
    who: Who,
    InPath(id): InPath<JoueurId>,
    after: After,
) -> Result<Json<Vec<PieceVue>>, Problem> {
    after.shown_by(&app, &["equipement", "items"]).await?;
    let found = queries::tenue(app.store().pool(), id).await?;
    let pieces = found.into_iter().flat_map(|tenue| tenue.pieces);
    let eyes = Eyes::of(&who);
    Ok(Json(pieces.map(|piece| PieceVue::of(piece, eyes)).collect()))
}

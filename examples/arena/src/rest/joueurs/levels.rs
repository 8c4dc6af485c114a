//! `GET /joueurs/{id}/niveaux`: the levels that a player reached.

use aether_game::queries;
use aether_game::read_models::NiveauAtteint;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::{InPath, InQuery};
use crate::view::niveau::NiveauVu;

/// The levels that a player reached, the newest first.
#[utoipa::path(
    get, path = "/joueurs/{id}/niveaux", tag = "joueurs",
    params(
        ("id" = Uuid, Path), Page,
        ("Aether-After" = Option<u64>, Header, description = "what the answer has to show"),
    ),
    responses(
        (status = 200, description = "a page; none of a player whom nobody knows", body = Liste<NiveauVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn levels(
    State(app): State<App>,
    InPath(id): InPath<JoueurId>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<NiveauVu>>, Problem> {
    let limit = page.limit()?;
    let list = format!("niveaux:{id}");
    let before = page.after(&list)?;
    after.shown_by(&app, &["joueurs"]).await?;
    let rows = queries::niveaux_atteints(app.store().pool(), id, before, limit + 1).await?;
    Ok(Json(Liste::of(&list, limit, rows, |row: &NiveauAtteint| row.event_sequence, NiveauVu::of)))
}

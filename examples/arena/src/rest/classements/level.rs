//! `GET /classements/niveau`: players by level.

use aether_game::queries::{self, Place, Rang};
use aether_game::values::{Experience, JoueurId, Niveau};
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::InQuery;
use crate::view::classement::RangVu;

const LIST: &str = "classement";

/// Players by level, then by experience.
#[utoipa::path(
    get, path = "/classements/niveau", tag = "classements",
    params(Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "a page", body = Liste<RangVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn level(
    State(app): State<App>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<RangVu>>, Problem> {
    let limit = page.limit()?;
    let place = page.after::<(Niveau, Experience, JoueurId)>(LIST)?;
    let place =
        place.map(|(niveau, experience, joueur_id)| Place { niveau, experience, joueur_id });
    after.shown_by(&app, &["joueurs"]).await?;
    let rows = queries::classement(app.store().pool(), place, limit + 1).await?;
    let key = |row: &Rang| (row.niveau, row.experience, row.joueur_id);
    Ok(Json(Liste::of(LIST, limit, rows, key, RangVu::of)))
}

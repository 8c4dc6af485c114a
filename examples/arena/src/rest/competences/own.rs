//! `GET /joueurs/{id}/competences`: one's own skills.

use aether_game::queries::{self, CompetenceConnue};
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::{InPath, InQuery};
use crate::view::competence::CompetenceVue;

/// One's own skills.
#[utoipa::path(
    get, path = "/joueurs/{id}/competences", tag = "competences",
    params(("id" = Uuid, Path), Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "a page", body = Liste<CompetenceVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn own(
    State(app): State<App>,
    Holder(account): Holder,
    InPath(id): InPath<JoueurId>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<CompetenceVue>>, Problem> {
    account.must_see(id)?;
    let limit = page.limit()?;
    let list = format!("competences:{id}");
    let place = page.after(&list)?;
    after.shown_by(&app, &["competences"]).await?;
    let rows = queries::competences_du_joueur(app.store().pool(), id, place, limit + 1).await?;
    let key = |row: &CompetenceConnue| row.competence.competence_id;
    Ok(Json(Liste::of(&list, limit, rows, key, CompetenceVue::of)))
}

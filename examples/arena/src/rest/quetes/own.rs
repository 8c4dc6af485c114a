//! `GET /joueurs/{id}/quetes`: one's own quests in progress.

use aether_game::queries;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::InPath;
use crate::view::quete::ProgresVu;

/// The most that are shown.
const MOST: u32 = 100;

/// One's own quests in progress, the newest first: 100 at most.
#[utoipa::path(
    get, path = "/joueurs/{id}/quetes", tag = "quetes",
    params(("id" = Uuid, Path), ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the quests", body = Vec<ProgresVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn own(
    State(app): State<App>,
    Holder(account): Holder,
    InPath(id): InPath<JoueurId>,
    after: After,
) -> Result<Json<Vec<ProgresVu>>, Problem> {
    account.must_see(id)?;
    after.shown_by(&app, &["quetes"]).await?;
    let rows = queries::quetes_en_cours(app.store().pool(), id, None, MOST).await?;
    Ok(Json(rows.into_iter().map(ProgresVu::of).collect()))
}

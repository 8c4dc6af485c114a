//! `GET /quetes`: the quests that are open to a player.

use aether_game::queries;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::view::quete::QueteVue;

/// The most that are shown.
const MOST: u32 = 100;

/// The quests that the player may accept now, the easiest first: 100 at most.
#[utoipa::path(
    get, path = "/quetes", tag = "quetes", params(("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the quests", body = Vec<QueteVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Holder(account): Holder,
    after: After,
) -> Result<Json<Vec<QueteVue>>, Problem> {
    after.shown_by(&app, &["quetes", "joueurs"]).await?;
    let pool = app.store().pool();
    let now = app.engine().now();
    let rows = queries::quetes_ouvertes(pool, account.player, now, None, MOST).await?;
    Ok(Json(rows.into_iter().map(QueteVue::of).collect()))
}

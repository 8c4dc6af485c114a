//! `GET /combats/{id}/actions`: what was done in a combat.

use aether_game::combat::CombatId;
use aether_game::queries;
use aether_game::read_models::ActionCombat;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::{InPath, InQuery};
use crate::view::action::ActionVue;

/// What was done in a combat, the newest first.
#[utoipa::path(
    get, path = "/combats/{id}/actions", tag = "combats",
    params(
        ("id" = Uuid, Path), Page,
        ("Aether-After" = Option<u64>, Header, description = "what the answer has to show"),
    ),
    responses(
        (status = 200, description = "a page; none of a combat that nobody knows", body = Liste<ActionVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn actions(
    State(app): State<App>,
    InPath(id): InPath<CombatId>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<ActionVue>>, Problem> {
    let limit = page.limit()?;
    let list = format!("actions:{id}");
    let before = page.after(&list)?;
    after.shown_by(&app, &["combat"]).await?;
    let rows = queries::actions_du_combat(app.store().pool(), id, before, limit + 1).await?;
    Ok(Json(Liste::of(&list, limit, rows, |row: &ActionCombat| row.event_sequence, ActionVue::of)))
}

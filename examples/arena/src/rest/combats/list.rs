//! `GET /combats`: the combats that go on in a zone.

use aether_game::queries;
use aether_game::read_models::InstanceCombat;
use aether_game::values::ZoneId;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::InQuery;
use crate::view::combat::CombatEnCoursVu;

const LIST: &str = "combats";

/// Where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Where {
    /// The zone.
    #[param(value_type = Uuid)]
    pub(crate) zone: ZoneId,
}

/// The combats that go on in a zone, the oldest first.
#[utoipa::path(
    get, path = "/combats", tag = "combats",
    params(Where, Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "a page", body = Liste<CombatEnCoursVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    InQuery(Where { zone }): InQuery<Where>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<CombatEnCoursVu>>, Problem> {
    let limit = page.limit()?;
    let list = format!("{LIST}:{zone}");
    let place = page.after(&list)?;
    after.shown_by(&app, &["combat"]).await?;
    let rows = queries::combats_en_cours(app.store().pool(), zone, place, limit + 1).await?;
    let key = |row: &InstanceCombat| (row.heure_debut, row.combat_id);
    Ok(Json(Liste::of(&list, limit, rows, key, CombatEnCoursVu::of)))
}

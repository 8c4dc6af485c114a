//! `GET /joueurs/{id}/inventaire`: one's own bag.

use aether_game::queries;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::cursor::{Page, next};
use crate::position::After;
use crate::problem::{Code, Problem, Written};
use crate::request::{InPath, InQuery};
use crate::view::sac::SacVu;

/// One's own bag, slot by slot.
#[utoipa::path(
    get, path = "/joueurs/{id}/inventaire", tag = "joueurs",
    params(("id" = Uuid, Path), Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "a page", body = SacVu),
        (status = 403, description = "it is somebody else's", body = Written, content_type = "application/problem+json"),
        (status = 404, description = "nothing ever came into it", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn bag(
    State(app): State<App>,
    Holder(account): Holder,
    InPath(id): InPath<JoueurId>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<SacVu>, Problem> {
    account.must_see(id)?;
    let limit = page.limit()?;
    let list = format!("inventaire:{id}");
    let place = page.after(&list)?;
    after.shown_by(&app, &["inventaires", "items"]).await?;
    let found = queries::sac(app.store().pool(), id, place, limit + 1).await?;
    let mut sac = found.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    let suivant = next(&list, limit, &mut sac.contenu, |it| it.slot.position_slot);
    Ok(Json(SacVu::of(sac, suivant)))
}

//! `GET /combats/{id}`: a combat on its board.

use aether_game::combat::{Combat, CombatId};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ETAG;

use crate::app::App;
use crate::auth::who::Who;
use crate::etag;
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;
use crate::view::Eyes;
use crate::view::combat::CombatVu;

/// A combat, as it is now.
///
/// Read from the log itself: it shows every change that was acknowledged before, on whichever node.
#[utoipa::path(
    get, path = "/combats/{id}", tag = "combats", params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "the combat", body = CombatVu, headers(("ETag" = String))),
        (status = 404, description = "there is no such combat", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    who: Who,
    InPath(id): InPath<CombatId>,
) -> Result<(HeaderMap, Json<CombatVu>), Problem> {
    let unknown = || Problem::new(Code::UNKNOWN);
    let found = app.engine().find::<Combat>(id).await?.ok_or_else(unknown)?;
    let mut headers = HeaderMap::new();
    headers.insert(ETAG, etag::value(found.version));
    let seen = CombatVu::of(id, &found, Eyes::of(&who)).ok_or_else(unknown)?;
    Ok((headers, Json(seen)))
}

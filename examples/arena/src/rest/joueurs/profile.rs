//! `GET /player/{id}/profile`: a player's profile.

use aether_game::queries;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Who;
use crate::position::After;
use crate::problem::{Code, Problem, Written};
use crate::request::InPath;
use crate::view::Eyes;
use crate::view::profil::Profil;

/// A player's profile: what is public, and to the player what is his own.
#[utoipa::path(
    get, path = "/player/{id}/profile", tag = "joueurs",
    params(
        ("id" = Uuid, Path),
        ("Aether-After" = Option<u64>, Header, description = "what the answer has to show"),
    ),
    responses(
        (status = 200, description = "the profile", body = Profil),
        (status = 404, description = "there is no such player", body = Written, content_type = "application/problem+json"),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn profile(
    State(app): State<App>,
    who: Who,
    InPath(id): InPath<JoueurId>,
    after: After,
) -> Result<Json<Profil>, Problem> {
    after.shown_by(&app, &["joueurs"]).await?;
    let found = queries::profil(app.store().pool(), id).await?;
    let joueur = found.ok_or_else(|| Problem::new(Code::UNKNOWN))?;
    Ok(Json(Profil::of(joueur, Eyes::of(&who))))
}

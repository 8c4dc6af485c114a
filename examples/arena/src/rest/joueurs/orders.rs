//! `GET /joueurs/{id}/ordres`: one's own open orders.

use aether_game::queries;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::InPath;
use crate::view::marche::OrdreVu;

/// One's own open orders, the oldest first: 100 at most.
#[utoipa::path(
    get, path = "/joueurs/{id}/ordres", tag = "marche", params(("id" = Uuid, Path), ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the orders", body = Vec<OrdreVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn orders(
    State(app): State<App>,
    Holder(account): Holder,
    InPath(id): InPath<JoueurId>,
    after: After,
) -> Result<Json<Vec<OrdreVu>>, Problem> {
    account.must_see(id)?;
    after.shown_by(&app, &["economie"]).await?;
    let found = queries::ordres_du_joueur(app.store().pool(), id).await?;
    Ok(Json(found.into_iter().map(OrdreVu::of).collect()))
}

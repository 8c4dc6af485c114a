//! `GET /joueurs/{id}/transactions`: what one bought and sold.

use aether_game::queries;
use aether_game::read_models::TransactionEconomie;
use aether_game::values::JoueurId;
use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::who::Holder;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::{InPath, InQuery};
use crate::view::marche::TransactionVue;

/// What one bought and sold, the newest first.
#[utoipa::path(
    get, path = "/joueurs/{id}/transactions", tag = "marche",
    params(("id" = Uuid, Path), Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "a page", body = Liste<TransactionVue>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn trades(
    State(app): State<App>,
    Holder(account): Holder,
    InPath(id): InPath<JoueurId>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<TransactionVue>>, Problem> {
    account.must_see(id)?;
    let limit = page.limit()?;
    let list = format!("transactions:{id}");
    let before = page.after(&list)?;
    after.shown_by(&app, &["economie"]).await?;
    let rows = queries::transactions_du_joueur(app.store().pool(), id, before, limit + 1).await?;
    let key = |row: &TransactionEconomie| row.event_sequence;
    Ok(Json(Liste::of(&list, limit, rows, key, |row| TransactionVue::of(row, id))))
}

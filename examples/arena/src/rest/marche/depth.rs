//! `GET /marche/{item}/profondeur`: how much stands at which price.

use aether_game::economie::TypeOrdre;
use aether_game::queries::{self, NiveauDePrix};
use aether_game::values::{ItemId, Prix};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::{InPath, InQuery};
use crate::view::marche::NiveauVu;

/// Which side of the book.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Side {
    /// `VENTE` or `ACHAT`.
    #[param(value_type = String, example = "VENTE")]
    pub(crate) cote: TypeOrdre,
}

/// One side of a book by price, the best first. Whose the orders are is not told.
#[utoipa::path(
    get, path = "/marche/{item}/profondeur", tag = "marche",
    params(("item" = Uuid, Path), Side, Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "a page", body = Liste<NiveauVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn depth(
    State(app): State<App>,
    InPath(item): InPath<ItemId>,
    InQuery(Side { cote }): InQuery<Side>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<NiveauVu>>, Problem> {
    let limit = page.limit()?;
    let list = format!("profondeur:{item}:{cote}");
    let place = page.after::<Prix>(&list)?;
    after.shown_by(&app, &["economie"]).await?;
    let now = app.engine().now();
    let pool = app.store().pool();
    let rows = queries::profondeur(pool, item, cote, now, place, limit + 1).await?;
    Ok(Json(Liste::of(&list, limit, rows, |row: &NiveauDePrix| row.prix_unitaire, NiveauVu::of)))
}

//! `GET /items`: the catalogue.

use aether_game::item::{Rarete, TypeItem};
use aether_game::queries::{self, FiltreItems, PlaceItem};
use aether_game::read_models::Item;
use aether_game::values::{ItemId, Niveau, Nom};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::cursor::{Liste, Page};
use crate::position::After;
use crate::problem::{Problem, Written};
use crate::request::InQuery;
use crate::view::item::ItemVu;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Looked {
    /// Items of this kind.
    #[serde(rename = "type")]
    #[param(value_type = Option<String>, example = "ARME")]
    pub(crate) kind: Option<TypeItem>,
    /// Items that are so rare.
    #[param(value_type = Option<String>, example = "RARE")]
    pub(crate) rarete: Option<Rarete>,
    /// How the name begins.
    #[param(value_type = Option<String>)]
    pub(crate) nom: Option<Nom>,
}

/// The catalogue by level, then by name.
#[utoipa::path(
    get, path = "/items", tag = "items", params(Looked, Page, ("Aether-After" = Option<u64>, Header, description = "what the answer has to show")),
    responses(
        (status = 200, description = "a page", body = Liste<ItemVu>),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    InQuery(Looked { kind, rarete, nom }): InQuery<Looked>,
    InQuery(page): InQuery<Page>,
    after: After,
) -> Result<Json<Liste<ItemVu>>, Problem> {
    let limit = page.limit()?;
    let list = format!("items:{kind:?}:{rarete:?}:{}", nom.as_ref().map_or("", Nom::as_str));
    let place = page.after::<(Niveau, Nom, ItemId)>(&list)?;
    let place =
        place.map(|(niveau_requis, nom, item_id)| PlaceItem { niveau_requis, nom, item_id });
    after.shown_by(&app, &["items"]).await?;
    let filtre = FiltreItems { type_item: kind, rarete, nom, ..FiltreItems::default() };
    let rows = queries::items(app.store().pool(), &filtre, place, limit + 1).await?;
    let key = |row: &Item| (row.niveau_requis, row.nom.clone(), row.item_id);
    Ok(Json(Liste::of(&list, limit, rows, key, ItemVu::of)))
}

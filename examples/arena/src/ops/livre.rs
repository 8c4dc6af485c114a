//! `GET /exploitation/livre`: the ledger, from the tables.

use aether_core::uuid::Uuid;
use aether_game::livre::Compte;
use aether_game::queries;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::acte::Observer;
use crate::app::App;
use crate::problem::{Problem, Written};

/// The ledger: what was created and not destroyed is somewhere.
#[derive(Serialize, ToSchema)]
pub(crate) struct LivreVu {
    or: CompteVu,
    /// How many items it has.
    items: usize,
    /// Those that do not balance.
    ecarts: Vec<EcartVu>,
}

/// One thing. Sums are text: they may be larger than numbers of JavaScript.
#[derive(Serialize, ToSchema)]
struct CompteVu {
    crees: String,
    detruits: String,
    detenu: String,
    ordres: String,
    du: String,
    colis: String,
    difference: String,
}

/// An item that does not balance.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EcartVu {
    item_id: Uuid,
    difference: String,
}

/// The ledger, from the tables: while the projections of players, bags and the market are not at the same position it may show what is on its way.
#[utoipa::path(
    get, path = "/exploitation/livre", tag = "exploitation", security(("jeton" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the ledger", body = LivreVu),
        (status = "default", description = "a problem", body = Written, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn livre(State(app): State<App>, _: Observer) -> Result<Json<LivreVu>, Problem> {
    let livre = queries::livre(app.store().pool()).await?;
    let ecarts = livre.items.iter().filter(|(_, compte)| compte.difference() != 0);
    let ecarts = ecarts.map(|(item, compte)| EcartVu {
        item_id: item.as_uuid(),
        difference: compte.difference().to_string(),
    });
    let ecarts = ecarts.collect();
    Ok(Json(LivreVu { or: CompteVu::of(&livre.or), items: livre.items.len(), ecarts }))
}

impl CompteVu {
    fn of<R>(compte: &Compte<R>) -> Self {
        let sum = |parts: i128| parts.to_string();
        Self {
            crees: sum(compte.total_cree()),
            detruits: sum(compte.total_detruit()),
            detenu: sum(compte.lieux.detenu),
            ordres: sum(compte.lieux.ordres),
            du: sum(compte.lieux.du),
            colis: sum(compte.lieux.colis),
            difference: sum(compte.difference()),
        }
    }
}

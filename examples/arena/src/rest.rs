//! The routes: a folder per resource, a file per verb with route, types and handler.

pub(crate) mod classements;
pub(crate) mod combats;
pub(crate) mod competences;
mod comptes;
pub(crate) mod items;
pub(crate) mod joueurs;
pub(crate) mod marche;
mod moi;
pub(crate) mod monde;
mod openapi;
pub(crate) mod quetes;
mod sessions;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, json_only};
use crate::auth::admit::admit;
use crate::problem::{Code, Problem};
use crate::{graphql, metrics, page, ready, realtime};

/// All routes.
pub(crate) fn router(app: &App) -> Router<App> {
    let admitted = from_fn_with_state(app.clone(), admit);
    let game = Router::from(game()).layer(admitted.clone());
    Router::from(health())
        .merge(game)
        .merge(graphql::routes(app))
        .route("/openapi.json", get(openapi::show))
        .layer(from_fn(json_only))
        .merge(realtime::routes().layer(admitted))
        .merge(realtime::description())
        .route("/metrics", get(metrics::page))
        .merge(page::routes())
        .fallback(async || Problem::new(Code::UNKNOWN))
        .method_not_allowed_fallback(async || Problem::new(Code::METHOD))
}

fn health() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ready::live)).routes(routes!(ready::ready))
}

fn game() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(comptes::routes())
        .merge(sessions::routes())
        .merge(combats::routes())
        .merge(joueurs::routes())
        .merge(classements::routes())
        .merge(items::routes())
        .merge(marche::routes())
        .merge(monde::routes())
        .merge(moi::routes())
        .merge(quetes::routes())
        .merge(competences::routes())
        .merge(crate::ops::routes())
}

/// Names and passwords are short.
fn small_bodies() -> DefaultBodyLimit {
    DefaultBodyLimit::max(4 * 1024)
}

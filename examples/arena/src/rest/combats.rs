//! Combats.

pub(crate) mod act;
pub(crate) mod actions;
pub(crate) mod list;
pub(crate) mod show;
mod start;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(act::act))
        .routes(routes!(list::list, start::start))
        .routes(routes!(show::show))
        .routes(routes!(actions::actions))
}

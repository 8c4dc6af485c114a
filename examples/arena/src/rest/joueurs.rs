//! Players.

mod bag;
mod levels;
mod orders;
mod profile;
mod trades;
mod worn;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(profile::profile))
        .routes(routes!(levels::levels))
        .routes(routes!(bag::bag))
        .routes(routes!(worn::worn))
        .routes(routes!(orders::orders))
        .routes(routes!(trades::trades))
}

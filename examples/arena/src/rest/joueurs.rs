//! Players.

mod bag;
mod bag_verbs;
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
        .routes(routes!(bag_verbs::consume))
        .routes(routes!(bag_verbs::wear))
        .routes(routes!(bag_verbs::take_off))
        .routes(routes!(worn::worn))
        .routes(routes!(orders::orders))
        .routes(routes!(trades::trades))
}

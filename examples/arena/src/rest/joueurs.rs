//! Players.

pub(crate) mod bag;
pub(crate) mod bag_verbs;
pub(crate) mod levels;
pub(crate) mod orders;
pub(crate) mod profile;
pub(crate) mod trades;
pub(crate) mod worn;

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

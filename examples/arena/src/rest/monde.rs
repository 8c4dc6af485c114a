//! The world and its zones.

pub(crate) mod show;
pub(crate) mod zone;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show::show))
        .routes(routes!(zone::list))
        .routes(routes!(zone::show))
}

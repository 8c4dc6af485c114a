//! Skills.

pub(crate) mod learn;
pub(crate) mod own;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(own::own)).routes(routes!(learn::learn))
}

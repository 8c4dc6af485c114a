//! Quests.

pub(crate) mod list;
pub(crate) mod own;
pub(crate) mod verbs;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(own::own))
        .routes(routes!(verbs::accept))
        .routes(routes!(verbs::give_up))
        .routes(routes!(verbs::finish))
}

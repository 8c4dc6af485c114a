//! Sessions: log in, see where one is logged in, log out.

mod create;
mod list;
mod revoke;
mod revoke_all;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create, list::list, revoke_all::revoke_all))
        .routes(routes!(revoke::revoke))
        .layer(super::small_bodies())
}

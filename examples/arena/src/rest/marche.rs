//! The market: one book per item.

pub(crate) mod cancel;
pub(crate) mod depth;
pub(crate) mod order;
pub(crate) mod price;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(order::order))
        .routes(routes!(cancel::cancel))
        .routes(routes!(depth::depth))
        .routes(routes!(price::price))
}

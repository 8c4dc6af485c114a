//! The description of the routes: OpenAPI 3.1, as it is locked in `openapi.json`.

use axum::Json;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi};

use crate::problem;

/// The whole description.
pub(crate) fn description() -> OpenApi {
    let routes = super::health().merge(super::game());
    let mut described = routes.into_openapi();
    described.info = InfoBuilder::new()
        .title("Arena")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("openapi.md")))
        .build();
    let components = described.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("jeton", SecurityScheme::Http(bearer));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-arena")));
    components.add_security_scheme("cookie", cookie);
    let (name, schema) = problem::schema();
    components.schemas.insert(name, schema);
    described
}

/// `GET /openapi.json`
pub(super) async fn show() -> Json<OpenApi> {
    Json(description())
}

//! Parameters of an address.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::problem::{Code, Problem};

/// What stands in the path.
pub(crate) struct InPath<T>(pub(crate) T);

/// What stands after the question mark.
pub(crate) struct InQuery<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let read = Path::from_request_parts(parts, app).await;
        read.map(|Path(value)| Self(value)).map_err(|error| invalid(error.body_text()))
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, app).await;
        read.map(|Query(value)| Self(value)).map_err(|error| invalid(error.body_text()))
    }
}

fn invalid(detail: String) -> Problem {
    Problem::new(Code::PARAMETER).detail(detail)
}

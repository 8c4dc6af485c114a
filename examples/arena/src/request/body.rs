//! JSON bodies.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::problem::{Code, Problem};

/// A body, and the bytes that it came as.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) bytes: Bytes,
}

/// A body that says nothing: `{}`, or none at all.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Reads a JSON body, which has to come in time. Where there is none it counts as `{}`.
pub(crate) async fn read<T: DeserializeOwned>(
    app: &App,
    request: Request,
) -> Result<Body<T>, Problem> {
    let is_json = is_json(request.headers());
    let says_kind = request.headers().contains_key(CONTENT_TYPE);
    if !is_json && says_kind {
        return Err(Problem::new(Code::MEDIA_TYPE));
    }
    let bytes =
        tokio::time::timeout(app.config().request_within, Bytes::from_request(request, &()));
    let bytes = bytes.await.map_err(|_| Problem::new(Code::SLOW_REQUEST))?.map_err(broken)?;
    if !is_json && !bytes.is_empty() {
        return Err(Problem::new(Code::MEDIA_TYPE));
    }
    let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    let value = serde_json::from_slice(text);
    let value = value.map_err(|error| Problem::new(Code::BODY).detail(error))?;
    Ok(Body { value, bytes })
}

fn broken(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::TOO_LARGE),
        _ => Problem::new(Code::BODY),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

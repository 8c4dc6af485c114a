//! What a client may ask of an address: methods, other origins, forms of an answer.

use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::App;
use crate::problem::{Code, Problem};

/// Headers that pages of other origins may send.
const SENT: &str = "accept-language, aether-after, authorization, content-type, idempotency-key, if-match, if-none-match, \
                    prefer, traceparent";
/// Headers of answers that they may read.
const READ: &str =
    "aether-correlation, aether-position, allow, content-language, etag, location, retry-after";

/// Answers OPTIONS with the methods that the address knows.
pub(super) async fn options(request: Request, next: Next) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let known = response.headers().get(ALLOW).and_then(|value| value.to_str().ok());
        let known = known.unwrap_or_default().replace(',', ", ");
        let allow = HeaderValue::try_from(format!("{known}, OPTIONS"));
        let allow = allow.unwrap_or(HeaderValue::from_static("OPTIONS"));
        if is_options {
            response = StatusCode::NO_CONTENT.into_response();
        }
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// Lets pages of the listed origins read the answers. To others the browser shows nothing.
pub(super) async fn share_with_listed_origins(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let origin = origin.filter(|origin| app.config().origins.contains(origin));
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READ));
        if asks_first && let Some(methods) = headers.get(ALLOW).cloned() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
    response
}

/// Refuses who accepts no JSON: answers have no other form.
pub(crate) async fn json_only(request: Request, next: Next) -> Response {
    if accepts_json(request.headers()) {
        next.run(request).await
    } else {
        Problem::new(Code::NOT_ACCEPTABLE).into_response()
    }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let mut ranges = headers.get_all(ACCEPT).iter().peekable();
    ranges.peek().is_none()
        || ranges
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .any(is_json)
}

fn is_json(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.any(|part| {
        part.strip_prefix("q=").and_then(|it| it.parse::<f32>().ok()).is_some_and(|it| it <= 0.0)
    });
    matches!(
        kind.as_str(),
        "application/json" | "application/problem+json" | "application/*" | "*/*"
    ) && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_excludes_json_is_refused() {
        let accepts = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, text.parse().unwrap());
            accepts_json(&headers)
        };
        assert!(accepts_json(&HeaderMap::new()));
        for good in [
            "*/*",
            "application/json",
            "text/html, application/*;q=0.1",
            "Application/JSON; charset=utf-8",
        ] {
            assert!(accepts(good), "{good}");
        }
        for bad in ["text/html", "application/xml", "application/json;q=0", "image/*, text/plain"] {
            assert!(!accepts(bad), "{bad}");
        }
    }
}

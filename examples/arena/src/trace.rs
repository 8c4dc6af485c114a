//! The correlation id of a request: the thread of a trace, in events, in spans and in answers.

use aether_core::uuid::Uuid;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::metrics;

/// The header in which an answer tells it.
const CORRELATION: HeaderName = HeaderName::from_static("aether-correlation");

/// The correlation id of a request, among its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Correlation(pub(crate) Uuid);

impl Correlation {
    /// The trace id of `traceparent` (W3C Trace Context), else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let parent = headers.get("traceparent").and_then(|value| value.to_str().ok());
        Self(parent.and_then(trace_id).unwrap_or_else(Uuid::now_v7))
    }
}

/// The pattern of the address that a request went to, among the extensions of its answer.
#[derive(Debug, Clone)]
struct Route(String);

/// Notes the pattern that the router found.
pub(crate) async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(Route(route));
    }
    response
}

/// Gives a request its correlation id, a span, and a place in the metrics.
pub(crate) async fn correlate(mut request: Request, next: Next) -> Response {
    let correlation = Correlation::of(request.headers());
    request.extensions_mut().insert(correlation);
    let begun = metrics::Request::begin(request.method());
    let span = tracing::info_span!(
        "request", method = %request.method(), path = request.uri().path(),
        correlation_id = %correlation.0
    );
    let mut response = next.run(request).instrument(span).await;
    let route = response.extensions_mut().remove().map(|Route(route)| route);
    begun.end(route, response.status());
    if let Ok(id) = HeaderValue::try_from(correlation.0.to_string()) {
        response.headers_mut().insert(CORRELATION, id);
    }
    response
}

/// The trace id of `00-{32 digits}-{16 digits}-{2 digits}`. A version above 00 may have more parts.
fn trace_id(parent: &str) -> Option<Uuid> {
    let is_hex = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let mut parts = parent.split('-');
    let version = parts.next().filter(|it| it.len() == 2 && is_hex(it) && *it != "ff")?;
    let trace = parts.next().filter(|it| it.len() == 32 && is_hex(it))?;
    parts.next().filter(|it| it.len() == 16 && is_hex(it) && it.bytes().any(|it| it != b'0'))?;
    parts.next().filter(|it| it.len() == 2 && is_hex(it))?;
    if version == "00" && parts.next().is_some() {
        return None;
    }
    Uuid::try_parse(trace).ok().filter(|id| !id.is_nil())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_in_the_correlation_id() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let id = Uuid::try_parse("4bf92f3577b34da6a3ce929d0e0e4736").ok();
        assert_eq!(trace_id(good), id);
        assert_eq!(trace_id("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"), id);
        for wrong in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert_eq!(trace_id(wrong), None, "{wrong}");
        }
    }
}

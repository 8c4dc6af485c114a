//! What is counted of requests, and the page that Prometheus reads.

use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{Request as HttpRequest, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::App;
use crate::peer::Peer;
use crate::problem::{Code, Problem};

const DURATION: &str = "arena_http_request_duration_seconds";
const RUNNING: &str = "arena_http_requests_running";
/// From a hit in a cache to what is given up.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// A request that is being answered.
pub(crate) struct Request {
    method: &'static str,
    begun: Instant,
}

impl Request {
    /// Begins to count.
    pub(crate) fn begin(method: &Method) -> Self {
        metrics::gauge!(RUNNING).increment(1.0);
        Self { method: name(method), begun: Instant::now() }
    }

    /// Counts it as answered, under the pattern of its address: of these there are few.
    pub(crate) fn end(self, route: Option<String>, status: StatusCode) {
        let route = route.unwrap_or_else(|| "none".to_owned());
        metrics::histogram!(
            DURATION,
            "method" => self.method, "route" => route, "status" => status.as_u16().to_string()
        )
        .record(self.begun.elapsed().as_secs_f64());
    }
}

/// A client that leaves ends its request as well.
impl Drop for Request {
    fn drop(&mut self) {
        metrics::gauge!(RUNNING).decrement(1.0);
    }
}

/// Clients can make methods up; labels cannot.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The recorder of this process, installed by the first who asks, before anything is built that counts.
pub(crate) fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?;
        let handle = builder.install_recorder().ok()?;
        aether_core::metrics::describe();
        aether_postgres::metrics::describe();
        aether_redis::metrics::describe();
        metrics::describe_histogram!(DURATION, metrics::Unit::Seconds, "how long answers took");
        metrics::describe_gauge!(RUNNING, "requests that are being answered");
        Some(handle)
    };
    RECORDER.get_or_init(install).as_ref()
}

/// `GET /metrics`: for those who show the token, or, without one, for this machine alone.
pub(crate) async fn page(State(app): State<App>, peer: Peer, request: HttpRequest) -> Response {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.strip_prefix("Bearer "));
    let may_read = match &app.config().metrics_token {
        Some(token) => shown.is_some_and(|shown| token.is(shown)),
        None => peer.is_this_machine(request.headers()),
    };
    match recorder() {
        Some(recorder) if may_read => {
            let text = "text/plain; version=0.0.4; charset=utf-8";
            ([(CONTENT_TYPE, text)], recorder.render()).into_response()
        }
        // to others it is not there
        _ => Problem::new(Code::UNKNOWN).into_response(),
    }
}

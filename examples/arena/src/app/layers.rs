//! What each request goes through, in one list.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};

use super::{App, headers, limits, negotiation};
use crate::{problem, trace};

/// Bytes of a body, where a route does not say otherwise.
const BODY: usize = 64 * 1024;

/// The routes inside of all layers; in each list the first is the innermost one.
pub(super) fn around(routes: Router<App>, app: &App) -> Router {
    let answered = routes
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(app.clone(), limits::answer_in_time))
        .layer(from_fn(limits::catch_panics))
        .layer(from_fn(trace::note_route))
        .with_state(app.clone());
    // what looks at Allow comes after the router, which adds it last
    Router::new()
        .fallback_service(answered)
        .layer(from_fn(negotiation::options))
        .layer(from_fn_with_state(app.clone(), negotiation::share_with_listed_origins))
        .layer(from_fn(problem::write))
        .layer(from_fn_with_state(app.clone(), headers::make_safe))
        .layer(from_fn(trace::correlate))
}

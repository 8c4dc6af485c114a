//! No request takes others along: not by its slowness, not by its panic.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;

use super::App;
use crate::problem::{Code, Problem};

/// Gives an answer up that takes too long.
pub(super) async fn answer_in_time(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(app.config().answer_within, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Code::SLOW_ANSWER).retry_after(1).into_response(),
    }
}

/// Answers where a handler panicked.
pub(super) async fn catch_panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a handler panicked");
            Problem::new(Code::INTERNAL).into_response()
        }
    }
}

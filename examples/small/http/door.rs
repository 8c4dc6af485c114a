//! What every handler needs: errors become problem details (RFC 9457), headers the context of a command.

use std::convert::Infallible;
use std::fmt::Display;

use aether_core::uuid::Uuid;
use aether_core::{CommandId, Context, Error, ErrorKind, ExecuteError, Version};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

/// Why a request was not carried out, as the client is told.
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
}

impl Problem {
    /// The request cannot be read.
    pub(crate) fn invalid(why: impl Display) -> Self {
        let detail = Some(why.to_string());
        Self { status: StatusCode::BAD_REQUEST, code: "invalid_request", detail }
    }

    /// The command was not carried out.
    pub(crate) fn of<E: Display>(error: &ExecuteError<E>, context: &Context) -> Self {
        let status = match error.kind() {
            ErrorKind::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Conflict if context.expected().is_some() => StatusCode::PRECONDITION_FAILED,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Invalid if error.code() == "command_mismatch" => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            // the client sends it again, with the same idempotency key
            ErrorKind::Unavailable | ErrorKind::OutcomeUnknown => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        // players read why a rule refused them; what the store says is for your log
        Self { status, code: error.code(), detail: error.rejection().map(ToString::to_string) }
    }
}

/// A load has failed.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::of(&ExecuteError::<Infallible>::Store(error), &Context::new())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, detail } = self;
        let title = status.canonical_reason();
        let mut problem = json!({ "title": title, "status": status.as_u16(), "code": code });
        if let Some(detail) = detail {
            problem["detail"] = detail.into();
        }
        (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
    }
}

/// What the headers say about a command. What they say wrongly is refused, except for traces.
pub(crate) fn context(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Context, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let user = text("x-user").unwrap_or("anonymous"); // take it from your authentication
    let mut context = Context::new().user(user);
    if let Some(key) = text("idempotency-key") {
        // users choose their keys: two of them may choose the same
        let id = CommandId::v5(CommandId::v5(Uuid::NAMESPACE_URL, user), key);
        context = context.command_id(id).fingerprint([uri.path().as_bytes(), body]);
    }
    if let Some(seen) = text("if-match") {
        let version = seen.trim_matches('"').parse().map_err(Problem::invalid)?;
        context = context.expecting(Version::new(version));
    }
    match text("traceparent").and_then(|parent| parent.split('-').nth(1)?.parse().ok()) {
        Some(trace) => Ok(context.correlation_id(trace)),
        None => Ok(context),
    }
}

/// The ETag of an aggregate.
pub(crate) fn tag(version: Version) -> String {
    format!("\"{version}\"")
}

/// Ends on Ctrl-C, and on the signal that stops a container.
pub(crate) async fn stop_signal() -> std::io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}

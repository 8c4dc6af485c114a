//! Live: what happens, told at once and without a gap, over WebSocket (`aether.v1`) and as server-sent events.
//!
//! `asyncapi.yaml` describes the frames. One feed per channel and node stands behind all who look.

mod budget;
mod channel;
mod commands;
mod hub;
mod picture;
mod place;
mod protocol;
mod queue;
pub(crate) mod session;
mod socket;
mod sse;
pub(crate) mod subscription;

pub(crate) use channel::Canal;
pub(crate) use hub::{Fait, Hub};
pub(crate) use place::Place;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::app::App;

/// The routes that stay open. They speak other forms than JSON.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/ws", get(socket::open)).route("/flux", get(sse::open))
}

/// The description of the frames.
pub(crate) fn description() -> Router<App> {
    let text = include_str!("../asyncapi.yaml");
    Router::new().route("/asyncapi.yaml", get(async move || ([(CONTENT_TYPE, "text/yaml")], text)))
}

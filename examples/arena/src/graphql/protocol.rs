//! The messages of `graphql-transport-ws`.

use async_graphql::{Request, Response, ServerError};
use serde::{Deserialize, Serialize};

/// What a client sends.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Received {
    /// The hello.
    ConnectionInit {
        payload: Option<Hello>,
    },
    Ping {},
    Pong {},
    /// It wants to listen.
    Subscribe {
        id: String,
        payload: Box<Request>,
    },
    /// It has heard enough.
    Complete {
        id: String,
    },
}

/// Who a client is, if it shows no cookie.
#[derive(Deserialize)]
pub(super) struct Hello {
    pub(super) jeton: Option<String>,
}

/// What a client is sent.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Sent<'a> {
    ConnectionAck,
    Pong,
    /// An answer.
    Next {
        id: &'a str,
        payload: &'a Response,
    },
    /// Why there is none.
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    /// There are no more.
    Complete {
        id: &'a str,
    },
}

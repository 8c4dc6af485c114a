//! How a socket ends.

use axum::extract::ws::{Message, Utf8Bytes};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as Broken};

use super::Received;
use crate::realtime::protocol::close;

/// Why a socket ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The client has gone.
    Gone,
    /// It is closed with a code and a reason.
    Close { code: u16, reason: String },
}

impl End {
    pub(super) fn new(code: u16, reason: impl Into<String>) -> Self {
        Self::Close { code, reason: reason.into() }
    }
}

/// The text of a message; none of one that is for the layer below.
pub(super) fn text(received: Received) -> Result<Option<Utf8Bytes>, End> {
    match received {
        Ok(Message::Text(text)) => Ok(Some(text)),
        Ok(Message::Binary(_)) => Err(End::new(close::NOT_TEXT, "frames are text")),
        Ok(Message::Ping(_) | Message::Pong(_)) => Ok(None),
        Ok(Message::Close(_)) => Err(End::Gone),
        Err(error) => Err(broken(error)),
    }
}

fn broken(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<Broken>() {
        Some(Broken::Capacity(CapacityError::MessageTooLong { .. })) => {
            End::new(close::TOO_LARGE, "a frame has at most 16384 bytes")
        }
        Some(Broken::Utf8(_)) => End::new(close::NO_FRAME, "frames are UTF-8"),
        Some(Broken::Protocol(_)) => End::new(close::NOT_WEBSOCKET, "this is not WebSocket"),
        _ => End::Gone,
    }
}

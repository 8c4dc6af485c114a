//! Shared by those who write backends and readers of their own.
//!
//! Aggregates, projections and process managers need nothing of it. It follows what backends need, and may change in
//! any release that changes a port.

pub use crate::backoff::Patience;
pub use crate::error::SharedError;
pub use crate::json::encode_text;
pub use crate::panic::panic_text;
pub use crate::span;
pub use crate::subscription::Seen;

//! What happened: the trait of an aggregate's events, and their way to JSON and back.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backend::panic_text;
use crate::json::{self, Json};

pub(crate) mod definition;
pub(crate) mod set;
mod variant;

pub use set::{Members, StoredName, set_support};

pub use crate::envelope::Unplaced;
pub use crate::error::{DecodeError, InvalidEvent};
pub use crate::json::JsonError;
pub(crate) use definition::Event;
pub(crate) use set::{AnyEvent, EventSet, Recorded, check};

/// Decodes; nothing of an event that an upcaster panics at is left.
fn caught<T>(decode: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|panic| Err(DecodeError::Panicked(panic_text(panic.as_ref()))))
}

/// What a stored event is today: its event type, and its payload in the current shape.
fn current<'a, E: Event>(
    event_type: &str,
    schema_version: u16,
    payload: &'a Json,
) -> Result<(&'static EventType, Cow<'a, Json>), DecodeError> {
    if E::upcasters().is_obsolete(event_type) {
        return Err(DecodeError::Obsolete);
    }
    let current = |name: &str| E::TYPES.iter().find(|known| known.name == name);
    if let Some(known) = current(event_type) {
        if let Some(renamed) = E::upcasters().reused(event_type) {
            return Err(DecodeError::NameReused { renamed: renamed.into() });
        }
        if known.version == schema_version {
            return Ok((known, Cow::Borrowed(payload)));
        }
    }
    let name = E::upcasters().current_name(event_type);
    let known = current(name).ok_or(DecodeError::UnknownType)?;
    if known.version < schema_version {
        return Err(DecodeError::NewerVersion { stored: schema_version, known: known.version });
    }
    let payload = E::upcasters().upcast_payload(name, schema_version, payload)?;
    Ok((known, Cow::Owned(payload)))
}

/// One event type: its stored name and the version of its payload's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventType {
    /// The name stored with each event.
    pub name: &'static str,
    /// The schema version stored with each event, from 1.
    pub version: u16,
}

/// What `#[derive(Event)]` calls. Not for other uses; may change in any release.
#[doc(hidden)]
pub mod derive_support {
    use super::*;

    /// Encodes an enum's variant: its content only.
    pub fn encode_variant<E: Serialize>(event: &E) -> Result<Json, JsonError> {
        json::encode_with(|guard| event.serialize(variant::ContentOnly(guard)))
    }

    /// Decodes an enum's variant from its content.
    pub fn decode_variant<E: DeserializeOwned>(
        variant: &'static str,
        payload: &str,
    ) -> Result<E, serde_json::Error> {
        variant::decode(variant, payload)
    }
}

//! What happened: the trait of an aggregate's events, and their way to JSON and back.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backend::panic_text;
use crate::error::DecodeError;
use crate::json::{self, Json, JsonError};
use crate::upcast::Upcasters;

mod set;
mod variant;

pub use set::{AnyEvent, EventSet, Members, Recorded, StoredName, set_support};

pub use crate::envelope::Unplaced;
pub(crate) use set::check;

/// The events of one aggregate, usually an enum with one variant per event type. Derive it.
///
/// ```
/// use aether_core::Event;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Serialize, Deserialize, Event)]
/// #[serde(rename_all_fields = "camelCase")]
/// enum GuildeEvent {
///     GuildeFondee { nom: String },
///     #[event(version = 2)]
///     MembreAdmis { joueur_id: uuid::Uuid, rang: u8 },
///     #[event(name = "GuildeDissoute")]
///     Dissoute,
/// }
///
/// assert_eq!(GuildeEvent::Dissoute.event_type().name, "GuildeDissoute");
/// let event = GuildeEvent::GuildeFondee { nom: "Les Aigles".into() };
/// assert_eq!(event.encode()?.as_str(), r#"{"nom":"Les Aigles"}"#);
/// # Ok::<(), aether_core::JsonError>(())
/// ```
///
/// - The **type name** stored with an event is the variant's name, or `#[event(name = "…")]`. At most
///   100 bytes. It is a promise: renaming a variant without keeping its name orphans stored events
///   (or give the old name to an [upcaster](Upcasters::rename)).
/// - The **payload** is what serde makes of the variant's content; all serde attributes on fields
///   work. A unit variant's payload is `{}`.
/// - The **schema version** is 1, or `#[event(version = n)]`. Raise it when the payload's shape
///   changes and say with `#[event(upcasters = path::to::function)]` on the type how stored payloads of
///   lower versions become the new shape. The function returns [`Upcasters`].
///
/// The derive also works on a struct: an aggregate with a single event type.
///
/// What an event holds comes back from every store equal, to the bit, and what cannot come back is refused before
/// anything is stored; [`Json`] says how, and names the one exception, −0.0.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "needs `#[derive(Event)]`",
    note = "events derive `Serialize`, `Deserialize` and `aether_core::Event`"
)]
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every event type this Rust type stands for.
    const TYPES: &'static [EventType];

    /// The type of this event: an element of [`Event::TYPES`].
    fn event_type(&self) -> &'static EventType;

    /// The payload to be stored.
    ///
    /// # Errors
    ///
    /// [`JsonError`] when the event holds what can not be stored; trying again does not help.
    fn encode(&self) -> Result<Json, JsonError>;

    /// The event from a payload that already has the current shape; `event_type` is one of
    /// [`Event::TYPES`].
    ///
    /// # Errors
    ///
    /// serde_json's error when the payload does not fit.
    fn decode_current(
        event_type: &'static EventType,
        payload: &str,
    ) -> Result<Self, serde_json::Error>;

    /// How payloads of lower schema versions, and old type names, become current ones.
    fn upcasters() -> &'static Upcasters {
        static NONE: Upcasters = Upcasters::NONE;
        &NONE
    }

    /// The shape of each event type's payload, in the order of [`Event::TYPES`]: what a shape lock in
    /// the tests compares with what was locked before.
    fn shapes() -> Vec<String>;

    /// The event from its stored form: old type names and payloads of lower versions are upcast
    /// first.
    ///
    /// # Errors
    ///
    /// [`DecodeError::UnknownType`] for a type name that is neither current nor known to the
    /// upcasters, [`DecodeError::Obsolete`] for one that means nothing any more,
    /// [`DecodeError::NameReused`] for one that is both current and renamed,
    /// [`DecodeError::NewerVersion`] for a payload written by newer code,
    /// [`DecodeError::Payload`] when it does not fit, [`DecodeError::Panicked`] when an upcaster panics. Trying
    /// again does not help.
    fn decode(event_type: &str, schema_version: u16, payload: &Json) -> Result<Self, DecodeError> {
        caught(|| {
            let (known, payload) = current::<Self>(event_type, schema_version, payload)?;
            Ok(Self::decode_current(known, payload.as_str())?)
        })
    }

    /// Every type name that [`Event::decode`] understands: the current ones and renamed old ones.
    fn type_names() -> impl Iterator<Item = &'static str> {
        let current = Self::TYPES.iter().map(|known| known.name);
        let current = current.filter(|name| !Self::upcasters().is_obsolete(name));
        current.chain(Self::upcasters().old_names())
    }
}

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
